import type { ReadContext } from '../bytes/read-context.ts';
import { brokenTiff, unsupportedTiff } from './bad-tiff.ts';
import type { HeaderReader } from './header-reader.ts';
import { fieldTypeBytes } from './tags.ts';

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where the values are in the file: inside the entry, or where it points. */
  readonly offset: number;
}

/** Directories that are followed at most: more are pages of a scan, not overviews. */
const maxDirectories = 128;
const maxEntries = 4096;
/** Values of a tag that is read as a whole (tile tables are read in parts). */
const maxValueBytes = 4 * 1024 * 1024;

/** One image file directory: typed access to its tags, each checked against the file's size before it is read. */
export class Directory {
  readonly reader: HeaderReader;
  readonly littleEndian: boolean;
  readonly #entries: ReadonlyMap<number, Entry>;

  constructor(reader: HeaderReader, littleEndian: boolean, entries: ReadonlyMap<number, Entry>) {
    this.reader = reader;
    this.littleEndian = littleEndian;
    this.#entries = entries;
  }

  /** Number of values of a tag; 0 when it is absent. */
  count(tagNumber: number): number {
    return this.#entries.get(tagNumber)?.count ?? 0;
  }

  /** Values `from` to `to` (exclusive) of a numeric tag; an empty array when it is absent. */
  async numbers(tagNumber: number, ctx: ReadContext, from = 0, to = this.count(tagNumber)): Promise<number[]> {
    const entry = this.#entries.get(tagNumber);
    if (entry === undefined || to <= from) return [];
    const size = fieldTypeBytes[entry.type] ?? 1;
    const view = await this.#view(tagNumber, entry, from * size, (to - from) * size, ctx);
    return Array.from({ length: to - from }, (_, i) => readNumber(view, i * size, entry.type, this.littleEndian));
  }

  /** The first value of a numeric tag, or `fallback` when it is absent. */
  async number(tagNumber: number, fallback: number, ctx: ReadContext): Promise<number> {
    return (await this.numbers(tagNumber, ctx, 0, Math.min(1, this.count(tagNumber))))[0] ?? fallback;
  }

  async bytes(tagNumber: number, ctx: ReadContext): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.#entries.get(tagNumber);
    if (entry === undefined) return new Uint8Array(0);
    const length = entry.count * (fieldTypeBytes[entry.type] ?? 1);
    return new Uint8Array((await this.#view(tagNumber, entry, 0, length, ctx)).buffer);
  }

  /** Text up to its first NUL, or null when the tag is absent. */
  async text(tagNumber: number, ctx: ReadContext): Promise<string | null> {
    if (!this.#entries.has(tagNumber)) return null;
    const bytes = await this.bytes(tagNumber, ctx);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  async #view(
    tagNumber: number,
    entry: Entry,
    at: number,
    length: number,
    ctx: ReadContext,
  ): Promise<DataView<ArrayBuffer>> {
    if (length > maxValueBytes)
      throw brokenTiff(this.reader.source.href, `tag ${tagNumber} claims ${length} bytes, which is not plausible`);
    return this.reader.view(entry.offset + at, length, `tag ${tagNumber}`, ctx);
  }
}

/** Parses the header and the chain of directories of a classic or Big TIFF, with every count bounded. */
export async function readDirectories(reader: HeaderReader, ctx: ReadContext): Promise<Directory[]> {
  const { href, size } = reader.source;
  if (size === 0) throw brokenTiff(href, 'the file is empty');
  if (size < 8) throw brokenTiff(href, `a file of ${size} bytes is not a TIFF`);
  const head = await reader.view(0, Math.min(16, size), 'the header', ctx);
  const order = head.getUint16(0);
  const littleEndian = order === 0x4949;
  const magic = head.getUint16(2, littleEndian);
  if ((order !== 0x4949 && order !== 0x4d4d) || (magic !== 42 && magic !== 43))
    throw unsupportedTiff(href, 'this is not a TIFF file');
  const big = magic === 43;
  if (big && (size < 16 || head.getUint16(4, littleEndian) !== 8))
    throw brokenTiff(href, 'its BigTIFF header is broken');
  let offset = big ? Number(head.getBigUint64(8, littleEndian)) : head.getUint32(4, littleEndian);
  const directories: Directory[] = [];
  const seen = new Set<number>();
  while (offset !== 0 && directories.length < maxDirectories) {
    if (seen.has(offset)) throw brokenTiff(href, 'its directories form a loop');
    seen.add(offset);
    const { directory, next } = await readDirectory(reader, offset, big, littleEndian, ctx);
    directories.push(directory);
    offset = next;
  }
  if (directories.length === 0) throw brokenTiff(href, 'it has no image');
  return directories;
}

async function readDirectory(
  reader: HeaderReader,
  offset: number,
  big: boolean,
  littleEndian: boolean,
  ctx: ReadContext,
): Promise<{ directory: Directory; next: number }> {
  const { href } = reader.source;
  const what = 'an image directory';
  const countBytes = big ? 8 : 2;
  const countView = await reader.view(offset, countBytes, what, ctx);
  const count = big ? Number(countView.getBigUint64(0, littleEndian)) : countView.getUint16(0, littleEndian);
  if (count === 0 || count > maxEntries) throw brokenTiff(href, `an image directory claims ${count} tags`);
  const entryBytes = big ? 20 : 12;
  const body = await reader.view(offset + countBytes, count * entryBytes + (big ? 8 : 4), what, ctx);
  const entries = new Map<number, Entry>();
  for (let i = 0; i < count; i += 1) {
    const at = i * entryBytes;
    const type = body.getUint16(at + 2, littleEndian);
    const valueCount = big ? Number(body.getBigUint64(at + 4, littleEndian)) : body.getUint32(at + 4, littleEndian);
    const inline = at + (big ? 12 : 8);
    const size = fieldTypeBytes[type];
    if (size === undefined) continue;
    const pointer = big ? Number(body.getBigUint64(inline, littleEndian)) : body.getUint32(inline, littleEndian);
    const isInline = size * valueCount <= (big ? 8 : 4);
    entries.set(body.getUint16(at, littleEndian), {
      type,
      count: valueCount,
      offset: isInline ? offset + countBytes + inline : pointer,
    });
  }
  const end = count * entryBytes;
  const next = big ? Number(body.getBigUint64(end, littleEndian)) : body.getUint32(end, littleEndian);
  return { directory: new Directory(reader, littleEndian, entries), next };
}

function readNumber(view: DataView, at: number, type: number, littleEndian: boolean): number {
  switch (type) {
    case 3:
      return view.getUint16(at, littleEndian);
    case 4:
    case 13:
      return view.getUint32(at, littleEndian);
    case 5:
      return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
    case 6:
      return view.getInt8(at);
    case 8:
      return view.getInt16(at, littleEndian);
    case 9:
      return view.getInt32(at, littleEndian);
    case 10:
      return view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian);
    case 11:
      return view.getFloat32(at, littleEndian);
    case 12:
      return view.getFloat64(at, littleEndian);
    case 16:
    case 18:
      return Number(view.getBigUint64(at, littleEndian));
    case 17:
      return Number(view.getBigInt64(at, littleEndian));
    default:
      return view.getUint8(at);
  }
}
