import { parseContentRange } from '../../src-raster/bytes/content-range.ts';
import type { ObjectVersion, ReadContext } from '../../src-raster/bytes/read-context.ts';
import { AppError } from '../../src-shared/errors.ts';
import { exchange, readBody } from './http.ts';
import type { Alive, HttpOptions } from './http.ts';
import { redactHref } from './redact.ts';
import { Retryable } from './retry.ts';

const incomplete = 'The file is not whole. Ask whoever keeps it, or leave it out of the task.';
const brokenServer = 'A server or proxy on the way is at fault. Download the file and name the local copy.';

export interface RangeAnswer {
  /** Fewer than asked only where the object ends. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly version: ObjectVersion;
}

export type TakeWhole = (response: Response, alive: Alive, ctx: ReadContext) => Promise<RangeAnswer | null>;

export interface RangeAsk {
  readonly offset: number;
  readonly length: number;
  /** The version that was opened, which the answer must be of; undefined while opening. */
  readonly pinned?: ObjectVersion;
  /** Takes an answer that is not a range but the whole object, or null: it is refused. */
  readonly whole?: TakeWhole;
}

/**
 * One guarded Range request: status 206, the range that was asked, its exact length, the pinned version.
 * @throws AppError `bad_data` naming what was wrong, `not_found`, `denied`, `source_unavailable`
 */
export async function requestRange(
  href: string,
  ask: RangeAsk,
  ctx: ReadContext,
  options: HttpOptions,
): Promise<RangeAnswer> {
  const headers = {
    ...rangeHeaders(ask),
    ...(strong(ask.pinned?.etag) && { 'if-match': ask.pinned?.etag ?? '' }),
  };
  const handle = (response: Response, alive: Alive) => rangeAnswer(response, alive, redactHref(href), ask, ctx);
  return exchange(href, { headers }, ctx, handle, options).catch((cause: unknown) => {
    throw explained(cause, redactHref(href));
  });
}

/** The same, unless the object still is what is known of it: then null. */
export async function requestIfChanged(
  href: string,
  ask: Omit<RangeAsk, 'pinned'>,
  known: ObjectVersion,
  ctx: ReadContext,
  options: HttpOptions,
): Promise<RangeAnswer | null> {
  const headers = { ...rangeHeaders(ask), ...ifChanged(known) };
  const handle = async (response: Response, alive: Alive) => {
    if (response.status !== 304) return rangeAnswer(response, alive, redactHref(href), ask, ctx);
    await response.body?.cancel();
    return null;
  };
  return exchange(href, { headers, accept304: true }, ctx, handle, options).catch((cause: unknown) => {
    throw explained(cause, redactHref(href));
  });
}

/** Headers that ask for an object only if it is another version. A weak ETag may stand for two whose bytes differ. */
export function ifChanged({ etag, lastModified }: ObjectVersion): Readonly<Record<string, string>> {
  if (etag !== undefined && strong(etag)) return { 'if-none-match': etag };
  return lastModified === undefined ? {} : { 'if-modified-since': lastModified };
}

function rangeHeaders({ offset, length }: RangeAsk) {
  return { range: `bytes=${offset}-${offset + length - 1}`, 'accept-encoding': 'identity' };
}

async function rangeAnswer(
  response: Response,
  alive: Alive,
  where: string,
  ask: RangeAsk,
  ctx: ReadContext,
): Promise<RangeAnswer> {
  if (response.status !== 206) {
    const taken = (await ask.whole?.(response, alive, ctx)) ?? null;
    if (taken === null) await response.body?.cancel();
    if (taken === null) throw noRanges(where, response);
    if (ask.pinned !== undefined && !sameVersion(taken.version, ask.pinned)) throw changed(where);
    return taken;
  }
  const { version, expected } = await checked(response, ask, where);
  const { bytes } = await readBody(response, expected, alive);
  if (bytes.length !== expected) throw cutShort(where, bytes.length, expected);
  return { bytes, version };
}

/** What the two refusals of a conditional range mean. */
function explained(cause: unknown, where: string): unknown {
  if (!(cause instanceof AppError)) return cause;
  const status = cause.details?.['status'];
  if (status === 412) return changed(where);
  if (status !== 416) return cause;
  return new AppError('bad_data', `${where} is empty or shorter than its header says (HTTP 416).`, {
    remedy: incomplete,
    details: { status: 416 },
    cause,
  });
}

/** Holds the headers of a 206 against what was asked; cancels the body where they don't fit. */
async function checked(response: Response, { offset, length, pinned }: RangeAsk, where: string) {
  const refuse = async (message: string): Promise<never> => {
    await response.body?.cancel();
    throw new AppError('bad_data', message, { remedy: brokenServer });
  };
  const header = response.headers.get('content-range');
  const range = parseContentRange(header);
  if (range === null || range.start !== offset)
    return refuse(
      `The server of ${where} answered another range than was asked (Content-Range: ${header?.slice(0, 100) ?? 'none'}).`,
    );
  const version = versionOf(response, range.size);
  if (pinned !== undefined && !sameVersion(version, pinned)) {
    await response.body?.cancel();
    throw changed(where);
  }
  const expected = Math.min(length, range.size - offset);
  if (range.end !== offset + expected - 1)
    return refuse(
      `The server of ${where} sent bytes ${range.start}-${range.end} when ${offset}-${offset + expected - 1} were asked.`,
    );
  return { version, expected };
}

/** What a server says about the version that it serves. */
export function versionOf(response: Response, size: number): ObjectVersion {
  const etag = response.headers.get('etag') ?? undefined;
  const lastModified = response.headers.get('last-modified') ?? undefined;
  return { size, ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}

/** The size that a whole answer declares, in bytes; null where it declares none, or that of an encoded form. */
export function declaredSize(response: Response): number | null {
  const text = response.headers.get('content-length') ?? '';
  const isPlain = (response.headers.get('content-encoding') ?? 'identity') === 'identity';
  return isPlain && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The ETag decides where there is one; a server may give several times of change for one object. */
export function sameVersion(one: ObjectVersion, other: ObjectVersion): boolean {
  if (one.size !== other.size || one.etag !== other.etag) return false;
  return one.etag !== undefined || one.lastModified === other.lastModified;
}

function strong(etag: string | undefined): boolean {
  return etag !== undefined && !etag.startsWith('W/');
}

/** An object that is no longer what was opened. */
export function changed(where: string): AppError {
  return new AppError('bad_data', `${where} changed while it was read.`, {
    remedy: 'Run it again when nobody is writing to it.',
  });
}

/** An answer that ended before its time: worth another try. */
export function cutShort(where: string, got: number, expected: number): Retryable {
  return new Retryable(
    new AppError('source_unavailable', `The server of ${where} sent ${got} of ${expected} bytes.`, {
      remedy: 'Check the network and run it again.',
    }),
  );
}

/** @throws AppError `bad_data` for a read that passes the object's end */
export function checkInside(where: string, size: number, offset: number, length: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new AppError('bad_data', `${where} has ${size} bytes; ${length} bytes at ${offset} are not in it.`, {
    remedy: incomplete,
  });
}

function noRanges(where: string, response: Response): AppError {
  const size = declaredSize(response);
  const whole = size === null ? '' : ` The whole file has ${size} bytes.`;
  return new AppError(
    'bad_data',
    `The server of ${where} does not support Range requests (it answered HTTP ${response.status} to one).${whole}`,
    {
      remedy:
        'Put the file on a server or bucket that supports byte ranges, or name a local copy. A single file of known size, not an array store, can be downloaded whole: access.whole_downloads: true.',
      details: { status: response.status, reason: 'no_ranges', ...(size !== null && { bytes: size }) },
    },
  );
}
