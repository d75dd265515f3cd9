import { AppError } from '../../src-shared/errors.ts';
import type { ByteSource } from '../../src-raster/bytes/byte-source.ts';
import { parseContentRange } from '../../src-raster/bytes/content-range.ts';
import { exchange, readBody } from './http.ts';
import type { Alive, HttpOptions } from './http.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import { redactHref } from './redact.ts';
import { Retryable } from './retry.ts';

/** What the opening request fetches: enough for the header of nearly every COG. */
const headerBytes = 32 * 1024;

const incomplete = 'The file is not whole. Ask whoever keeps it, or leave it out of the task.';
const brokenServer = 'A server or proxy on the way is at fault. Download the file and name the local copy.';

interface RangeAnswer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly size: number;
  readonly etag: string | undefined;
}

/** Opens an http(s) object by one Range request. See `openByteSource` for the errors. */
export async function openHttpSource(href: string, ctx: ReadContext, options: HttpOptions = {}): Promise<ByteSource> {
  const where = redactHref(href);
  ctx.budget.add(headerBytes);
  const first = await requestRange(href, 0, headerBytes, undefined, undefined, ctx, options);
  // The part of the request that the object didn't have was never sent: give it back.
  ctx.budget.bytes -= headerBytes - first.bytes.length;
  const { size, etag, bytes: header } = first;
  return {
    href: where,
    size,
    ...(etag !== undefined && { etag }),
    async read(offset, length, readContext) {
      readContext.signal.throwIfAborted();
      if (offset < 0 || length < 0 || offset + length > size)
        throw new AppError('bad_data', `${where} has ${size} bytes; ${length} bytes at ${offset} are not in it.`, {
          remedy: incomplete,
        });
      if (offset + length <= header.length) return header.slice(offset, offset + length);
      readContext.budget.add(length);
      return (await requestRange(href, offset, length, size, etag, readContext, options)).bytes;
    },
    async close() {
      // Nothing is held open: fetch pools its connections.
    },
  };
}

/** One guarded Range request. `size` and `etag` are those of the opening answer, undefined while opening. */
async function requestRange(
  href: string,
  offset: number,
  length: number,
  size: number | undefined,
  etag: string | undefined,
  ctx: ReadContext,
  options: HttpOptions,
): Promise<RangeAnswer> {
  const where = redactHref(href);
  const strongEtag = etag !== undefined && !etag.startsWith('W/');
  const headers = {
    range: `bytes=${offset}-${offset + length - 1}`,
    'accept-encoding': 'identity',
    ...(strongEtag && { 'if-match': etag }),
  };
  const changed = (): AppError =>
    new AppError('bad_data', `${where} changed while it was read.`, {
      remedy: 'Run it again when nobody is writing to it.',
    });
  const handle = async (response: Response, alive: Alive): Promise<RangeAnswer> => {
    const refuse = async (error: AppError): Promise<never> => {
      await response.body?.cancel();
      throw error;
    };
    if (response.status !== 206)
      return refuse(
        new AppError(
          'bad_data',
          `The server of ${where} does not support Range requests (it answered HTTP ${response.status} to one).`,
          {
            remedy:
              'Put the file on a server or bucket that supports byte ranges, or download it and use the local copy.',
          },
        ),
      );
    const range = parseContentRange(response.headers.get('content-range'));
    const tag = response.headers.get('etag') ?? undefined;
    if (range === null || range.start !== offset)
      return refuse(
        new AppError(
          'bad_data',
          `The server of ${where} answered another range than was asked (Content-Range: ${response.headers.get('content-range') ?? 'none'}).`,
          { remedy: brokenServer },
        ),
      );
    if ((size !== undefined && range.size !== size) || (size !== undefined && tag !== etag)) return refuse(changed());
    const expected = Math.min(length, range.size - offset);
    if (range.end !== offset + expected - 1)
      return refuse(
        new AppError(
          'bad_data',
          `The server of ${where} sent bytes ${range.start}-${range.end} when ${offset}-${offset + expected - 1} were asked.`,
          { remedy: brokenServer },
        ),
      );
    const { bytes } = await readBody(response, expected, alive);
    if (bytes.length !== expected)
      throw new Retryable(
        new AppError('source_unavailable', `The server of ${where} sent ${bytes.length} of ${expected} bytes.`, {
          remedy: 'Check the network and run it again.',
        }),
      );
    return { bytes, size: range.size, etag: tag };
  };
  try {
    return await exchange(href, { headers }, ctx, handle, options);
  } catch (cause) {
    if (cause instanceof AppError && cause.details?.['status'] === 412) throw changed();
    if (cause instanceof AppError && cause.details?.['status'] === 416)
      throw new AppError('bad_data', `${where} is empty or shorter than its header says (HTTP 416).`, {
        remedy: incomplete,
        cause,
      });
    throw cause;
  }
}
