import { readFile, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../run/make-folder.ts';
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
  whole: z.literal(true).optional(),
});

const latestFile = 'latest.json';
/** Objects whose ranges are known without looking; the rest are looked up again. */
const mostKnown = 1_024;
/** A disk is not filled to its last byte by what can be fetched again. */
const spareDiskBytes = 1_073_741_824;
const diskCheckEvery = 64 * 1_048_576;

export interface FolderCacheOptions {
  /** Folder of what others have kept, which is only read. */
  readonly shared?: string;
  /** What an address leads to: two addresses of one object share what is kept of it. */
  readonly resolve: (href: string) => string;
  /** Bytes that this run may add. */
  readonly maxNewBytes: number;
}

/**
 * Ranges of remote objects in folders: `<host>/<object>/latest.json` and `<host>/<object>/<version>/<offset>-<length>`. One folder is
 * shared by the runs of a workspace and only read; the other is this run's own, and the engine moves it into the shared one when
 * the run has ended. Files appear whole or not at all and are checked when they are read, so that any part may be missing or
 * deleted at any time, and several runs may use one folder. Nothing of it rejects.
 */
export class FolderCache implements RangeCache {
  /** What this run took from the folder instead of the network. */
  readonly taken = { requests: 0, bytes: 0 };
  readonly #folder: string;
  readonly #options: FolderCacheOptions;
  readonly #shared: string | null;
  readonly #ranges = new Map<string, FoundRange[]>();
  /** The version last noted in the own folder, by object. */
  readonly #noted = new Map<string, string>();
  #added = 0;
  #checkAt = 0;
  #isFull = false;

  constructor(folder: string, options: FolderCacheOptions) {
    this.#folder = folder;
    this.#shared = options.shared ?? null;
    this.#options = options;
  }

  async latest(href: string): Promise<ObjectVersion | null> {
    const object = this.#objectOf(href);
    const own = await readLatest(join(this.#folder, object));
    const version = own ?? (this.#shared === null ? null : await readLatest(join(this.#shared, object)));
    // Noted in the own folder, it is seen to be in use.
    if (own === null && version !== null) await this.#note(href, version).catch(() => undefined);
    return version;
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
        const bytes = await readRange(join(range.root, folder), range, from - range.offset, to - range.offset);
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
      // Who may not see an object is told that it does not exist: that takes nothing from who could read it.
      if (version.absent === true && isThere(await this.latest(href))) return;
      await this.#note(href, version);
      if (folder === '') return;
      const ranges = await this.#rangesOf(folder);
      if (bytes.length > 0 && cover(ranges, offset, bytes.length) !== null) return;
      if (!(await this.#hasRoom(bytes.length))) return;
      await writeRange(join(this.#folder, folder), offset, bytes);
      ranges.push({ root: this.#folder, offset, length: bytes.length });
    } catch {
      this.#isFull = true;
    }
  }

  #took(bytes: number): void {
    this.taken.requests += 1;
    this.taken.bytes += bytes;
  }

  /** The folder of an object below those of the cache. */
  #objectOf(href: string): string {
    return join(...objectFolder(this.#options.resolve(href)));
  }

  #versionFolder(href: string, version: ObjectVersion): string | null {
    const name = versionName(version);
    return name === null ? null : join(this.#objectOf(href), name);
  }

  /** Notes the version that was seen last, once a run. */
  async #note(href: string, version: ObjectVersion): Promise<void> {
    const object = this.#objectOf(href);
    const text = JSON.stringify({ name: redactHref(href), ...version });
    if (this.#noted.get(object) === text) return;
    await replaceFile(join(this.#folder, object, latestFile), [Buffer.from(text)]);
    bounded(this.#noted, object, text);
  }

  async #rangesOf(folder: string): Promise<FoundRange[]> {
    const known = this.#ranges.get(folder);
    if (known !== undefined) return known;
    const ranges: FoundRange[] = [];
    for (const root of [this.#folder, this.#shared]) {
      if (root === null) continue;
      const names = await readdir(join(root, folder)).catch((): string[] => []);
      for (const name of names) {
        const range = parseRangeFileName(name);
        if (range !== null) ranges.push({ root, ...range });
      }
    }
    bounded(this.#ranges, folder, ranges);
    return ranges;
  }

  /** Forgets a range whose file is gone or damaged. */
  async #drop(folder: string, range: FoundRange): Promise<void> {
    const ranges = this.#ranges.get(folder) ?? [];
    this.#ranges.set(
      folder,
      ranges.filter((one) => one !== range),
    );
    if (range.root === this.#folder) await rm(join(range.root, folder, rangeFileName(range)), { force: true });
  }

  async #hasRoom(bytes: number): Promise<boolean> {
    if (this.#added + bytes > this.#options.maxNewBytes) return false;
    if (this.#added >= this.#checkAt) {
      await makeFolder(this.#folder, 0o700);
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

/** What is known of an object's latest version; null where that is nothing or no sense. */
async function readLatest(object: string): Promise<ObjectVersion | null> {
  try {
    const { size, etag, lastModified, absent, whole } = Latest.parse(
      JSON.parse(await readFile(join(object, latestFile), 'utf8')),
    );
    return {
      size,
      ...(etag !== undefined && { etag }),
      ...(lastModified !== undefined && { lastModified }),
      ...(absent !== undefined && { absent }),
      ...(whole !== undefined && { whole }),
    };
  } catch {
    return null;
  }
}

function isThere(version: ObjectVersion | null): boolean {
  return version !== null && version.absent !== true;
}

interface FoundRange extends KeptRange {
  readonly root: string;
}

interface Part {
  readonly range: FoundRange;
  readonly from: number;
  readonly to: number;
}

/** The kept ranges that together hold `length` bytes at `offset`, in order; null when they don't. */
function cover(ranges: readonly FoundRange[], offset: number, length: number): Part[] | null {
  const parts: Part[] = [];
  const end = offset + length;
  // An empty object has one empty range.
  if (length === 0) return ranges.length === 0 ? null : [];
  for (let at = offset; at < end;) {
    let best: FoundRange | null = null;
    for (const range of ranges)
      if (
        range.offset <= at &&
        range.offset + range.length > Math.max(at, best === null ? 0 : best.offset + best.length)
      )
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
