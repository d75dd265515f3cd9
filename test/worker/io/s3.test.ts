import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openByteSource } from '../../../src-worker/io/byte-source.ts';
import { openObjectStore } from '../../../src-worker/io/keyed-store.ts';
import type { ObjectServer } from '../../helpers/object-servers.ts';
import { s3Keys, startS3 } from '../../helpers/object-servers.ts';
import { failureOf, patterned, reader, remotePlace } from './support.ts';

const bytes = patterned(300_000);
/** Characters that a signature and a path must agree on. */
const oddKey = "scenes/a b+c (1)/ü'é=@$&,~!*.bin";

describe('an S3 server', () => {
  let server: ObjectServer;
  beforeAll(async () => {
    server = await startS3('data', 'dotted.name');
    await server.put('data', 'plain.bin', bytes);
    await server.put('data', oddKey, bytes);
    await server.put('data', 'store/a/0', bytes.slice(0, 1_000));
    await server.put('data', 'store/empty', new Uint8Array(0));
  }, 90_000);
  afterAll(() => server.close());
  const endpoint = () => ({ endpoint: server.url });
  const signed = () => reader({ access: endpoint(), credentials: { s3: s3Keys } });

  test('gives ranges to a signed reader, whatever the key', async () => {
    for (const key of ['plain.bin', oddKey]) {
      const ctx = signed();
      const source = await openByteSource(`s3://data/${key}`, ctx);
      expect(source.size).toBe(bytes.length);
      expect(source.href).toBe(`s3://data/${key}`);
      expect(source.etag).toMatch(/^"[0-9a-f]{32}"$/);
      expect(await source.read(123_456, 65_537, ctx)).toEqual(bytes.slice(123_456, 123_456 + 65_537));
      expect(await source.read(0, 10, ctx)).toEqual(bytes.slice(0, 10));
      expect(ctx.budget).toMatchObject({ bytes: 32_768 + 65_537, requests: 2 });
    }
  });

  test('gives public objects to an anonymous reader', async () => {
    const ctx = reader({ access: endpoint() });
    const source = await openByteSource('s3://data/plain.bin', ctx);
    expect(await source.read(200_000, 100_000, ctx)).toEqual(bytes.slice(200_000));
  });

  test('refuses a wrong secret', async () => {
    const wrong = { ...s3Keys, secretAccessKey: 'not the secret' };
    const error = await failureOf(
      openByteSource('s3://data/plain.bin', reader({ access: endpoint(), credentials: { s3: wrong } })),
    );
    expect(error).toMatchObject({ code: 'denied', details: { status: 403 } });
    expect(error.message).toContain('s3://data/plain.bin');
    expect(error.remedy).toMatch(/secrets/);
  });

  test('names what is not there', async () => {
    const missing = await failureOf(openByteSource('s3://data/none.bin', signed()));
    expect(missing).toMatchObject({ code: 'not_found' });
    const bucket = await failureOf(openByteSource('s3://no-such-bucket/none.bin', signed()));
    expect(bucket).toMatchObject({ code: 'not_found' });
    const source = await openByteSource('s3://data/plain.bin', signed());
    expect((await failureOf(source.read(299_999, 2, signed()))).code).toBe('bad_data');
  });

  test('is a store of keyed objects', async () => {
    const ctx = signed();
    const store = await openObjectStore(remotePlace('s3://data/store/'), ctx);
    expect(await store.get('/a/0')).toEqual(bytes.slice(0, 1_000));
    expect(await store.get('a/1')).toBeUndefined();
    expect(await store.getRange('a/0', 100, 50)).toEqual(bytes.slice(100, 150));
    expect(await store.getRange('a/1', 0, 5)).toBeUndefined();
    expect(await store.getSuffix('a/0', 30)).toEqual(bytes.slice(970, 1_000));
    expect(await store.getSuffix('a/0', 5_000)).toEqual(bytes.slice(0, 1_000));
    expect(await store.size('a/0')).toBe(1_000);
    expect(await store.size('a')).toBeUndefined();
    expect(await store.get('empty')).toEqual(new Uint8Array(0));
    expect(await store.size('empty')).toBe(0);
    await failureOf(store.get('../plain.bin'));
    await failureOf(store.get('a/0', 999));
    await failureOf(store.getRange('a/0', 990, 20));
  });
});
