import { AppError } from '../../src-shared/errors.ts';
import { readRanges } from '../bytes/ranges.ts';
import type { ReadContext } from '../bytes/read-context.ts';
import { allocate, bytesPerValue } from '../pixel-array.ts';
import type { BlockCost, PixelArray, Window } from '../types.ts';
import type { RasterPlatform } from '../platform.ts';
import { brokenTiff } from './bad-tiff.ts';
import { BlockTable } from './block-table.ts';
import { decodeBlock, sparseValue } from './decode-block.ts';
import type { CodecParameters } from './decompress.ts';
import type { Directory } from './directory.ts';
import { blockRowBytes, readLayout } from './layout.ts';
import type { Layout } from './layout.ts';
import { tag } from './tags.ts';

/** Decoded bytes that one batch of blocks may hold while a window is filled. */
const batchBytes = 16 * 1024 * 1024;

/** Four quantisation and eight Huffman tables need less than 4 KB. */
const maxTableBytes = 64 * 1024;

/** The pixels of one directory: full resolution, an overview or a mask. */
export class TiffLevel {
  readonly layout: Layout;
  readonly #codec: CodecParameters;
  readonly #nodata: number | null;
  #table: BlockTable | undefined;

  private constructor(layout: Layout, codec: CodecParameters, nodata: number | null) {
    this.layout = layout;
    this.#codec = codec;
    this.#nodata = nodata;
  }

  /** Throws `bad_data` for what can't be read right, also when the platform has no decoder for its blocks. */
  static async open(
    directory: Directory,
    platform: RasterPlatform,
    nodata: number | null,
    ctx: ReadContext,
  ): Promise<TiffLevel> {
    const layout = await readLayout(directory, ctx);
    if (directory.count(tag.jpegTables) > maxTableBytes)
      throw brokenTiff(directory.reader.source.href, 'its JPEG tables are larger than JPEG allows');
    const codec = {
      jpegTables: await directory.bytes(tag.jpegTables, ctx),
      lercCompression:
        (await directory.numbers(tag.lercParameters, ctx, 0, Math.min(2, directory.count(tag.lercParameters))))[1] ?? 0,
      platform,
    };
    if (platform.zstd === null && (layout.compression === 50000 || codec.lercCompression === 2))
      throw new AppError(
        'bad_data',
        `${directory.reader.source.href}: its pixels are packed with ZSTD, which can't be unpacked here.`,
        {
          remedy: 'Make a copy that can be shown: gdal_translate -of COG -co COMPRESS=DEFLATE input.tif converted.tif',
        },
      );
    return new TiffLevel(layout, codec, nodata);
  }

  /** Checks where every block is, against the size of the file; done at the first read unless it was asked for before. */
  async check(ctx: ReadContext): Promise<BlockTable> {
    this.#table ??= await BlockTable.open(this.layout, ctx);
    return this.#table;
  }

  /** Pixels of one band (0-based), row-major. The window must lie inside the level. */
  async read(band: number, window: Window, ctx: ReadContext): Promise<PixelArray> {
    const { planar } = this.layout;
    const table = await this.check(ctx);
    const out = allocate(this.layout.dtype, window.width * window.height);
    const wanted = this.#blocksIn(band, window);
    const perBatch = this.#perBatch();
    for (let i = 0; i < wanted.length; i += perBatch) {
      const batch = wanted.slice(i, i + perBatch);
      const blocks = await this.#load(
        batch.map((item) => item.block),
        table,
        ctx,
      );
      for (const [index, { column, row }] of batch.entries()) {
        const values = blocks[index];
        if (values !== undefined) this.#copy(values, planar ? 0 : band, column, row, window, out);
      }
    }
    return out;
  }

  /** Stored bytes of the blocks that a read of the window would fetch. */
  async pendingBytes(band: number, window: Window, ctx: ReadContext): Promise<number> {
    const table = await this.check(ctx);
    let bytes = 0;
    for (const { block } of this.#blocksIn(band, window))
      if (this.#codec.platform.cache.get(this, block) === undefined)
        bytes += (await table.range(block, ctx))?.length ?? 0;
    return bytes;
  }

  /** What a read of the window would need, block by block in the order and batches of `read`; from the block table alone. */
  async blockCosts(band: number, window: Window, ctx: ReadContext): Promise<BlockCost[]> {
    const table = await this.check(ctx);
    const { blockWidth, blockHeight, dtype, planar, samplesPerPixel } = this.layout;
    const perBatch = this.#perBatch();
    const values = blockWidth * (planar ? 1 : samplesPerPixel) * bytesPerValue(dtype);
    const { held = 0 } = this.layout.directory.reader.source;
    const costs: BlockCost[] = [];
    for (const [index, { block }] of this.#blocksIn(band, window).entries())
      costs.push({
        block,
        batch: Math.floor(index / perBatch),
        range: await table.range(block, ctx),
        decodedBytes: values * (this.layout.tiled ? blockHeight : this.#rowsOf(block)),
        held,
      });
    return costs;
  }

  #perBatch(): number {
    return Math.max(1, Math.floor(batchBytes / (blockRowBytes(this.layout) * this.layout.blockHeight)));
  }

  #blocksIn(band: number, window: Window): { block: number; column: number; row: number }[] {
    const { blockWidth, blockHeight, across, down, planar } = this.layout;
    const plane = planar ? band * across * down : 0;
    const blocks: { block: number; column: number; row: number }[] = [];
    for (let row = Math.floor(window.y / blockHeight); row * blockHeight < window.y + window.height; row += 1)
      for (let column = Math.floor(window.x / blockWidth); column * blockWidth < window.x + window.width; column += 1)
        blocks.push({ block: plane + row * across + column, column, row });
    return blocks;
  }

  /** Decoded blocks, from the cache or by as few requests as their places allow; null for those that the file leaves out. */
  async #load(blocks: readonly number[], table: BlockTable, ctx: ReadContext): Promise<(PixelArray | null)[]> {
    const loaded = new Map<number, PixelArray>();
    const missing: { block: number; rows: number; offset: number; length: number }[] = [];
    for (const block of blocks) {
      const cached = this.#codec.platform.cache.get(this, block);
      const rows = this.#rowsOf(block);
      const range = cached === undefined ? await table.range(block, ctx) : null;
      if (cached !== undefined) loaded.set(block, cached);
      else if (range !== null) missing.push({ block, rows, ...range });
    }
    const inputs = await readRanges(this.layout.directory.reader.source, missing, ctx);
    for (const [index, { block, rows }] of missing.entries()) {
      ctx.signal.throwIfAborted();
      const values = await decodeBlock(
        inputs[index] ?? new Uint8Array(0),
        this.layout,
        rows,
        this.#codec,
        this.#nodata,
      );
      this.#codec.platform.cache.set(this, block, values);
      loaded.set(block, values);
    }
    return blocks.map((block) => loaded.get(block) ?? null);
  }

  /** Forgets its decoded blocks. */
  drop(): void {
    this.#codec.platform.cache.drop(this);
  }

  #rowsOf(block: number): number {
    const { blockHeight, height, across, down, tiled } = this.layout;
    return tiled ? blockHeight : Math.min(blockHeight, height - (Math.floor(block / across) % down) * blockHeight);
  }

  #copy(values: PixelArray | null, sample: number, column: number, row: number, window: Window, out: PixelArray): void {
    const { blockWidth, blockHeight, planar, samplesPerPixel } = this.layout;
    const stride = planar ? 1 : samplesPerPixel;
    const empty = values === null ? sparseValue(this.layout, this.#nodata) : 0;
    const x0 = Math.max(window.x, column * blockWidth);
    const x1 = Math.min(window.x + window.width, (column + 1) * blockWidth);
    const y0 = Math.max(window.y, row * blockHeight);
    const y1 = Math.min(window.y + window.height, (row + 1) * blockHeight);
    for (let y = y0; y < y1; y += 1) {
      const from = (y - row * blockHeight) * blockWidth + (x0 - column * blockWidth);
      const to = (y - window.y) * window.width + (x0 - window.x);
      if (values === null) out.fill(empty, to, to + x1 - x0);
      else if (stride === 1) out.set(values.subarray(from, from + x1 - x0), to);
      else for (let i = 0; i < x1 - x0; i += 1) out[to + i] = values[(from + i) * stride + sample] ?? 0;
    }
  }
}
