import { rename, rm } from 'node:fs/promises';
import { AppError } from '../../../src-shared/errors.ts';
import { allocate } from '../../../src-raster/pixel-array.ts';
import type { PixelArray, Window } from '../../../src-raster/types.ts';
import { makeValidity } from '../../../src-raster/validity.ts';
import { RunningStats } from '../stats.ts';
import type { Statistics } from '../stats.ts';
import { assemble } from './assemble.ts';
import { planCog } from './cog-spec.ts';
import type { CogPlan, CogSpec } from './cog-spec.ts';
import { imageTile, maskTile, planLevels } from './levels.ts';
import type { Level } from './levels.ts';
import { emptyValue } from './overview.ts';
import { writeOverview } from './write-overview.ts';
import { encodeMask, encodeTile } from './tile-codec.ts';
import { TileSpool } from './tile-spool.ts';

export type { CogSpec } from './cog-spec.ts';

/** A block whose bands have not all arrived yet. */
interface Pending {
  readonly samples: PixelArray;
  readonly mask: Uint8Array;
  readonly bands: Set<number>;
}

const maxPending = 64;

/**
 * Writes a Cloud Optimized GeoTIFF in bounded memory, with overviews by halving until a level fits one tile. Windows may
 * come in any order, each made of whole blocks (or reaching the raster's edge); where bands are interleaved by pixel, all
 * bands of a block must come before 64 other blocks are begun. Blocks that never come hold nodata and are not valid in the
 * mask. Equal calls give equal bytes. Nothing exists at `path` until `finish` has renamed the complete file.
 */
export class CogWriter {
  readonly #path: string;
  readonly #plan: CogPlan;
  readonly #levels: readonly Level[];
  readonly #spool: TileSpool;
  readonly #stats: readonly RunningStats[];
  readonly #pending = new Map<number, Pending>();

  private constructor(path: string, plan: CogPlan, levels: readonly Level[], spool: TileSpool) {
    this.#path = path;
    this.#plan = plan;
    this.#levels = levels;
    this.#spool = spool;
    this.#stats = Array.from({ length: plan.bandCount }, () => new RunningStats());
  }

  /** Throws `internal` for a spec that no file can be made from, and Node's error when the folder can't be written. */
  static async open(path: string, spec: CogSpec): Promise<CogWriter> {
    const plan = planCog(spec);
    const { levels, spooled } = planLevels(plan);
    return new CogWriter(path, plan, levels, await TileSpool.open(`${path}.spool`, spooled));
  }

  /**
   * Pixels of one band (1-based), row-major, in the spec's dtype. `valid` (0 = not valid) is needed exactly where the spec
   * has a mask, and is the same for all bands; values that it leaves out are stored as nodata. Throws `internal` for a
   * misplaced or repeated window.
   */
  async writeWindow(band: number, window: Window, data: PixelArray, valid?: Uint8Array): Promise<void> {
    this.#checkWindow(band, window, data, valid);
    this.#stats[band - 1]?.add(data, this.#judge(data, valid));
    const size = this.#plan.blockSize;
    for (let row = window.y / size; row * size < window.y + window.height; row += 1)
      for (let column = window.x / size; column * size < window.x + window.width; column += 1)
        await this.#put(band, column, row, window, data, valid);
  }

  #judge(data: PixelArray, valid: Uint8Array | undefined): ((value: number) => boolean) | Uint8Array {
    if (valid === undefined) return makeValidity(this.#plan);
    // NaN is never valid, whatever the mask says.
    return Uint8Array.from(valid, (flag, i) => (flag !== 0 && data[i] === data[i] ? 1 : 0));
  }

  #checkWindow(band: number, window: Window, data: PixelArray, valid: Uint8Array | undefined): void {
    const { width, height, bandCount, dtype, blockSize: size, mask } = this.#plan;
    const { x, y } = window;
    const [right, bottom] = [x + window.width, y + window.height];
    const isEdge = (at: number, end: number): boolean => at % size === 0 || at === end;
    const fits = x >= 0 && y >= 0 && window.width > 0 && window.height > 0 && right <= width && bottom <= height;
    if (!fits || x % size !== 0 || y % size !== 0 || !isEdge(right, width) || !isEdge(bottom, height))
      throw new AppError(
        'internal',
        `Window ${window.width} x ${window.height} at ${x}, ${y} is not made of whole blocks.`,
      );
    const isBand = Number.isInteger(band) && band >= 1 && band <= bandCount;
    const pixels = window.width * window.height;
    if (!isBand || data.length !== pixels || data.constructor !== allocate(dtype, 0).constructor)
      throw new AppError(
        'internal',
        `Band ${band}: ${data.length} values of ${data.constructor.name} don't fit the window.`,
      );
    if (mask ? valid?.length !== pixels : valid !== undefined)
      throw new AppError('internal', `A COG ${mask ? 'with' : 'without'} a mask was given the mask of another window.`);
  }

  async #put(
    band: number,
    column: number,
    row: number,
    window: Window,
    data: PixelArray,
    valid: Uint8Array | undefined,
  ): Promise<void> {
    const { planes, blockSize: size, tileBands: bands } = this.#plan;
    const [level] = this.#levels;
    if (level === undefined) return;
    const tile = row * level.across + column;
    const number = imageTile(level, planes > 1 ? band - 1 : 0, tile);
    const block = this.#pending.get(number) ?? this.#emptyBlock();
    if (this.#spool.length(number) > 0 || block.bands.has(band))
      throw new AppError('internal', `Block ${column}, ${row} of band ${band} was written twice.`);
    const rows = Math.min(size, window.y + window.height - row * size);
    const columns = Math.min(size, window.x + window.width - column * size);
    const sample = planes > 1 ? 0 : band - 1;
    for (let i = 0; i < rows; i += 1) {
      const from = (row * size + i - window.y) * window.width + column * size - window.x;
      if (bands === 1 && valid === undefined) block.samples.set(data.subarray(from, from + columns), i * size);
      else
        for (let j = 0; j < columns; j += 1)
          if (valid?.[from + j] !== 0) block.samples[(i * size + j) * bands + sample] = data[from + j] ?? 0;
      if (valid !== undefined) block.mask.set(valid.subarray(from, from + columns), i * size);
    }
    block.bands.add(band);
    if (block.bands.size < bands) {
      this.#pending.set(number, block);
      if (this.#pending.size > maxPending)
        throw new AppError('internal', 'A COG needs all bands of a block before the blocks after it.');
      return;
    }
    this.#pending.delete(number);
    await this.#store(level, number, tile, block);
  }

  /** Spools a complete block; its mask with the first of its planes. */
  async #store(level: Level, number: number, tile: number, { samples, mask }: Omit<Pending, 'bands'>): Promise<void> {
    const { planes, compression } = this.#plan;
    await this.#spool.write(number, await encodeTile(samples, this.#format));
    const masked = maskTile(level, planes, tile);
    if (this.#plan.mask && this.#spool.length(masked) === 0)
      await this.#spool.write(masked, await encodeMask(mask, compression));
  }

  get #format(): Parameters<typeof encodeTile>[1] {
    const { blockSize, tileBands, dtype, compression, predictor } = this.#plan;
    return { dtype, size: blockSize, bands: tileBands, compression, predictor };
  }

  /**
   * Makes the overviews, writes the file and renames it into place. `stats` per band replace those that were counted from
   * the windows. Returns the size of the file.
   */
  async finish(stats?: readonly Statistics[]): Promise<{ bytes: number }> {
    if (this.#pending.size > 0)
      throw new AppError('internal', `${this.#pending.size} blocks of the COG lack some bands.`);
    const part = `${this.#path}.part`;
    try {
      await this.#fillGaps();
      for (const [index, level] of this.#levels.entries()) {
        const below = this.#levels[index - 1];
        if (below !== undefined) await writeOverview(this.#plan, this.#format, this.#spool, below, level);
      }
      const counted = stats ?? this.#stats.map((item) => item.result());
      const bytes = await assemble(part, this.#plan, this.#levels, this.#spool, counted);
      await rename(part, this.#path);
      return { bytes };
    } catch (cause) {
      await rm(part, { force: true });
      throw cause;
    } finally {
      await this.#spool.discard();
    }
  }

  /** Removes the temporary file; nothing was written at `path`. */
  async abort(): Promise<void> {
    this.#pending.clear();
    await this.#spool.discard();
  }

  #emptyBlock(): Pending {
    const { blockSize, tileBands, dtype, mask } = this.#plan;
    const samples = allocate(dtype, blockSize ** 2 * tileBands).fill(emptyValue(this.#plan));
    return { samples, mask: new Uint8Array(mask ? blockSize ** 2 : 0), bands: new Set() };
  }

  async #fillGaps(): Promise<void> {
    const [level] = this.#levels;
    if (level === undefined) return;
    let empty: Pending | undefined;
    for (let plane = 0; plane < this.#plan.planes; plane += 1)
      for (let tile = 0; tile < level.tiles; tile += 1) {
        const number = imageTile(level, plane, tile);
        if (this.#spool.length(number) === 0) await this.#store(level, number, tile, (empty ??= this.#emptyBlock()));
      }
  }
}
