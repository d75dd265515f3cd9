import type { IncomingMessage, ServerResponse } from 'node:http';
import { readdirSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Listening } from '../../../scripts/stac-server/listen.ts';
import { listen } from '../../../scripts/stac-server/listen.ts';
import { openHttpSource } from '../../../src-worker/io/http-source.ts';
import { retryAfterMs } from '../../../src-worker/io/retry.ts';
import { ServerStore } from '../../../src-worker/io/server-store.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { cacheIn, failureOf, patterned, reader, remotePlace } from './support.ts';

const size = 200_000;
const bytes = patterned(size, 5);
const fast = { retry: { tries: 3, firstDelayMs: 1, maxDelayMs: 100 }, stallMs: 2_000 };

type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

/** The range that was asked, as a server answers it that does everything right. */
function right(request: IncomingMessage, response: ServerResponse, headers: Record<string, string> = {}): void {
  const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? 'bytes=0-') ?? [];
  const end = Math.min(to === '' ? size : Number(to) + 1, size);
  response.writeHead(206, {
    etag: '"1"',
    'content-range': `bytes ${from}-${end - 1}/${size}`,
    'content-length': end - Number(from),
    ...headers,
  });
  response.end(bytes.subarray(Number(from), end));
}

/** The whole file, whatever was asked. */
function whole(response: ServerResponse, headers: Record<string, string | number> = {}, body = bytes): void {
  response.writeHead(200, { etag: '"1"', 'content-length': body.length, ...headers });
  response.end(body);
}

describe('an HTTP server', () => {
  let server: Listening;
  let answer: Answer;
  let asked: IncomingMessage[];
  beforeEach(async () => {
    asked = [];
    server = await listen(0, (request, response) => {
      asked.push(request);
      answer(request, response, asked.length);
      return Promise.resolve();
    });
  });
  afterEach(() => server.close());
  const url = () => `${server.url}/a.bin`;

  describe('that fails for a while is asked again', () => {
    test.each<[string, Answer]>([
      ['it drops the connection', (_request, response) => response.destroy()],
      [
        'it drops the connection in the middle',
        (_request, response) => {
          response.writeHead(206, { etag: '"1"', 'content-range': `bytes 0-32767/${size}`, 'content-length': 32_768 });
          response.write(bytes.subarray(0, 10_000), () => response.destroy());
        },
      ],
      [
        'it says 503 and when to come again',
        (_request, response) => response.writeHead(503, { 'retry-after': '0' }).end(),
      ],
      ['it says 429', (_request, response) => response.writeHead(429).end('slow down')],
      ['it says 500', (_request, response) => response.writeHead(500).end()],
      [
        'it sends less than it says, without a length',
        (_request, response) => {
          response.writeHead(206, { etag: '"1"', 'content-range': `bytes 0-32767/${size}` });
          response.end(bytes.subarray(0, 100));
        },
      ],
    ])('%s', async (_name, fault) => {
      answer = (request, response, nth) => (nth === 1 ? fault(request, response, nth) : right(request, response));
      const ctx = reader();
      const source = await openHttpSource(url(), ctx, fast);
      expect(source.size).toBe(size);
      expect(asked).toHaveLength(2);
      // What is tried again is not counted twice.
      expect(ctx.budget).toMatchObject({ bytes: 32_768, requests: 1 });
      expect(await source.read(0, 32_768, ctx)).toEqual(bytes.slice(0, 32_768));
    });
  });

  test('that keeps failing is given up after as many tries as allowed', async () => {
    answer = (_request, response) => response.writeHead(503).end();
    const error = await failureOf(openHttpSource(url(), reader(), fast));
    expect(error).toMatchObject({ code: 'source_unavailable', retryable: true });
    expect(asked).toHaveLength(3);
  });

  test('that asks for more patience than we have is not waited for', async () => {
    answer = (_request, response) => response.writeHead(503, { 'retry-after': '3600' }).end();
    await failureOf(openHttpSource(url(), reader(), fast));
    expect(asked).toHaveLength(1);
  });

  test('says when to come again in seconds or as a date', () => {
    const now = Date.parse('2026-11-22T10:00:00Z');
    expect(retryAfterMs('7', now)).toBe(7_000);
    expect(retryAfterMs('Sun, 22 Nov 2026 10:00:05 GMT', now)).toBe(5_000);
    expect(retryAfterMs('Sun, 22 Nov 2026 09:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('soon', now)).toBeUndefined();
    expect(retryAfterMs(null, now)).toBeUndefined();
  });

  describe('that sends something else than was asked is not believed', () => {
    const range = { etag: '"1"', 'content-range': `bytes 0-32767/${size}` };
    test.each<[string, Answer, RegExp]>([
      ['another range', (q, s) => right(q, s, { 'content-range': `bytes 7-32774/${size}` }), /another range/],
      ['no range', (q, s) => s.writeHead(206, { etag: '"1"' }).end(bytes.subarray(0, 32_768)), /Content-Range: none/],
      ['an unknown size', (q, s) => right(q, s, { 'content-range': 'bytes 0-32767/*' }), /another range/],
      ['nonsense', (q, s) => right(q, s, { 'content-range': 'x'.repeat(500) }), /another range/],
      [
        'a shorter range',
        (q, s) => right(q, s, { 'content-range': `bytes 0-99/${size}`, 'content-length': '100' }),
        /sent bytes 0-99/,
      ],
      ['more than it says', (_q, s) => s.writeHead(206, range).end(bytes.subarray(0, 50_000)), /sent 0 of 32768/],
    ])('%s', async (_name, fault, message) => {
      answer = fault;
      expect((await failureOf(openHttpSource(url(), reader(), fast))).message).toMatch(message);
    });
  });

  describe('whose object changes while it is read', () => {
    test.each<[string, Answer]>([
      ['answers 412', (_request, response) => response.writeHead(412).end()],
      ['has another ETag', (request, response) => right(request, response, { etag: '"2"' })],
      ['has no ETag any more', (request, response) => right(request, response, { etag: '' })],
      [
        'has another size',
        (request, response) => right(request, response, { 'content-range': `bytes 50000-50009/${size + 1}` }),
      ],
    ])('%s', async (_name, fault) => {
      answer = (request, response, nth) => (nth === 1 ? right(request, response) : fault(request, response, nth));
      const ctx = reader();
      const source = await openHttpSource(url(), ctx, fast);
      const error = await failureOf(source.read(50_000, 10, ctx));
      expect(error).toMatchObject({ code: 'bad_data' });
      expect(error.message).toMatch(/changed while it was read/);
      expect(asked[1]?.headers['if-match']).toBe('"1"');
    });

    test('without an ETag the time of its change tells', async () => {
      answer = (request, response, nth) => {
        response.removeHeader('etag');
        const [, from = '0', to = '0'] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
        const body = bytes.subarray(Number(from), Number(to) + 1);
        const changed = `Sun, 22 Nov 2026 10:00:0${nth} GMT`;
        response.writeHead(206, { 'last-modified': changed, 'content-range': `bytes ${from}-${to}/${size}` }).end(body);
      };
      const ctx = reader();
      const source = await openHttpSource(url(), ctx, fast);
      expect((await failureOf(source.read(50_000, 10, ctx))).message).toMatch(/changed while it was read/);
    });
  });

  test('that names the bucket’s region is understood', async () => {
    answer = (_request, response) => response.writeHead(301, { 'x-amz-bucket-region': 'eu-west-1' }).end();
    const error = await failureOf(openHttpSource(url(), reader(), fast));
    expect(error).toMatchObject({ code: 'bad_data', details: { region: 'eu-west-1' } });
    expect(error.remedy).toBe('Set access.region: eu-west-1 in the task.');
  });

  test('a redirect of a bucket is not followed: what was signed for it goes nowhere else', async () => {
    answer = (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end();
    const keys = { accessKeyId: 'id', secretAccessKey: 'key', sessionToken: 'SESSION' };
    const ctx = reader({ access: { endpoint: server.url }, credentials: { s3: keys } });
    await failureOf(openHttpSource('s3://bucket/a.bin', ctx, fast));
    expect(asked.map((request) => request.url)).toEqual(['/bucket/a.bin']);
    expect(asked[0]?.headers['x-amz-security-token']).toBe('SESSION');
  });

  test('a redirect is followed with the range', async () => {
    answer = (request, response) => {
      if (request.url === '/a.bin') response.writeHead(302, { location: '/moved.bin' }).end();
      else right(request, response);
    };
    const ctx = reader();
    const source = await openHttpSource(url(), ctx, fast);
    expect(await source.read(100_000, 1_000, ctx)).toEqual(bytes.slice(100_000, 101_000));
  });

  test('an abort ends a wait between two tries', async () => {
    answer = (_request, response) => response.writeHead(503).end();
    const aborter = new AbortController();
    const slow = { ...fast, retry: { tries: 3, firstDelayMs: 60_000, maxDelayMs: 120_000 } };
    const pending = openHttpSource(url(), reader({ signal: aborter.signal }), slow);
    const reason = new Error('stopped');
    setTimeout(() => aborter.abort(reason), 50);
    await expect(pending).rejects.toBe(reason);
  });
});

describe('a server without Range support', () => {
  let server: Listening;
  let answer: (response: ServerResponse, nth: number) => void;
  let asked: number;
  beforeEach(async () => {
    asked = 0;
    server = await listen(0, (_request, response) => {
      answer(response, (asked += 1));
      return Promise.resolve();
    });
  });
  afterEach(() => server.close());
  const url = () => `${server.url}/a.bin`;
  const allowed = { whole_downloads: true };

  test('is refused, with the file’s size and what would allow it', async () => {
    answer = (response) => whole(response);
    const error = await failureOf(openHttpSource(url(), reader({ downloads: tempFolder() }), fast));
    expect(error).toMatchObject({ code: 'bad_data', details: { reason: 'no_ranges', bytes: size } });
    expect(error.message).toMatch(/does not support Range requests .* The whole file has 200000 bytes/);
    expect(error.remedy).toMatch(/access\.whole_downloads: true/);
  });

  test('is read when the task allows it: once, to the disk, and gone afterwards', async () => {
    answer = (response) => whole(response);
    const folder = tempFolder();
    const ctx = reader({ access: allowed, downloads: folder });
    const source = await openHttpSource(url(), ctx, fast);
    expect(source.size).toBe(size);
    expect(ctx.budget).toMatchObject({ bytes: size, requests: 2 });
    expect(readdirSync(folder).map((name) => statSync(`${folder}/${name}`).size)).toEqual([size]);
    for (const [offset, length] of [
      [0, 10],
      [40_000, 100_000],
      [size - 1, 1],
    ] as const)
      expect(await source.read(offset, length, ctx)).toEqual(bytes.slice(offset, offset + length));
    expect(asked).toBe(1);
    await source.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is not read past the limit, nor without a size that is known', async () => {
    answer = (response) => whole(response);
    const ctx = reader({ access: allowed, downloads: tempFolder(), maxReadBytes: 150_000 });
    expect(await failureOf(openHttpSource(url(), ctx, fast))).toMatchObject({ code: 'over_limit' });
    answer = (response) => {
      response.writeHead(200);
      response.end(bytes);
    };
    const unsized = reader({ access: allowed, downloads: tempFolder() });
    expect(await failureOf(openHttpSource(url(), unsized, fast))).toMatchObject({ code: 'bad_data' });
    answer = (response) => whole(response, { 'content-encoding': 'gzip' });
    expect(await failureOf(openHttpSource(url(), unsized, fast))).toMatchObject({ code: 'bad_data' });
  });

  test('that breaks off is asked again, and leaves nothing', async () => {
    answer = (response, nth) => {
      if (nth > 1) whole(response);
      else {
        response.writeHead(200, { etag: '"1"', 'content-length': size });
        response.write(bytes.subarray(0, 60_000), () => response.destroy());
      }
    };
    const folder = tempFolder();
    const ctx = reader({ access: allowed, downloads: folder });
    const source = await openHttpSource(url(), ctx, fast);
    expect(await source.read(100_000, 50, ctx)).toEqual(bytes.slice(100_000, 100_050));
    expect(ctx.budget).toMatchObject({ bytes: size, requests: 2 });
    await source.close();
    answer = (response) => {
      response.writeHead(200, { etag: '"1"', 'content-length': size });
      response.write(bytes.subarray(0, 60_000), () => response.destroy());
    };
    await failureOf(openHttpSource(url(), ctx, fast));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that sends a small file whole is read as it is', async () => {
    const small = bytes.slice(0, 5_000);
    answer = (response) => whole(response, {}, small);
    const ctx = reader();
    const source = await openHttpSource(url(), ctx, fast);
    expect(source.size).toBe(5_000);
    expect(await source.read(4_000, 1_000, ctx)).toEqual(small.slice(4_000));
    expect(ctx.budget.bytes).toBe(5_000);
  });

  test('is replayed offline from what was downloaded', async () => {
    answer = (response) => whole(response);
    const folder = tempFolder();
    const online = reader({ access: allowed, downloads: tempFolder(), cache: cacheIn(folder) });
    await (await openHttpSource(url(), online, fast)).close();
    const offline = reader({ access: allowed, cache: cacheIn(folder), offline: true });
    const source = await openHttpSource(url(), offline, fast);
    expect(await source.read(20_000, 150_000, offline)).toEqual(bytes.slice(20_000, 170_000));
    expect(asked).toBe(1);
  });

  test('is counted once, whether it is downloaded or was kept, so that its own size is limit enough', async () => {
    answer = (response) => whole(response);
    const folder = tempFolder();
    for (const offline of [false, true]) {
      const options = { access: allowed, downloads: tempFolder(), cache: cacheIn(folder), maxReadBytes: size };
      const ctx = reader({ ...options, offline });
      const source = await openHttpSource(url(), ctx, fast);
      expect(source.held).toBe(size);
      for (const offset of [10_000, 60_000]) await source.read(offset, 140_000, ctx);
      expect(ctx.budget).toMatchObject({ bytes: size, requests: 2 });
      await source.close();
    }
    const small = reader({ cache: cacheIn(folder), offline: true, maxReadBytes: size - 1 });
    expect((await failureOf(openHttpSource(url(), small, fast))).code).toBe('over_limit');
  });

  test('is a store all the same, as long as objects are read whole', async () => {
    answer = (response) => whole(response);
    const store = new ServerStore(remotePlace(server.url), reader(), fast);
    expect(await store.size('a.bin')).toBe(size);
    expect(await store.get('a.bin')).toEqual(bytes);
    expect((await failureOf(store.getRange('a.bin', 0, 10))).message).toMatch(/does not support Range/);
    answer = (response) => {
      response.writeHead(200);
      response.end(bytes);
    };
    const unsized = reader({ maxReadBytes: 150_000 });
    const error = await failureOf(new ServerStore(remotePlace(server.url), unsized, fast).get('b.bin'));
    expect(error.code).toBe('over_limit');
  });
});

test('an object of a store whose connection drops is counted once', async () => {
  let asked = 0;
  const server = await listen(0, (_request, response) => {
    response.writeHead(200, { etag: '"1"', 'content-length': size });
    if ((asked += 1) > 2) response.end(bytes);
    else response.write(bytes.subarray(0, 1_000), () => response.destroy());
    return Promise.resolve();
  });
  try {
    const ctx = reader({ maxReadBytes: size });
    expect(await new ServerStore(remotePlace(server.url), ctx, fast).get('a.bin')).toEqual(bytes);
    expect(ctx.budget).toMatchObject({ bytes: size, requests: 1 });
  } finally {
    await server.close();
  }
});

test('what S3 refuses one reader is not missing for another who shares what was kept', async () => {
  let isRefused = false;
  const text = new TextEncoder().encode('{"zarr_format": 2}');
  const server = await listen(0, (request, response) => {
    const status = isRefused ? 403 : request.url?.endsWith('.zgroup') === true ? 200 : 404;
    response.writeHead(status, { etag: '"1"' }).end(status === 200 ? text : undefined);
    return Promise.resolve();
  });
  const folder = tempFolder();
  const access = { endpoint: server.url };
  const store = (offline: boolean) => {
    const ctx = reader({ access, cache: cacheIn(folder, access), offline });
    return new ServerStore(remotePlace('s3://bucket/a.zarr'), ctx, fast);
  };
  try {
    isRefused = true;
    expect(await store(false).get('.zgroup')).toBeUndefined();
    // The same run offline meets what it met online.
    expect(await store(true).get('.zgroup')).toBeUndefined();
    expect(await cacheIn(folder, access).latest('s3://bucket/a.zarr/.zgroup')).toBeNull();
    isRefused = false;
    expect(await store(false).get('.zgroup')).toEqual(text);
    isRefused = true;
    expect(await store(false).get('.zgroup')).toBeUndefined();
    expect(await store(true).get('.zgroup')).toEqual(text);
  } finally {
    await server.close();
  }
});

test('S3 that refuses instead of saying what is missing is believed of documents, not of data', async () => {
  const server = await listen(0, (_request, response) => {
    response.writeHead(403).end();
    return Promise.resolve();
  });
  try {
    const ctx = reader({ access: { endpoint: server.url } });
    const store = new ServerStore(remotePlace('s3://bucket/a.zarr'), ctx, fast);
    for (const key of ['zarr.json', '.zmetadata', 'air/.zattrs']) expect(await store.get(key)).toBeUndefined();
    expect((await failureOf(store.get('air/0.0'))).code).toBe('denied');
    const plain = new ServerStore(remotePlace(`${server.url}/a.zarr`), reader(), fast);
    expect((await failureOf(plain.get('zarr.json'))).code).toBe('denied');
  } finally {
    await server.close();
  }
});
