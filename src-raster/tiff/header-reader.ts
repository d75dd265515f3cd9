import type { ByteSource } from '../bytes/byte-source.ts';
import type { ReadContext } from '../bytes/read-context.ts';
import { brokenTiff } from './bad-tiff.ts';

/** Headers are fetched in whole pages, so that a walk over directories and tables needs few requests. */
const pageBytes = 32 * 1024;
const maxPages = 32;

/** Small reads from a byte source through a bounded page cache. */
export class HeaderReader {
  readonly source: ByteSource;
  readonly #pages = new Map<number, Uint8Array>();

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** `length` bytes at `offset`; throws `bad_data` with `what` when the file ends before. */
  async view(offset: number, length: number, what: string, ctx: ReadContext): Promise<DataView<ArrayBuffer>> {
    if (offset + length > this.source.size)
      throw brokenTiff(
        this.source.href,
        `${what} should be at bytes ${offset} to ${offset + length}, but the file has ${this.source.size} bytes`,
      );
    const first = Math.floor(offset / pageBytes);
    const last = Math.floor((offset + Math.max(1, length) - 1) / pageBytes);
    const out = new Uint8Array(length);
    for (let page = first; page <= last; page += 1) {
      const bytes = this.#pages.get(page) ?? (await this.#fetch(page, last, ctx));
      const from = Math.max(offset, page * pageBytes);
      const to = Math.min(offset + length, page * pageBytes + bytes.length);
      out.set(bytes.subarray(from - page * pageBytes, to - page * pageBytes), from - offset);
    }
    return new DataView(out.buffer);
  }

  /** Fetches `page` and, in the same request, the missing ones after it up to `last` (at most half the cache). */
  async #fetch(page: number, last: number, ctx: ReadContext): Promise<Uint8Array> {
    let end = page;
    while (end < last && end - page < maxPages / 2 && !this.#pages.has(end + 1)) end += 1;
    const offset = page * pageBytes;
    const bytes = await this.source.read(offset, Math.min((end + 1) * pageBytes, this.source.size) - offset, ctx);
    for (let p = page; p <= end; p += 1) {
      const oldest = this.#pages.keys().next();
      if (this.#pages.size >= maxPages && oldest.done !== true) this.#pages.delete(oldest.value);
      this.#pages.set(p, bytes.slice((p - page) * pageBytes, (p - page + 1) * pageBytes));
    }
    return bytes.subarray(0, pageBytes);
  }
}
