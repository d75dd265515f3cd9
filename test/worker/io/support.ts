import { ReadBudget } from '../../../src-raster/bytes/read-context.ts';
import type { RangeCache, ReadContext } from '../../../src-raster/bytes/read-context.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { Access } from '../../../src-shared/task/access.ts';
import { httpAddress } from '../../../src-shared/task/object-address.ts';
import { FolderCache } from '../../../src-worker/io/cache/folder-cache.ts';
import type { Credentials } from '../../../src-worker/io/remote/credentials.ts';
import type { PlanetaryComputer } from '../../../src-worker/io/remote/planetary-computer.ts';
import { TaskRemote } from '../../../src-worker/io/remote/task-remote.ts';
import type { Place } from '../../../src-worker/run/places.ts';

const nothing: Credentials = { s3: null, gs: null, gsToken: null, azSas: null, azKey: null };

export interface ReaderOptions {
  readonly access?: Partial<Access>;
  readonly credentials?: Partial<Credentials>;
  readonly planetaryComputer?: PlanetaryComputer;
  readonly cache?: RangeCache | null;
  readonly downloads?: string;
  readonly maxReadBytes?: number;
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
}

/** A read context as a run has one. */
export function reader(options: ReaderOptions = {}): ReadContext {
  const remote = new TaskRemote({
    access: options.access,
    credentials: { ...nothing, ...options.credentials },
    planetaryComputer: options.planetaryComputer ?? null,
    cache: options.cache ?? null,
    downloads: options.downloads ?? null,
  });
  return {
    signal: options.signal ?? new AbortController().signal,
    budget: new ReadBudget(options.maxReadBytes ?? 1e9),
    offline: options.offline ?? false,
    remote,
  };
}

export function cacheIn(folder: string, access?: Partial<Access>, maxNewBytes = 1e9): FolderCache {
  return new FolderCache(folder, { resolve: (href) => httpAddress(href, access) ?? href, maxNewBytes });
}

export function remotePlace(href: string): Place {
  return { href, name: href.split('?', 1)[0] ?? href, root: null };
}

/** Bytes that repeat nowhere near, the same on every machine. */
export function patterned(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** The error that something ends with, which must be one of ours and say what to do. */
export async function failureOf(action: Promise<unknown>): Promise<AppError> {
  const cause = await action.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(cause instanceof AppError)) throw new Error('no AppError was thrown', { cause });
  if (!/^[A-Z].{15,}\.$/s.test(cause.remedy ?? '')) throw new Error(`no remedy: ${cause.message}`, { cause });
  return cause;
}
