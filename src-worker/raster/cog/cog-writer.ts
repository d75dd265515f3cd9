import { open, rename, rm } from 'node:fs/promises';
import { AppError } from '../../../src-shared/errors.ts';
import { allocate } from '../../../src-raster/pixel-array.ts';
import { RunningStats } from '../stats.ts';
import type { Statistics } from '../stats.ts';
import type { Affine, Crs, DType, PixelArray, Window } from '../../../src-raster/types.ts';
import { makeValidity } from '../../../src-raster/validity.ts';
import { levelTags } from './cog-tags.ts';
import type { TileTable } from './cog-tags.ts';
import { encodeHead } from './header.ts';
import { emptyValue, halve } from './overview.ts';
import type { OverviewResampling } from './overview.ts';
import { decodeTile, encodeTile } from './tile-codec.ts';
import { TileSpool, writeFully } from './tile-spool.ts';

export interface CogSpec {
  readonly width: number;
  readonly height: number;
  readonly bandCount: number;
  readonly dtype: DType;
  readonly nodata: number | null;
  readonly crs: Crs;
  readonly transform: Affine;
  /** Tile size in pixels, a multiple of 16; 512 by default. */
  readonly blockSize?: number;
  /** How overviews are made: `average` for measurements, `mode` or `nearest` for classes. */
  readonly resampling: OverviewResampling;
  readonly bandDescriptions?: readonly string[];
  /** Dataset metadata (GDAL_METADATA items), such as a mark of synthetic data. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly software?: string;
}

interface Level {
  readonly width: number;
  readonly height: number;
  readonly across: number;
  readonly down: number;
  /** Number of its first tile in the spool. */
  readonly first: number;
}

/** Blocks whose bands have not all arrived yet. */
const maxPending = 64;
const writeBufferBytes = 4 * 1024 * 1024;

/**
 * Writes a Cloud Optimized GeoTIFF in bounded memory: DEFLATE 6 with predictor, pixel-interleaved bands, overviews by
 * halving until a level fits one tile. Windows may come in any order, each made of whole blocks (or reaching the raster's
 * edge); all bands of a block must come before 64 other blocks are begun. Blocks that never come hold nodata. Equal calls
 * give equal bytes. Nothing exists at `path` until `finish` has renamed the complete file.
 */
export class CogWriter {
  readonly #path: string;
  readonly #spec: CogSpec;
  readonly #size: number;
  readonly #levels: readonly Level[];
  readonly #spool: TileSpool;
  readonly #stats: readonly RunningStats[];
  readonly #pending = new Map<number, { samples: PixelArray; bands: Set<number> }>();

  private constructor(path: string, spec: CogSpec, size: number, levels: readonly Level[], spool: TileSpool) {
    this.#path = path;
    this.#spec = spec;
    this.#size = size;
    this.#levels = levels;
    this.#spool = spool;
    this.#stats = Array.from({ length: spec.bandCount }, () => new RunningStats());
  }

  /** Throws `internal` for an impossible size and `storage` (through Node's error) when the folder can't be written. */
  static async open(path: string, spec: CogSpec): Promise<CogWriter> {
    const size = spec.blockSize ?? 512;
    if (size < 16 || size % 16 !== 0) throw new AppError('internal', `A COG's tile size can't be ${size}.`);
    if (![spec.width, spec.height, spec.bandCount].every((value) => Number.isInteger(value) && value >= 1))
      throw new AppError(
        'internal',
        `A COG can't have ${spec.width} x ${spec.height} pixels and ${spec.bandCount} bands.`,
      );
    const levels: Level[] = [];
    let [width, height, first] = [spec.width, spec.height, 0];
    for (;;) {
      const level = { width, height, across: Math.ceil(width / size), down: Math.ceil(height / size), first };
      levels.push(level);
      first += level.across * level.down;
      if (width <= size && height <= size) break;
      [width, height] = [Math.ceil(width / 2), Math.ceil(height / 2)];
    }
    return new CogWriter(path, spec, size, levels, await TileSpool.open(`${path}.spool`, first));
  }

  /** Pixels of one band (1-based), row-major, in the spec's dtype. Throws `internal` for a misplaced or repeated window. */
  async writeWindow(band: number, window: Window, data: PixelArray): Promise<void> {
    const { width, height, bandCount, dtype } = this.#spec;
    const { x, y } = window;
    const [right, bottom] = [x + window.width, y + window.height];
    const size = this.#size;
    const isEdge = (at: number, end: number): boolean => at % size === 0 || at === end;
    const fits = x >= 0 && y >= 0 && window.width > 0 && window.height > 0 && right <= width && bottom <= height;
    if (!fits || x % size !== 0 || y % size !== 0 || !isEdge(right, width) || !isEdge(bottom, height))
      throw new AppError(
        'internal',
        `Window ${window.width} x ${window.height} at ${x}, ${y} is not made of whole blocks.`,
      );
    if (
      data.length !== window.width * window.height ||
      band < 1 ||
      band > bandCount ||
      data.constructor !== allocate(dtype, 0).constructor
    )
      throw new AppError(
        'internal',
        `Band ${band}: ${data.length} values of ${data.constructor.name} don't fit the window.`,
      );
    this.#stats[band - 1]?.add(data, makeValidity(this.#spec));
    for (let row = y / size; row * size < bottom; row += 1)
      for (let column = x / size; column * size < right; column += 1) await this.#put(band, column, row, window, data);
  }

  async #put(band: number, column: number, row: number, window: Window, data: PixelArray): Promise<void> {
    const { bandCount, dtype } = this.#spec;
    const size = this.#size;
    const tile = row * (this.#levels[0]?.across ?? 0) + column;
    const block = this.#pending.get(tile) ?? { samples: this.#emptyTile(), bands: new Set<number>() };
    if (this.#spool.length(tile) > 0 || block.bands.has(band))
      throw new AppError('internal', `Block ${column}, ${row} of band ${band} was written twice.`);
    const rows = Math.min(size, window.y + window.height - row * size);
    const columns = Math.min(size, window.x + window.width - column * size);
    for (let i = 0; i < rows; i += 1) {
      const from = (row * size + i - window.y) * window.width + column * size - window.x;
      if (bandCount === 1) block.samples.set(data.subarray(from, from + columns), i * size);
      else
        for (let j = 0; j < columns; j += 1) block.samples[(i * size + j) * bandCount + band - 1] = data[from + j] ?? 0;
    }
    block.bands.add(band);
    if (block.bands.size < bandCount) {
      this.#pending.set(tile, block);
      if (this.#pending.size > maxPending)
        throw new AppError('internal', 'A COG needs all bands of a block before the blocks after it.');
      return;
    }
    this.#pending.delete(tile);
    await this.#spool.write(tile, await encodeTile(block.samples, dtype, size, bandCount));
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
      for (const [index, level] of this.#levels.entries()) if (index > 0) await this.#makeOverview(level, index);
      const bytes = await this.#assemble(part, stats ?? this.#stats.map((item) => item.result()));
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

  #emptyTile(): PixelArray {
    const { bandCount, dtype } = this.#spec;
    return allocate(dtype, this.#size ** 2 * bandCount).fill(emptyValue(this.#spec));
  }

  async #fillGaps(): Promise<void> {
    const { dtype, bandCount } = this.#spec;
    let empty: Uint8Array | undefined;
    const tiles = (this.#levels[0]?.across ?? 0) * (this.#levels[0]?.down ?? 0);
    for (let tile = 0; tile < tiles; tile += 1)
      if (this.#spool.length(tile) === 0)
        await this.#spool.write(tile, (empty ??= await encodeTile(this.#emptyTile(), dtype, this.#size, bandCount)));
  }

  async #makeOverview(level: Level, index: number): Promise<void> {
    const below = this.#levels[index - 1] ?? level;
    const { bandCount: bands, dtype, nodata, resampling } = this.#spec;
    const size = this.#size;
    const load = async (column: number, row: number): Promise<PixelArray | undefined> =>
      column < below.across && row < below.down
        ? decodeTile(await this.#spool.read(below.first + row * below.across + column), dtype, size, size, bands)
        : undefined;
    for (let row = 0; row < level.down; row += 1)
      for (let column = 0; column < level.across; column += 1) {
        const [c, r] = [2 * column, 2 * row];
        const four = [await load(c, r), await load(c + 1, r), await load(c, r + 1), await load(c + 1, r + 1)];
        const width = Math.min(2 * size, below.width - c * size);
        const height = Math.min(2 * size, below.height - r * size);
        const samples = halve(four, width, height, resampling, { size, bands, dtype, nodata });
        await this.#spool.write(
          level.first + row * level.across + column,
          await encodeTile(samples, dtype, size, bands),
        );
      }
  }

  /** Head first, then the tiles: smallest overview first, full resolution last, each framed by its length and its last bytes. */
  async #assemble(path: string, stats: readonly Statistics[]): Promise<number> {
    const plan = (big: boolean): { head: Uint8Array; total: number } => {
      const tables = this.#levels.map((level) => this.#table(level));
      const encode = (): Uint8Array =>
        encodeHead(
          tables.map((table, index) => levelTags(this.#spec, this.#size, table, index, big, stats)),
          big,
        );
      let at = encode().length;
      for (const table of [...tables].reverse())
        for (let i = 0; i < table.offsets.length; i += 1) {
          table.offsets[i] = at + 4;
          at += (table.lengths[i] ?? 0) + 8;
        }
      return { head: encode(), total: at };
    };
    let { head, total } = plan(false);
    if (total > 0xffffffff) ({ head, total } = plan(true));
    await using file = await open(path, 'w', 0o644);
    await writeFully(file, head, 0);
    let position = head.length;
    const buffer = new Uint8Array(writeBufferBytes);
    let used = 0;
    const put = async (bytes: Uint8Array): Promise<void> => {
      if (used + bytes.length > buffer.length) {
        await writeFully(file, buffer.subarray(0, used), position);
        position += used;
        used = 0;
      }
      if (bytes.length > buffer.length) {
        await writeFully(file, bytes, position);
        position += bytes.length;
      } else {
        buffer.set(bytes, used);
        used += bytes.length;
      }
    };
    for (const level of [...this.#levels].reverse())
      for (let tile = level.first; tile < level.first + level.across * level.down; tile += 1) {
        const bytes = await this.#spool.read(tile);
        await put(new Uint8Array(Uint32Array.of(bytes.length).buffer));
        await put(bytes);
        await put(bytes.subarray(-4));
      }
    await writeFully(file, buffer.subarray(0, used), position);
    await file.sync();
    return total;
  }

  #table(level: Level): TileTable & { offsets: Float64Array; lengths: Uint32Array } {
    const tiles = level.across * level.down;
    return {
      width: level.width,
      height: level.height,
      offsets: new Float64Array(tiles),
      lengths: Uint32Array.from({ length: tiles }, (_, i) => this.#spool.length(level.first + i)),
    };
  }
}
