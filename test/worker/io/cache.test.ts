import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openByteSource } from '../../../src-worker/io/byte-source.ts';
import { openObjectStore } from '../../../src-worker/io/keyed-store.ts';
import type { ObjectVersion } from '../../../src-raster/bytes/read-context.ts';
import { objectFolder } from '../../../src-worker/io/cache/object-name.ts';
import type { RangeServer } from '../../helpers/range-server.ts';
import { startRangeServer } from '../../helpers/range-server.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { cacheIn, failureOf, patterned, reader, remotePlace } from './support.ts';

const bytes = patterned(500_000, 3);

/** Every file below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

describe('what was read is kept', () => {
  let server: RangeServer;
  let served: string;
  let folder: string;
  beforeEach(async () => {
    served = tempFolder();
    folder = tempFolder();
    writeFileSync(join(served, 'a.bin'), bytes);
    server = await startRangeServer(served);
  });
  afterEach(() => server.close());
  const open = (options: object = {}) => {
    const cache = cacheIn(folder);
    const ctx = reader({ cache, ...options });
    return { cache, ctx };
  };

  test('a second run asks only whether the object is the same, and counts the same bytes', async () => {
    const sums = [];
    for (const run of [1, 2]) {
      const { cache, ctx } = open();
      const before = server.requests.length;
      const source = await openByteSource(`${server.url}/a.bin`, ctx);
      for (const [offset, length] of [
        [40_000, 70_000],
        [110_000, 200_000],
        [90_000, 40_000],
      ] as const)
        expect(await source.read(offset, length, ctx)).toEqual(bytes.slice(offset, offset + length));
      const asked = server.requests.slice(before);
      sums.push({ bytes: ctx.budget.bytes, requests: ctx.budget.requests });
      // The third range lies in the two before it, whoever read them.
      expect(asked.length).toBe(run === 1 ? 3 : 1);
      expect(asked.reduce((sum, request) => sum + request.bytes, 0)).toBe(run === 1 ? 302_768 : 0);
      expect(cache.taken.requests).toBe(run === 1 ? 1 : 4);
    }
    expect(sums[1]).toEqual(sums[0]);
  });

  test('a run offline gives the same bytes, and says what was never read', async () => {
    const online = open();
    const source = await openByteSource(`${server.url}/a.bin?sig=SECRET`, online.ctx);
    await source.read(200_000, 50_000, online.ctx);
    const { ctx } = open({ offline: true });
    const before = server.requests.length;
    const replayed = await openByteSource(`${server.url}/a.bin?sig=ANOTHER`, ctx);
    expect({ size: replayed.size, etag: replayed.etag }).toEqual({ size: source.size, etag: source.etag });
    expect(await replayed.read(201_000, 49_000, ctx)).toEqual(bytes.slice(201_000, 250_000));
    expect(await replayed.read(0, 100, ctx)).toEqual(bytes.slice(0, 100));
    for (const missing of [replayed.read(400_000, 10, ctx), openByteSource(`${server.url}/b.bin`, ctx)]) {
      const error = await failureOf(missing);
      expect(error).toMatchObject({ code: 'source_unavailable', retryable: false });
      expect(error.message).toMatch(/^Offline: .*(a|b)\.bin/);
      expect(error.remedy).toMatch(/online once/);
    }
    expect(server.requests.length).toBe(before);
    expect(filesIn(folder).some((path) => readFileSync(path, 'latin1').includes('SECRET'))).toBe(false);
  });

  test('a changed object is read anew', async () => {
    const first = open();
    await (await openByteSource(`${server.url}/a.bin`, first.ctx)).read(100_000, 100_000, first.ctx);
    const other = patterned(500_001, 9);
    writeFileSync(join(served, 'a.bin'), other);
    const { ctx } = open();
    const source = await openByteSource(`${server.url}/a.bin`, ctx);
    expect(source.size).toBe(500_001);
    expect(await source.read(100_000, 100_000, ctx)).toEqual(other.slice(100_000, 200_000));
    const offline = open({ offline: true });
    const replayed = await openByteSource(`${server.url}/a.bin`, offline.ctx);
    expect(await replayed.read(100_000, 100_000, offline.ctx)).toEqual(other.slice(100_000, 200_000));
  });

  test('a damaged file of the cache is fetched again, never given', async () => {
    const first = open();
    await (await openByteSource(`${server.url}/a.bin`, first.ctx)).read(100_000, 200_000, first.ctx);
    for (const path of filesIn(folder).filter((name) => name.endsWith('100000-200000'))) {
      const kept = readFileSync(path);
      kept[150_000] = (kept[150_000] ?? 0) ^ 1;
      writeFileSync(path, kept);
    }
    const { ctx } = open();
    const source = await openByteSource(`${server.url}/a.bin`, ctx);
    const before = server.requests.length;
    expect(await source.read(100_000, 200_000, ctx)).toEqual(bytes.slice(100_000, 300_000));
    expect(server.requests.length - before).toBe(1);
    expect(await source.read(240_000, 20_000, ctx)).toEqual(bytes.slice(240_000, 260_000));
    expect(server.requests.length - before).toBe(1);
  });

  test('files cut short and a broken latest.json hold nothing', async () => {
    const first = open();
    await (await openByteSource(`${server.url}/a.bin`, first.ctx)).read(100_000, 200_000, first.ctx);
    for (const path of filesIn(folder)) writeFileSync(path, readFileSync(path).subarray(0, 20));
    const { ctx } = open();
    const source = await openByteSource(`${server.url}/a.bin`, ctx);
    expect(await source.read(100_000, 200_000, ctx)).toEqual(bytes.slice(100_000, 300_000));
  });

  test('takes no more than it may, and a folder that can’t be written is none', async () => {
    const small = cacheIn(folder, undefined, 50_000);
    const ctx = reader({ cache: small });
    const source = await openByteSource(`${server.url}/a.bin`, ctx);
    await source.read(100_000, 100_000, ctx);
    await source.read(300_000, 10_000, ctx);
    const kept = filesIn(folder).filter((path) => /\d+-\d+$/.test(path));
    expect(kept.map((path) => path.split('/').at(-1)).sort()).toEqual(['0-32768', '300000-10000']);
    writeFileSync(join(served, 'file'), 'x');
    const nowhere = cacheIn(join(served, 'file', 'cache'));
    const unkept = reader({ cache: nowhere });
    const other = await openByteSource(`${server.url}/a.bin`, unkept);
    expect(await other.read(300_000, 10, unkept)).toEqual(bytes.slice(300_000, 300_010));
  });

  test('several runs may use it at once', async () => {
    const wanted = Array.from({ length: 40 }, (_, index) => ({ offset: (index * 9_973) % 400_000, length: 30_000 }));
    const runs = await Promise.all(
      [1, 2, 3].map(async () => {
        const { ctx } = open();
        const source = await openByteSource(`${server.url}/a.bin`, ctx);
        return Promise.all(wanted.map(({ offset, length }) => source.read(offset, length, ctx)));
      }),
    );
    for (const parts of runs)
      for (const [index, { offset, length }] of wanted.entries())
        expect(parts[index]).toEqual(bytes.slice(offset, offset + length));
  });

  test('a store is replayed too, with what is not in it', async () => {
    writeFileSync(join(served, '.zgroup'), '{}');
    for (const offline of [false, true]) {
      const { ctx } = open({ offline });
      const store = await openObjectStore(remotePlace(server.url), ctx);
      expect(await store.get('.zgroup')).toEqual(new TextEncoder().encode('{}'));
      expect(await store.get('.zmetadata')).toBeUndefined();
      expect(await store.getSuffix('a.bin', 1_000)).toEqual(bytes.slice(-1_000));
      expect(await store.size('a.bin')).toBe(500_000);
      expect(await store.size('none')).toBeUndefined();
    }
    const { ctx } = open({ offline: true });
    const store = await openObjectStore(remotePlace(server.url), ctx);
    await failureOf(store.get('.zattrs'));
    await failureOf(store.get('a.bin'));
  });

  test('what has no version is not kept', async () => {
    const cache = cacheIn(folder);
    const weak: ObjectVersion = { size: 3, etag: 'W/"1"' };
    await cache.put('https://x.example/a', weak, 0, new Uint8Array([1, 2, 3]));
    expect(await cache.get('https://x.example/a', weak, 0, 3)).toBeNull();
    const dated = { ...weak, lastModified: 'Sun, 22 Nov 2026 10:00:00 GMT' };
    await cache.put('https://x.example/a', dated, 0, new Uint8Array([1, 2, 3]));
    expect(await cache.get('https://x.example/a', dated, 1, 2)).toEqual(new Uint8Array([2, 3]));
    // Two versions of one second.
    expect(await cache.get('https://x.example/a', { ...dated, etag: 'W/"2"' }, 1, 2)).toBeNull();
  });

  test('that an object is missing takes nothing of what was kept of it', async () => {
    const cache = cacheIn(folder);
    const absent: ObjectVersion = { size: 0, absent: true };
    const version: ObjectVersion = { size: 3, etag: '"1"' };
    await cache.put('https://x.example/a', absent, 0, new Uint8Array(0));
    expect(await cache.latest('https://x.example/a')).toEqual(absent);
    await cache.put('https://x.example/a', version, 0, new Uint8Array([1, 2, 3]));
    await cache.put('https://x.example/a', absent, 0, new Uint8Array(0));
    expect(await cacheIn(folder).latest('https://x.example/a')).toEqual(version);
  });
});

describe('the name of an object', () => {
  test.each([
    ['https://a.example/x?X-Amz-Signature=1&X-Amz-Date=2&v=1', 'https://a.example/x?v=1&X-Amz-Signature=3', true],
    ['https://a.blob.core.windows.net/c/x?sv=1&se=2&sig=3', 'https://a.blob.core.windows.net/c/x', true],
    ['https://d1.cloudfront.net/x?Expires=1&Signature=2&Key-Pair-Id=3', 'https://d1.cloudfront.net/x', true],
    // Without a signature these are names like any other, and pages of a search differ by their token.
    ['https://a.example/x?st=1', 'https://a.example/x?st=2', false],
    ['https://a.example/search?token=1', 'https://a.example/search?token=2', false],
    ['https://a.example/x', 'https://a.example/y', false],
    ['https://a.example/x', 'https://b.example/x', false],
  ])('%s and %s', (one, other, same) => {
    expect(objectFolder(one).join() === objectFolder(other).join()).toBe(same);
  });
});
