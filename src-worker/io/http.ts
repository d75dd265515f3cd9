import { AppError } from '../../src-shared/errors.ts';
import { isBucketAddress } from '../../src-shared/task/object-address.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import { keepDocument, keptDocument } from './cache/documents.ts';
import { networkReason, notKept, proxyStatus, statusError, walledOff } from './http-errors.ts';
import { redactHref } from './redact.ts';
import { Retryable, defaultRetryPolicy, withRetry } from './retry.ts';
import type { RetryPolicy } from './retry.ts';

export interface HttpOptions {
  readonly retry?: RetryPolicy;
  /** The longest silence, in ms: until the first header and between two pieces of the body. */
  readonly stallMs?: number;
}

export interface ExchangeInit extends Omit<RequestInit, 'headers' | 'signal'> {
  readonly headers?: Readonly<Record<string, string>>;
  /** 304 is an answer, to a request that says what is known already. */
  readonly accept304?: boolean;
}

const defaultStallMs = 30_000;
/** Bytes per second that an answer must reach on the average, after a first `stallMs`: one that trickles would never end. */
const leastRate = 1_024;

/** Called with the bytes that have come so far, at every piece of a body. */
export type Alive = (received: number) => void;

/**
 * One HTTP exchange with the retry rules of all our reads: network errors, stalls, trickles, 429 and 5xx are tried again (a
 * Retry-After is honoured), and so is whatever `handle` throws as `Retryable`. Every attempt is signed anew. `handle` gets only
 * 2xx answers (and 304, where asked for) and must use `readBody` or cancel the body. Errors name the address without its query.
 */
export async function exchange<T>(
  url: string,
  init: ExchangeInit,
  ctx: ReadContext,
  handle: (response: Response, alive: Alive) => Promise<T>,
  options: HttpOptions = {},
): Promise<T> {
  const where = redactHref(url);
  if (ctx.offline === true)
    throw new AppError('denied', `Offline: ${where} was not read.`, {
      remedy: 'Run it online (without --offline) to use the network.',
    });
  // fetch refuses such addresses with an error that repeats them.
  const { username, password } = (isBucketAddress(url) ? null : URL.parse(url)) ?? { username: '', password: '' };
  if (username !== '' || password !== '')
    throw new AppError('denied', `The address of ${where} holds a user name or password, which are never sent.`, {
      remedy: 'Take them out of the address; use a signed address, or download the file and name the local copy.',
    });
  const stallMs = options.stallMs ?? defaultStallMs;
  const attempt = async (): Promise<T> => {
    const stall = new AbortController();
    const timer = setTimeout(() => stall.abort(), stallMs);
    const began = performance.now();
    let tooSlow = false;
    const alive = (received: number) => {
      timer.refresh();
      if (performance.now() - began <= stallMs + (received / leastRate) * 1_000) return;
      tooSlow = true;
      stall.abort();
    };
    try {
      const signal = AbortSignal.any([ctx.signal, stall.signal]);
      const { url: address, headers } = await signed(url, init, ctx);
      // What a request to a bucket carries is for that bucket's server alone.
      const redirect = isBucketAddress(url) ? 'manual' : 'follow';
      const response = await fetch(address, { ...init, headers, signal, redirect });
      timer.refresh();
      if (!response.ok && !(response.status === 304 && init.accept304 === true)) {
        await response.body?.cancel();
        throw statusError(where, response);
      }
      return await handle(response, alive);
    } catch (cause) {
      if (cause instanceof AppError || cause instanceof Retryable) throw cause;
      ctx.signal.throwIfAborted();
      if (proxyStatus(cause) === 403) throw walledOff(where);
      const reason = stall.signal.aborted
        ? tooSlow
          ? `sent less than ${leastRate} bytes a second`
          : `sent nothing for ${stallMs / 1000} s`
        : `broke the connection or could not be reached (${networkReason(cause)})`;
      throw new Retryable(
        new AppError('source_unavailable', `The server of ${where} ${reason}.`, {
          remedy: 'Check the network and the address, then run it again.',
          cause,
        }),
      );
    } finally {
      clearTimeout(timer);
    }
  };
  return withRetry(attempt, ctx.signal, options.retry ?? defaultRetryPolicy);
}

/** The request as it is sent, by whatever the run knows about the address. */
async function signed(url: string, { method = 'GET', headers = {} }: ExchangeInit, ctx: ReadContext) {
  return ctx.remote === undefined ? { url, headers } : ctx.remote.sign(url, method, headers, ctx);
}

/** The body, which must not pass `maxBytes`; `alive` is called at every piece. */
export async function readBody(
  response: Response,
  maxBytes: number,
  alive: Alive,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; complete: boolean }> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  if (response.body !== null) {
    const body: AsyncIterable<Uint8Array> = response.body;
    for await (const piece of body) {
      total += piece.length;
      alive(total);
      if (total > maxBytes) return { bytes: new Uint8Array(0), complete: false };
      pieces.push(piece);
    }
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { bytes, complete: true };
}

const maxJsonBytes = 32 * 1024 * 1024;

/**
 * Fetches and parses JSON (STAC), and keeps it for runs offline, which read what was kept. Counts its bytes against the budget.
 * Errors as in `exchange`, and `bad_data` when the body isn't JSON or is larger than 32 MiB.
 */
export async function fetchJson(
  url: string,
  init: ExchangeInit,
  ctx: ReadContext,
  options: HttpOptions = {},
): Promise<unknown> {
  const where = redactHref(url);
  const cache = ctx.remote?.cache ?? null;
  const asked = { url, method: init.method, body: init.body };
  if (ctx.offline === true && cache !== null) {
    const kept = await keptDocument(cache, asked);
    if (kept === null) throw notKept(where);
    ctx.budget.add(kept.length);
    return parseJson(kept, where);
  }
  const handle = async (response: Response, alive: Alive) => {
    const { bytes, complete } = await readBody(response, maxJsonBytes, alive);
    if (!complete)
      throw new AppError('bad_data', `${where} sent more than ${maxJsonBytes} bytes of JSON.`, {
        remedy: 'Ask for fewer items, or name a smaller part of the catalogue.',
      });
    ctx.budget.add(bytes.length);
    return { bytes, value: parseJson(bytes, where) };
  };
  const { bytes, value } = await exchange(url, init, ctx, handle, options);
  if (cache !== null) await keepDocument(cache, asked, bytes);
  return value;
}

/** @throws AppError `bad_data` */
function parseJson(bytes: Uint8Array<ArrayBuffer>, where: string): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return value;
  } catch (cause) {
    throw new AppError('bad_data', `${where} did not send JSON.`, {
      remedy: 'Open the address in a browser and check that it is the data and not a web page.',
      cause,
    });
  }
}
