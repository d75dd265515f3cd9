import { createServer } from 'node:http';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src-shared/errors.ts';
import type { ErrorCode } from '../../../src-shared/errors.ts';
import { openByteSource } from '../../../src-worker/io/byte-source.ts';
import { openHttpSource } from '../../../src-worker/io/http-source.ts';
import { fetchJson } from '../../../src-worker/io/http.ts';
import { readRanges } from '../../../src-raster/bytes/ranges.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import { gridTiles } from '../../../src-worker/raster/grid.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { scratch } from '../../helpers/temp.ts';
import { startRangeServer } from '../../helpers/range-server.ts';
import type { RangeServer } from '../../helpers/range-server.ts';
import { context, random } from './support.ts';

const folder = join(scratch(), 'served');
const fast = { retry: { tries: 3, firstDelayMs: 1, maxDelayMs: 50 }, stallMs: 5000 };
let server: RangeServer;
let pixels: Uint16Array<ArrayBuffer>;

beforeAll(async () => {
  mkdirSync(folder);
  const next = random(3);
  pixels = Uint16Array.from({ length: 4096 * 4096 }, () => next() * 65536);
  const writer = await CogWriter.open(join(folder, 'big.tif'), {
    width: 4096,
    height: 4096,
    bandCount: 1,
    dtype: 'uint16',
    nodata: null,
    resampling: 'nearest',
    crs: crsFromEpsg(32618),
    transform: [10, 0, 500000, 0, -10, 4500000],
  });
  for (const tile of gridTiles({ width: 4096, height: 4096 })) {
    const part = new Uint16Array(512 * 512);
    for (let y = 0; y < 512; y += 1)
      part.set(pixels.subarray((tile.y + y) * 4096 + tile.x, (tile.y + y) * 4096 + tile.x + 512), y * 512);
    await writer.writeWindow(1, tile, part);
  }
  await writer.finish();
  server = await startRangeServer(folder);
}, 120_000);
afterAll(() => server.close());

async function errorOf(action: Promise<unknown>): Promise<AppError> {
  const cause = await action.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  expect(cause).toBeInstanceOf(AppError);
  return cause as AppError;
}

describe('reading a COG over HTTP', () => {
  test('a 1024 px window of a 4096 px file takes at most 4 requests and few bytes more than its tiles', async () => {
    const before = server.requests.length;
    const ctx = context();
    const source = await openRaster(`${server.url}/big.tif?token=secret`, ctx);
    expect(source.href).toBe(`${server.url}/big.tif`);
    expect(server.requests.length - before).toBe(1);
    const window = { x: 700, y: 900, width: 1024, height: 1024 };
    const data = await source.read(1, window, ctx);
    const requests = server.requests.slice(before);
    expect(requests.length).toBeLessThanOrEqual(4);
    for (let y = 0; y < 1024; y += 1)
      for (let x = 0; x < 1024; x += 1)
        if (data[y * 1024 + x] !== pixels[(900 + y) * 4096 + 700 + x]) expect.fail(`pixel ${x}, ${y} is wrong`);
    // Nine tiles of noise (half a megabyte each) and the header.
    const bytes = requests.reduce((sum, request) => sum + request.bytes, 0);
    expect(bytes).toBeLessThan(9 * 1.02 * 512 * 512 * 2 + 32768);
    expect(ctx.budget.bytes).toBe(bytes);
    expect(ctx.budget.requests).toBe(requests.length);
    await source.read(1, window, ctx);
    expect(server.requests.length - before).toBe(requests.length);
  });

  test('an overview is read from its own tiles', async () => {
    const ctx = context();
    const source = await openRaster(`${server.url}/big.tif`, ctx);
    expect(source.info.overviews.map((level) => level.width)).toEqual([2048, 1024, 512]);
    const data = await source.read(1, { x: 0, y: 0, width: 512, height: 512 }, ctx, 3);
    expect(data[1]).toBe(pixels[8]);
    expect(ctx.budget.bytes).toBeLessThan(700_000);
  });

  test('stops at the byte budget before it asks', async () => {
    const ctx = context(1_000_000);
    const source = await openRaster(`${server.url}/big.tif`, ctx);
    const before = server.requests.length;
    const error = await errorOf(source.read(1, { x: 0, y: 0, width: 1024, height: 1024 }, ctx));
    expect(error.code).toBe('over_limit');
    expect(error.message).toMatch(/would read \d+ bytes; limits\.max_read_bytes allows 1000000/);
    expect(error.details).toMatchObject({ limit: 'max_read_bytes', allowed: 1_000_000 });
    expect(server.requests.length).toBe(before);
  });

  test('an abort stops a read with the signal’s reason', async () => {
    const controller = new AbortController();
    const ctx = context(1e9, controller.signal);
    const pending = openHttpSource(`${server.url}/stall/big.tif`, ctx, { stallMs: 10_000 });
    const reason = new AppError('cancelled', 'stopped by the person');
    setTimeout(() => controller.abort(reason), 30);
    await expect(pending).rejects.toBe(reason);
  });

  test('offline refuses without asking', async () => {
    const before = server.requests.length;
    const error = await errorOf(openByteSource(`${server.url}/big.tif`, { ...context(), offline: true }));
    expect(error.code).toBe('denied');
    expect(server.requests.length).toBe(before);
  });
});

describe('a server that misbehaves', () => {
  const openFaults: [string, ErrorCode, RegExp, number][] = [
    ['no-range', 'bad_data', /does not support Range requests/, 1],
    ['missing', 'not_found', /does not exist \(HTTP 404\)/, 1],
    ['forbidden', 'denied', /refused access/, 1],
    ['busy', 'source_unavailable', /HTTP 503/, 3],
    ['busy-long', 'source_unavailable', /HTTP 503/, 1],
    ['drop', 'source_unavailable', /broke the connection/, 3],
    ['wrong-range', 'bad_data', /another range/, 1],
    ['short-range', 'bad_data', /when .* were asked/, 1],
    ['stall', 'source_unavailable', /sent nothing for 0.15 s/, 3],
  ];
  test.each(openFaults)('%s while opening: %s', async (fault, code, message, requests) => {
    const before = server.requests.length;
    const options = fault === 'stall' ? { ...fast, stallMs: 150 } : fast;
    const error = await errorOf(openHttpSource(`${server.url}/${fault}/big.tif?sig=secret`, context(), options));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('secret');
    expect(server.requests.length - before).toBe(requests);
  });

  test.each(['busy-once', 'drop-once'])('%s is overcome by a second try', async (fault) => {
    const before = server.requests.length;
    const source = await openHttpSource(`${server.url}/${fault}/big.tif`, context(), fast);
    expect(server.requests.length - before).toBe(2);
    expect(source.size).toBeGreaterThan(30_000_000);
  });

  test.each(['changed-etag', 'changed-size'])('%s after opening is noticed', async (fault) => {
    const ctx = context();
    const source = await openHttpSource(`${server.url}/${fault}/big.tif`, ctx, fast);
    const error = await errorOf(source.read(1_000_000, 1000, ctx));
    expect(error.code).toBe('bad_data');
    expect(error.message).toContain('changed while it was read');
  });

  test('nobody listens', async () => {
    const error = await errorOf(openHttpSource('http://127.0.0.1:9/x.tif', context(), fast));
    expect(error.code).toBe('source_unavailable');
    expect(error.retryable).toBe(true);
  });

  test('other schemes are refused', async () => {
    expect((await errorOf(openByteSource('ftp://example.org/x.tif', context()))).code).toBe('invalid_task');
  });
});

describe('coalescing', () => {
  test('near ranges share a request, far ones do not, and the order is kept', async () => {
    const ctx = context();
    const source = await openHttpSource(`${server.url}/big.tif`, ctx, fast);
    const before = server.requests.length;
    const ranges = [
      { offset: 5_000_000, length: 10 },
      { offset: 100_000, length: 20 },
      { offset: 130_000, length: 30 },
      { offset: 100_010, length: 5 },
    ];
    const parts = await readRanges(source, ranges, ctx);
    expect(server.requests.length - before).toBe(2);
    for (const [i, { offset, length }] of ranges.entries())
      expect(parts[i]).toEqual(await source.read(offset, length, ctx));
  });
});

describe('fetchJson', () => {
  test('parses, retries, and names what is not JSON', async () => {
    let asked = 0;
    const json = createServer((request, response) => {
      asked += 1;
      if (request.url === '/flaky' && asked === 1) return void response.writeHead(503).end();
      response.end(request.url === '/html' ? '<html>' : '{"a":[1]}');
    });
    await new Promise<void>((done) => json.listen(0, '127.0.0.1', done));
    const address = json.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const ctx = context();
    expect(await fetchJson(`${url}/flaky`, {}, ctx, fast)).toEqual({ a: [1] });
    expect(asked).toBe(2);
    expect(ctx.budget.bytes).toBe(9);
    const error = await errorOf(fetchJson(`${url}/html`, {}, ctx, fast));
    expect(error.code).toBe('bad_data');
    expect(error.message).toContain('did not send JSON');
    json.close();
    json.closeAllConnections();
  });
});
