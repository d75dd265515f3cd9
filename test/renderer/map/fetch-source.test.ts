import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inflateZlib } from '../../../src-renderer/map/reader/inflate.ts';
import { openFetchSource } from '../../../src-renderer/map/reader/fetch-source.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { Fault, RangeServer } from '../../helpers/range-server.ts';
import { startRangeServer } from '../../helpers/range-server.ts';
import { context, random } from '../../worker/raster/support.ts';

const size = 6_000_000;
const content = Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255);

describe('reading a run’s file in the window', () => {
  const folder = mkdtempSync(join(tmpdir(), 'transect-map-'));
  let server: RangeServer;
  beforeAll(async () => {
    writeFileSync(join(folder, 'a.bin'), content);
    server = await startRangeServer(folder);
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('merges what is asked for at once and gives everyone the right bytes', async () => {
    const source = await openFetchSource(`${server.url}/a.bin`, 'a.bin', context());
    const before = server.requests.length;
    const parts = [4_000_000, 1_000_000, 1_100_000, 1_200_500, 3_000_000].map((offset) => ({
      offset,
      length: 100_000,
    }));
    const read = await Promise.all(parts.map(({ offset, length }) => source.read(offset, length, context())));
    for (const [i, { offset, length }] of parts.entries())
      expect(Buffer.compare(read[i]!, content.subarray(offset, offset + length))).toBe(0);
    // 1.0, 1.1 and 1.2 MB lie within 64 KiB of each other.
    expect(server.requests.length - before).toBe(3);
  });

  it('serves the header without another request', async () => {
    const source = await openFetchSource(`${server.url}/a.bin`, 'a.bin', context());
    const before = server.requests.length;
    expect([...(await source.read(10, 4, context()))]).toEqual([...content.subarray(10, 14)]);
    expect(server.requests.length).toBe(before);
  });

  it('stops a request when nobody waits for it, and only then', async () => {
    const slow = await startRangeServer(folder, { latencyMs: 150 });
    const source = await openFetchSource(`${slow.url}/a.bin`, 'a.bin', context());
    const [one, two, three] = [new AbortController(), new AbortController(), new AbortController()];
    const reads = [
      source.read(1_000_000, 1000, context(1e9, one.signal)),
      source.read(1_001_000, 1000, context(1e9, two.signal)),
      source.read(5_000_000, 1000, context(1e9, three.signal)),
    ];
    const results = Promise.allSettled(reads);
    setTimeout(() => {
      one.abort();
      three.abort();
    }, 60);
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    await slow.close();
  });

  const faults: [Fault, string][] = [
    ['no-range', 'bad_data'],
    ['missing', 'not_found'],
    ['forbidden', 'denied'],
    ['busy', 'source_unavailable'],
    ['wrong-range', 'bad_data'],
    ['short-range', 'bad_data'],
    ['changed-etag', 'bad_data'],
    ['changed-size', 'bad_data'],
    ['drop', 'source_unavailable'],
    ['empty', 'bad_data'],
  ];
  it.each(faults)('refuses an answer that is %s: %s', async (fault, code) => {
    const reading = openFetchSource(`${server.url}/${fault}/a.bin`, 'a.bin', context()).then((source) =>
      source.read(2_000_000, 5000, context()),
    );
    await expect(reading).rejects.toSatisfy((error) => error instanceof AppError && error.code === code);
  });
});

describe('inflate', () => {
  const draw = random(1);
  const plain = Uint8Array.from({ length: 70_000 }, (_, i) => (i % 97) + Math.floor(draw() * 20));
  const packed = Uint8Array.from(deflateSync(plain));

  it('equals zlib', () => {
    expect(Buffer.compare(inflateZlib(packed, plain.length), plain)).toBe(0);
    expect(inflateZlib(Uint8Array.from(deflateSync(new Uint8Array(0))), 10)).toHaveLength(0);
  });

  it('refuses data that are damaged, cut or too large', () => {
    const damaged = packed.slice();
    damaged[damaged.length - 2]! ^= 1;
    expect(() => inflateZlib(damaged, plain.length)).toThrow(/checksum/);
    expect(() => inflateZlib(packed.slice(0, -900), plain.length)).toThrow();
    expect(() => inflateZlib(packed, plain.length - 1)).toThrow(/larger/);
    expect(() => inflateZlib(Uint8Array.of(1, 2, 3, 4, 5, 6, 7), 10)).toThrow(/not zlib/);
  });
});
