import type { FileHandle } from 'node:fs/promises';
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import { AppError, toAppError } from '../../../src-shared/errors.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import { contentTypeOf } from '../../../src-shared/media-types.ts';
import { appOrigin } from '../../../src-shared/native.ts';
import { parseRange } from '../run-files/byte-range.ts';
import type { RunFiles } from '../run-files/run-files.ts';
import type { Tokens } from './caller.ts';
import { authenticate } from './caller.ts';
import { failure } from './failure.ts';
import { fileBody } from './file-body.ts';

/**
 * Run files are not trusted: a report can hold anything that a source's metadata held. Whatever shows one shows it without
 * scripts, without network, without forms, and with no origin of its own.
 */
const guards = {
  'content-security-policy': [
    'sandbox',
    "default-src 'none'",
    "img-src 'self' data:",
    "style-src 'unsafe-inline'",
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${appOrigin}`,
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

/** Adds `GET` and `HEAD /files/v1/<job-id>/<path>`: the bytes of runs' files, with ranges and revalidation. */
export function addFileRoute(app: Hono, files: RunFiles, tokens: Tokens, onDefect: (cause: unknown) => void): void {
  // Hono answers HEAD by the GET handler and drops the body.
  app.get('/files/v1/:jobId/*', async (c) => {
    try {
      authenticate(c, tokens);
      // The address as it was sent: parsing it as a URL would resolve dots before they can be refused.
      const { id, path } = addressOf((c.env as HttpBindings).incoming.url ?? '');
      return await answer(c, await files.open(id, path), path);
    } catch (cause) {
      const error = toAppError(cause);
      if (error.code === 'internal') onDefect(cause);
      return failure(c, error, undefined, guards);
    }
  });
}

/** Job and path of an address, each step percent-decoded once. @throws AppError `not_found`, `bad_data` */
export function addressOf(url: string): { readonly id: JobId; readonly path: string } {
  const [, job = '', encoded = ''] = /^\/files\/v1\/([^/?#]*)\/([^?#]*)/.exec(url) ?? [];
  const id = JobId.safeParse(job);
  if (!id.success) throw new AppError('not_found', `${JSON.stringify(job)} is not the id of a job.`);
  try {
    const steps = encoded.split('/').map(decodeURIComponent);
    // A slash that only appears by decoding belongs to no name.
    if (steps.some((step) => step.includes('/'))) throw new URIError('a slash in a name');
    return { id: id.data, path: steps.join('/') };
  } catch (cause) {
    throw new AppError('bad_data', 'The address of the file is not percent-encoded UTF-8 text.', { cause });
  }
}

async function answer(c: Context, file: FileHandle, path: string): Promise<Response> {
  let handedOn = false;
  try {
    const { size, mtimeNs, ino } = await file.stat({ bigint: true });
    const bytes = Number(size);
    const etag = `"${[size, mtimeNs, ino].map((part) => part.toString(36)).join('-')}"`;
    const headers = { ...guards, 'content-type': contentTypeOf(path), 'accept-ranges': 'bytes', etag };
    if (matches(c.req.header('if-none-match'), etag)) return new Response(null, { status: 304, headers });
    // A range is defined for GET alone, and only of the representation that the client has a part of.
    const ifRange = c.req.header('if-range');
    const ranged = c.req.method === 'GET' && (ifRange === undefined || ifRange === etag);
    const range = ranged ? parseRange(c.req.header('range'), bytes) : null;
    if (range === 'unsatisfiable') {
      const error = new AppError('bad_data', `${path} has ${bytes} bytes; the range asked for lies beyond.`);
      return failure(c, error, 416, { ...guards, 'content-range': `bytes */${bytes}` });
    }
    const { start, end } = range ?? { start: 0, end: bytes - 1 };
    const withLength = { ...headers, 'content-length': String(end - start + 1) };
    if (c.req.method === 'HEAD') return new Response(null, { headers: withLength });
    const body = await fileBody(file, start, end);
    handedOn = body instanceof ReadableStream;
    return new Response(body, {
      status: range === null ? 200 : 206,
      headers: { ...withLength, ...(range !== null && { 'content-range': `bytes ${start}-${end}/${bytes}` }) },
    });
  } finally {
    if (!handedOn) await file.close();
  }
}

/** `If-None-Match`, compared weakly as the standard says. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
