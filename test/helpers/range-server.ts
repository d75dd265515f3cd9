import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';

/** The first folder of a request's path chooses how the server misbehaves; any other path is served correctly. */
export type Fault =
  | 'no-range'
  | 'missing'
  | 'forbidden'
  | 'busy-once'
  | 'busy'
  | 'busy-long'
  | 'drop-once'
  | 'drop'
  | 'wrong-range'
  | 'short-range'
  | 'changed-etag'
  | 'changed-size'
  | 'stall';

export interface RangeRequest {
  readonly path: string;
  readonly range: string | undefined;
  /** Body bytes that the server wrote. */
  bytes: number;
}

export interface RangeServer {
  /** Such as http://127.0.0.1:40000, without a trailing slash: `${url}/a.tif`, or `${url}/stall/a.tif` with a fault. */
  readonly url: string;
  readonly requests: RangeRequest[];
  close(): Promise<void>;
}

/** Serves the files under `rootDir` with Range support on a free port of 127.0.0.1. `latencyMs` delays every answer. */
export async function startRangeServer(rootDir: string, opts: { latencyMs?: number } = {}): Promise<RangeServer> {
  const requests: RangeRequest[] = [];
  const seen = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const record: RangeRequest = { path, range: request.headers.range, bytes: 0 };
    requests.push(record);
    const nth = (seen.get(path) ?? 0) + 1;
    seen.set(path, nth);
    setTimeout(() => {
      answer(rootDir, path, nth, request, response, record).catch(() => response.destroy());
    }, opts.latencyMs ?? 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  rootDir: string,
  path: string,
  nth: number,
  request: IncomingMessage,
  response: ServerResponse,
  record: RangeRequest,
): Promise<void> {
  const [, fault = '', ...rest] = path.split('/');
  const known = faults.has(fault);
  if (fault === 'missing') return void response.writeHead(404).end('no such file');
  if (fault === 'forbidden') return void response.writeHead(403).end('no');
  if (fault === 'busy' || (fault === 'busy-once' && nth === 1) || fault === 'busy-long')
    return void response.writeHead(503, { 'retry-after': fault === 'busy-long' ? '3600' : '0' }).end('busy');
  if (fault === 'stall') return;
  const file = await openFile(join(rootDir, normalize(`/${known ? rest.join('/') : path}`)));
  if (file === null) return void response.writeHead(404).end('no such file');
  await using body = file;
  const length = (await body.stat()).size;
  const size = fault === 'changed-size' && nth > 1 ? length + 1 : length;
  const etag = fault === 'changed-etag' && nth > 1 ? '"second"' : '"first"';
  if (fault !== 'changed-etag' && request.headers['if-match'] !== undefined && request.headers['if-match'] !== etag)
    return void response.writeHead(412).end();
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  if (fault === 'no-range' || range === null) {
    record.bytes = length;
    return void response.writeHead(200, { 'content-length': length, etag }).end(await body.readFile());
  }
  const start = Number(range[1]);
  const end = Math.min(Number(range[2]), length - 1);
  if (start >= length) return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
  const part = new Uint8Array(end + 1 - start);
  await body.read(part, 0, part.length, start);
  const shift = fault === 'wrong-range' ? 7 : 0;
  const short = fault === 'short-range' ? 1 : 0;
  const sent = part.subarray(0, part.length - short);
  response.writeHead(206, {
    'content-range': `bytes ${start + shift}-${end + shift - short}/${size + shift}`,
    'content-length': sent.length,
    etag,
  });
  if (fault === 'drop' || (fault === 'drop-once' && nth === 1)) {
    record.bytes = sent.length >> 1;
    response.write(sent.subarray(0, sent.length >> 1), () => response.destroy());
    return;
  }
  record.bytes = sent.length;
  response.end(sent);
}

const faults: ReadonlySet<string> = new Set<Fault>([
  'no-range',
  'missing',
  'forbidden',
  'busy-once',
  'busy',
  'busy-long',
  'drop-once',
  'drop',
  'wrong-range',
  'short-range',
  'changed-etag',
  'changed-size',
  'stall',
]);

async function openFile(path: string): Promise<FileHandle | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null || (await file.stat()).isFile()) return file;
  await file.close();
  return null;
}
