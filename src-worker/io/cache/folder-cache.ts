import { readFile, readdir, rm, statfs, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ObjectVersion, RangeCache } from '../../../src-raster/bytes/read-context.ts';
import { redactHref } from '../redact.ts';
import { objectFolder, versionName } from './object-name.ts';
import type { KeptRange } from './range-file.ts';
import { parseRangeFileName, rangeFileName, readRange, replaceFile, writeRange } from './range-file.ts';

const Latest = z.object({
  name: z.string(),
  size: z.number(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  absent: z.literal(true).optional(),
});

/** Objects whose ranges are known without looking; the rest are looked up again. */
const mostKnown = 1_024;
/** A disk is not filled to its last byte by what can be fetched again. */
const spareDiskBytes = 1_073_741_824;
const diskCheckEvery = 64 * 1_048_576;

export interface FolderCacheOptions {
  /** What an address leads to: two addresses of one object share what is kept of it. */
  readonly resolve: (href: string) => string;
  /** Bytes that this run may add. */
  readonly maxNewBytes: number;
}

/**
 * Ranges of remote objects in a folder that the runs of a workspace share: `<aa>/<object>/latest.json` and
 * `<aa>/<object>/<version>/<offset>-<length>`. Files appear whole or not at all and are checked when they are read, so that
 * several runs may use the folder at once, and any part of it may be deleted at any time. Nothing of it rejects.
 */
export class FolderCache implements RangeCache {
  /** What this run took from the folder instead of the network. */
  readonly taken = { requests: 0, bytes: 0 };
  readonly #folder: string;
  readonly #options: FolderCacheOptions;
  readonly #ranges = new Map<string, KeptRange[]>();
  readonly #latest = new Map<string, string>();
  #added = 0;
  #checkAt = 0;
  #isFull = false;

  constructor(folder: string, options: FolderCacheOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  async latest(href: string): Promise<ObjectVersion | null> {
    try {
      const path = join(this.#objectOf(href), 'latest.json');
      const { name: _name, ...version } = Latest.parse(JSON.parse(await readFile(path, 'utf8')));
      const now = new Date();
      await utimes(path, now, now);
      const { size, etag, lastModified, absent } = version;
      return {
        size,
        ...(etag !== undefined && { etag }),
        ...(lastModified !== undefined && { lastModified }),
        ...(absent !== undefined && { absent }),
      };
    } catch {
      return null;
    }
  }

  async get(
    href: string,
    version: ObjectVersion,
    offset: number,
    length: number,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    const folder = this.#versionFolder(href, version);
    if (folder === null) return null;
    try {
      const ranges = await this.#rangesOf(folder);
      const parts = cover(ranges, offset, length);
      if (parts === null) return null;
      const out = parts.length === 1 ? null : new Uint8Array(length);
      for (const { range, from, to } of parts) {
        const bytes = await readRange(folder, range, from - range.offset, to - range.offset);
        if (bytes === null) {
          await this.#drop(folder, range);
          return null;
        }
        if (out === null) {
          this.#took(length);
          return bytes;
        }
        out.set(bytes, from - offset);
      }
      this.#took(length);
      return out ?? new Uint8Array(0);
    } catch {
      return null;
    }
  }

  async put(href: string, version: ObjectVersion, offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const folder = version.absent === true ? '' : this.#versionFolder(href, version);
    if (folder === null || this.#isFull) return;
    try {
      await this.#remember(href, version, folder);
      if (folder === '') return;
      const ranges = await this.#rangesOf(folder);
      if (bytes.length > 0 && cover(ranges, offset, bytes.length) !== null) return;
      if (!(await this.#hasRoom(bytes.length))) return;
      await writeRange(folder, offset, bytes);
      ranges.push({ offset, length: bytes.length });
    } catch {
      this.#isFull = true;
    }
  }

  #took(bytes: number): void {
    this.taken.requests += 1;
    this.taken.bytes += bytes;
  }

  #objectOf(href: string): string {
    return join(this.#folder, ...objectFolder(this.#options.resolve(href)));
  }

  #versionFolder(href: string, version: ObjectVersion): string | null {
    const name = versionName(version);
    return name === null ? null : join(this.#objectOf(href), name);
  }

  /** Notes the version that was seen last, once a run. */
  async #remember(href: string, version: ObjectVersion, folder: string): Promise<void> {
    const object = this.#objectOf(href);
    if (this.#latest.get(object) === folder) return;
    const text = JSON.stringify({ name: redactHref(href), ...version });
    await replaceFile(join(object, 'latest.json'), [Buffer.from(text)]);
    bounded(this.#latest, object, folder);
  }

  async #rangesOf(folder: string): Promise<KeptRange[]> {
    const known = this.#ranges.get(folder);
    if (known !== undefined) return known;
    const names = await readdir(folder).catch((): string[] => []);
    const ranges = names.flatMap((name) => parseRangeFileName(name) ?? []);
    bounded(this.#ranges, folder, ranges);
    return ranges;
  }

  /** Forgets a range whose file is gone or damaged. */
  async #drop(folder: string, range: KeptRange): Promise<void> {
    this.#ranges.delete(folder);
    await rm(join(folder, rangeFileName(range)), { force: true });
  }

  async #hasRoom(bytes: number): Promise<boolean> {
    if (this.#added + bytes > this.#options.maxNewBytes) return false;
    if (this.#added >= this.#checkAt) {
      const { bavail, bsize } = await statfs(this.#folder);
      if (bavail * bsize < spareDiskBytes + diskCheckEvery) {
        this.#isFull = true;
        return false;
      }
      this.#checkAt = this.#added + diskCheckEvery;
    }
    this.#added += bytes;
    return true;
  }
}

interface Part {
  readonly range: KeptRange;
  readonly from: number;
  readonly to: number;
}

/** The kept ranges that together hold `length` bytes at `offset`, in order; null when they don't. */
function cover(ranges: readonly KeptRange[], offset: number, length: number): Part[] | null {
  const parts: Part[] = [];
  const end = offset + length;
  // An empty object has one empty range.
  if (length === 0) return ranges.length === 0 ? null : [];
  for (let at = offset; at < end;) {
    let best: KeptRange | null = null;
    for (const range of ranges)
      if (range.offset <= at && range.offset + range.length > Math.max(at, best === null ? 0 : best.offset + best.length))
        best = range;
    if (best === null) return null;
    const to = Math.min(end, best.offset + best.length);
    parts.push({ range: best, from: at, to });
    at = to;
  }
  return parts;
}

function bounded<T>(map: Map<string, T>, key: string, value: T): void {
  const [oldest] = map.keys();
  if (map.size >= mostKnown && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
