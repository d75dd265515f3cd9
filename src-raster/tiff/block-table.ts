import type { ByteRange } from '../bytes/ranges.ts';
import type { ReadContext } from '../bytes/read-context.ts';
import { brokenTiff } from './bad-tiff.ts';
import { blockRowBytes } from './layout.ts';
import type { Layout } from './layout.ts';
import { maxExpansion, tag } from './tags.ts';

/** Tables up to this many blocks are checked whole when the file is opened; larger ones block row by block row. */
const eagerBlocks = 32 * 1024;
/** Table entries fetched at once. */
const pageEntries = 2048;
const maxPages = 64;

/** Where the blocks of one directory are in the file; each is checked against the file's size before it is handed out. */
export class BlockTable {
  readonly #layout: Layout;
  readonly #pages = new Map<number, { offsets: number[]; counts: number[] }>();
  readonly #offsetTag: number;
  readonly #countTag: number;

  private constructor(layout: Layout) {
    this.#layout = layout;
    this.#offsetTag = layout.tiled ? tag.tileOffsets : tag.stripOffsets;
    this.#countTag = layout.tiled ? tag.tileByteCounts : tag.stripByteCounts;
  }

  /** Checks the table's length and, unless it is very large, every entry. Throws `bad_data`. */
  static async open(layout: Layout, ctx: ReadContext): Promise<BlockTable> {
    const table = new BlockTable(layout);
    const { directory, planar, samplesPerPixel, across, height, storedRows } = layout;
    const { href } = directory.reader.source;
    const blocks = across * Math.ceil(height / storedRows) * (planar ? samplesPerPixel : 1);
    for (const tagNumber of [table.#offsetTag, table.#countTag])
      if (directory.count(tagNumber) < blocks)
        throw brokenTiff(href, `it needs ${blocks} blocks, but its tables list ${directory.count(tagNumber)}`);
    if (blocks <= eagerBlocks) for (let block = 0; block < blocks; block += 1) await table.#stored(block, ctx);
    return table;
  }

  /** The bytes of a block (its index counts the parts that we read), or null for a sparse block, which is all nodata. */
  async range(block: number, ctx: ReadContext): Promise<ByteRange | null> {
    const { blockHeight, storedRows, height, down, across } = this.#layout;
    if (blockHeight === storedRows) return this.#stored(block, ctx);
    // An uncompressed strip per plane, read in parts of blockHeight rows.
    const strip = await this.#stored(Math.floor(block / (across * down)), ctx);
    if (strip === null) return null;
    const row = (block % down) * blockHeight;
    const rowBytes = blockRowBytes(this.#layout);
    return { offset: strip.offset + row * rowBytes, length: Math.min(blockHeight, height - row) * rowBytes };
  }

  async #stored(block: number, ctx: ReadContext): Promise<ByteRange | null> {
    const page = Math.floor(block / pageEntries);
    const entries = this.#pages.get(page) ?? (await this.#fetch(page, ctx));
    const offset = entries.offsets[block % pageEntries] ?? 0;
    const length = entries.counts[block % pageEntries] ?? 0;
    if (length === 0) return null;
    const { directory, compression, storedRows, height, across, tiled } = this.#layout;
    const { href, size } = directory.reader.source;
    // Signed and floating types give numbers that are no places.
    const isPlace = Number.isInteger(offset) && offset > 0 && Number.isInteger(length) && length > 0;
    if (!isPlace || offset + length > size)
      throw brokenTiff(
        href,
        `block ${block} should be at bytes ${offset} to ${offset + length}, but the file has ${size} bytes`,
      );
    const down = Math.ceil(height / storedRows);
    const row = (Math.floor(block / across) % down) * storedRows;
    const decoded = blockRowBytes(this.#layout) * (tiled ? storedRows : Math.min(storedRows, height - row));
    if (
      decoded >
      length * (compression === 1 ? 1 : (maxExpansion[compression] ?? Infinity)) + 1024 * (compression === 1 ? 0 : 1)
    )
      throw brokenTiff(href, `block ${block} has ${length} bytes, which can't hold its ${decoded} bytes of pixels`);
    return { offset, length };
  }

  async #fetch(page: number, ctx: ReadContext): Promise<{ offsets: number[]; counts: number[] }> {
    const { directory } = this.#layout;
    const from = page * pageEntries;
    const to = Math.min(from + pageEntries, directory.count(this.#offsetTag), directory.count(this.#countTag));
    const offsets = await directory.numbers(this.#offsetTag, ctx, from, to);
    const counts = await directory.numbers(this.#countTag, ctx, from, to);
    const oldest = this.#pages.keys().next();
    if (this.#pages.size >= maxPages && oldest.done !== true) this.#pages.delete(oldest.value);
    this.#pages.set(page, { offsets, counts });
    return { offsets, counts };
  }
}
