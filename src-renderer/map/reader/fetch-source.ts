import type { ByteSource } from '../../../src-raster/bytes/byte-source.ts';
import { parseContentRange } from '../../../src-raster/bytes/content-range.ts';
import type { ByteRange } from '../../../src-raster/bytes/ranges.ts';
import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { RequestQueue } from './request-queue.ts';

/** What the opening request asks for: the header and the block tables of nearly every COG. */
const headerBytes = 32 * 1024;

interface Answer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly size: number;
  readonly etag: string | null;
}

/**
 * Opens a run's file by Range requests through `fetch`. Every answer must be a 206 for exactly the bytes that were asked, of
 * an object that still has the size and ETag of the first answer; anything else is an error, never read as if it were
 * right. Errors: `not_found`, `denied`, `bad_data` (no ranges, another range, changed), `source_unavailable`.
 */
export async function openFetchSource(url: string, name: string, ctx: ReadContext): Promise<ByteSource> {
  const first = await request(url, name, { offset: 0, length: headerBytes }, null, ctx);
  const { size, etag, bytes: header } = first;
  const queue = new RequestQueue(
    async (range, readContext) => (await request(url, name, range, { size, etag }, readContext)).bytes,
  );
  return {
    href: name,
    size,
    ...(etag !== null && { etag }),
    async read(offset, length, readContext) {
      readContext.signal.throwIfAborted();
      if (offset < 0 || length < 0 || offset + length > size)
        throw new AppError('bad_data', `${name} has ${size} bytes; ${length} bytes at ${offset} are not in it.`, {
          remedy: 'The file is not whole. Run the task again.',
        });
      if (offset + length <= header.length) return header.slice(offset, offset + length);
      return queue.read({ offset, length }, readContext);
    },
    async close() {
      // Nothing is held open.
    },
  };
}

async function request(
  url: string,
  name: string,
  { offset, length }: ByteRange,
  known: { readonly size: number; readonly etag: string | null } | null,
  ctx: ReadContext,
): Promise<Answer> {
  ctx.budget.add(length);
  let response: Response;
  try {
    response = await fetch(url, {
      headers: { range: `bytes=${offset}-${offset + length - 1}` },
      signal: ctx.signal,
      cache: 'no-store',
    });
  } catch (cause) {
    ctx.signal.throwIfAborted();
    throw new AppError('source_unavailable', `${name} could not be reached.`, {
      remedy: 'Check that the engine is running, then try again.',
      cause,
    });
  }
  const refuse = async (error: AppError): Promise<never> => {
    await response.body?.cancel();
    throw error;
  };
  if (response.status !== 206) return refuse(statusError(name, response.status));
  const range = parseContentRange(response.headers.get('content-range'));
  const etag = response.headers.get('etag');
  if (range?.start !== offset)
    return refuse(
      new AppError('bad_data', `Another part of ${name} was sent than was asked for.`, {
        remedy: 'This is a defect in Transect. Please report it with the name of the file.',
        details: { asked: `bytes=${offset}-${offset + length - 1}`, got: response.headers.get('content-range') },
      }),
    );
  const expected = Math.min(length, range.size - offset);
  if ((known !== null && (range.size !== known.size || etag !== known.etag)) || range.end !== offset + expected - 1)
    return refuse(
      new AppError('bad_data', `${name} changed while it was shown.`, {
        remedy: 'Reload the map. A finished run’s files should not change: compare its hashes in the review.',
      }),
    );
  const body = await response.arrayBuffer().catch((cause: unknown) => {
    ctx.signal.throwIfAborted();
    throw broken(name, cause);
  });
  if (body.byteLength !== expected) throw broken(name);
  const bytes = new Uint8Array(body);
  // What the object did not have was never sent.
  ctx.budget.bytes -= length - bytes.length;
  return { bytes, size: range.size, etag };
}

function broken(name: string, cause?: unknown): AppError {
  return new AppError('source_unavailable', `${name} did not arrive whole.`, { remedy: 'Try again.', cause });
}

function statusError(name: string, status: number): AppError {
  if (status === 404)
    return new AppError('not_found', `${name} is no longer in the run’s folder.`, {
      remedy: 'It was moved or deleted after the run. Restore it, or run the task again.',
    });
  if (status === 401 || status === 403)
    return new AppError('denied', `${name} may not be read (HTTP ${status}).`, {
      remedy: 'Restart Transect and open the run again.',
    });
  if (status === 416)
    return new AppError('bad_data', `${name} is empty or shorter than its header says.`, {
      remedy: 'The file is not whole. Run the task again.',
    });
  if (status >= 500)
    return new AppError('source_unavailable', `${name} could not be read (HTTP ${status}).`, {
      remedy: 'Check that the engine is running, then try again.',
    });
  return new AppError('bad_data', `${name} was not sent in parts (HTTP ${status}), so it is not loaded.`, {
    remedy: 'This is a defect in Transect. Please report it with the name of the file.',
  });
}
