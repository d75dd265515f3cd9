import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Statistics } from '../stats.ts';
import type { CogPlan } from './cog-spec.ts';
import { imageTags, maskTags } from './cog-tags.ts';
import type { TileTable } from './cog-tags.ts';
import { encodeHead } from './header.ts';
import { imageTile, maskTile } from './levels.ts';
import type { Level } from './levels.ts';
import { writeFully } from './tile-spool.ts';
import type { TileSpool } from './tile-spool.ts';

const writeBufferBytes = 4 * 1024 * 1024;

/**
 * Writes the file from its spooled tiles: the head, then the smallest overview first and full resolution last, each tile
 * framed by its length and its last four bytes, each followed by its mask. BigTIFF where offsets need it or the plan says
 * so. Returns the size of the file.
 */
export async function assemble(
  path: string,
  plan: CogPlan,
  levels: readonly Level[],
  spool: TileSpool,
  stats: readonly Statistics[],
): Promise<number> {
  let layout = place(plan, levels, spool, stats, plan.bigTiff === true);
  if (layout.total > 0xffffffff) layout = place(plan, levels, spool, stats, true);
  await using file = await open(path, 'w', 0o644);
  const out = new BufferedFile(file);
  await out.put(layout.head);
  for (const level of [...levels].reverse())
    for (const { tile } of tilesInOrder(plan, level)) {
      const bytes = await spool.read(tile);
      await out.put(new Uint8Array(Uint32Array.of(bytes.length).buffer));
      await out.put(bytes);
      await out.put(bytes.subarray(-4));
    }
  await out.flush();
  await file.sync();
  return layout.total;
}

/** The tiles of a level as they come in the file: `index` is their place in the table of the image or of the mask. */
function* tilesInOrder(
  { planes, mask }: CogPlan,
  level: Level,
): Generator<{ readonly tile: number; readonly index: number; readonly isMask: boolean }> {
  for (let plane = 0; plane < planes; plane += 1)
    for (let i = 0; i < level.tiles; i += 1) {
      yield { tile: imageTile(level, plane, i), index: plane * level.tiles + i, isMask: false };
      if (mask && planes === 1) yield { tile: maskTile(level, planes, i), index: i, isMask: true };
    }
  if (mask && planes > 1)
    for (let i = 0; i < level.tiles; i += 1) yield { tile: maskTile(level, planes, i), index: i, isMask: true };
}

interface MutableTable extends TileTable {
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
}

function place(
  plan: CogPlan,
  levels: readonly Level[],
  spool: TileSpool,
  stats: readonly Statistics[],
  big: boolean,
): { readonly head: Uint8Array; readonly total: number } {
  const tables = levels.map((level) => ({
    level,
    image: emptyTable(level, plan.planes),
    mask: emptyTable(level, 1),
  }));
  for (const { level, image, mask } of tables)
    for (const { tile, index, isMask } of tilesInOrder(plan, level))
      (isMask ? mask : image).lengths[index] = spool.length(tile);
  const encode = (): Uint8Array =>
    encodeHead(
      tables.flatMap(({ image, mask }, index) => [
        imageTags(plan, image, index, big, stats),
        ...(plan.mask ? [maskTags(plan, mask, index, big)] : []),
      ]),
      { big, masked: plan.mask && plan.planes === 1, planar: plan.planes > 1 },
    );
  // The head's length does not depend on the offsets in it.
  let at = encode().length;
  for (const { level, image, mask } of [...tables].reverse())
    for (const { index, isMask } of tilesInOrder(plan, level)) {
      const table = isMask ? mask : image;
      table.offsets[index] = at + 4;
      at += (table.lengths[index] ?? 0) + 8;
    }
  return { head: encode(), total: at };
}

function emptyTable({ width, height, tiles }: Level, planes: number): MutableTable {
  return { width, height, offsets: new Float64Array(tiles * planes), lengths: new Uint32Array(tiles * planes) };
}

/** Appends to a file in pieces of some MB. */
class BufferedFile {
  readonly #file: FileHandle;
  readonly #buffer = new Uint8Array(writeBufferBytes);
  #position = 0;
  #used = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async put(bytes: Uint8Array): Promise<void> {
    if (this.#used + bytes.length > this.#buffer.length) await this.flush();
    if (bytes.length > this.#buffer.length) {
      await writeFully(this.#file, bytes, this.#position);
      this.#position += bytes.length;
    } else {
      this.#buffer.set(bytes, this.#used);
      this.#used += bytes.length;
    }
  }

  async flush(): Promise<void> {
    await writeFully(this.#file, this.#buffer.subarray(0, this.#used), this.#position);
    this.#position += this.#used;
    this.#used = 0;
  }
}
