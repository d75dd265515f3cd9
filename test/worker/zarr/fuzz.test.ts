import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src-shared/errors.ts';
import { random } from '../raster/support.ts';
import { planTask } from '../../helpers/run-task.ts';
import { root } from '../../helpers/worker-process.ts';
import { zarrTask } from './support.ts';
import { tiny, tinyStore } from './tiny-store.ts';

/** A copy with some bytes changed, cut off or put in. */
function damaged(bytes: Uint8Array, next: () => number): Uint8Array {
  const copy = Array.from(bytes);
  for (let times = 1 + Math.floor(next() * 3); times > 0; times -= 1) {
    const at = Math.floor(next() * copy.length);
    const kind = next();
    if (kind < 0.6) copy[at] = Math.floor(next() * 256);
    else if (kind < 0.8) copy.splice(at, 1 + Math.floor(next() * 8));
    else if (kind < 0.95) copy.splice(at, 0, 0x30 + Math.floor(next() * 10));
    else copy.length = at;
  }
  return Uint8Array.from(copy);
}

/** Only errors of ours, with what to do, or none. */
async function check(work: () => Promise<unknown>, what: string): Promise<'fine' | 'refused'> {
  try {
    await work();
    return 'fine';
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code === 'internal') throw new Error(what, { cause });
    expect(cause.remedy ?? '', `${what}: ${cause.message}`).not.toBe('');
    return 'refused';
  }
}

const climate = join(root, 'examples/spatiotemporal/tasks/data/climate.zarr');

describe('damaged stores', () => {
  it.each([
    [
      'Zarr 2',
      () => tinyStore(),
      ['.zgroup', 'tas/.zarray', 'tas/.zattrs', 'time/.zarray', 'time/.zattrs', 'lat/.zattrs', 'time/0', 'lon/0'],
    ],
    [
      'Zarr 3',
      () => tinyStore({ tas: null, time: null, lat: null, lon: null }, documents()),
      ['zarr.json', 'tas/zarr.json', 'time/zarr.json'],
    ],
  ])('of %s are read or refused, and never crash a plan', { timeout: 240_000 }, async (_version, make, paths) => {
    const next = random(5);
    const counts = { fine: 0, refused: 0 };
    const folder = make();
    for (let round = 0; round < 200; round += 1) {
      const path = paths[round % paths.length] ?? '';
      const whole = readFileSync(join(folder, path));
      const bytes = damaged(whole, next);
      writeFileSync(join(folder, path), bytes);
      const what = `${path} of round ${round}: ${Buffer.from(bytes).toString('latin1').slice(0, 400)}`;
      const end = await check(() => planTask(zarrTask(folder, 'variable: tas')), what);
      counts[end] += 1;
      writeFileSync(join(folder, path), whole);
    }
    expect(counts.refused).toBeGreaterThan(25);
    expect(counts.fine).toBeGreaterThan(10);
  });

  it('of chunks too, whatever packed them', { timeout: 240_000 }, async () => {
    const next = random(6);
    const raw = new Uint8Array(Float64Array.of(0, 1, 2).buffer);
    const packed = {
      gzip: gzipSync(raw),
      zstd: zstdCompressSync(raw),
      blosc: bloscOf(raw),
      lz4: Uint8Array.of(24, 0, 0, 0, 0xf0, 9, ...raw),
    };
    for (const [id, bytes] of Object.entries(packed)) {
      const store = (content: Uint8Array) =>
        tinyStore({ time: { ...tiny.time, metadata: { compressor: { id } }, bytes: content } });
      expect(await check(() => planTask(zarrTask(store(bytes), 'variable: tas')), id), id).toBe('fine');
      for (let round = 0; round < 40; round += 1)
        await check(() => planTask(zarrTask(store(damaged(bytes, next)), 'variable: tas')), `${id}, round ${round}`);
    }
  });
});

/** Blosc's frame around bytes that are only copied. */
function bloscOf(raw: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(16));
  header.setUint32(0, 0x08_02_01_02, true);
  header.setUint32(4, raw.length, true);
  header.setUint32(8, raw.length, true);
  header.setUint32(12, raw.length + 16, true);
  return Uint8Array.from([...new Uint8Array(header.buffer), ...raw]);
}

/** The example's documents and coordinates, without its chunks and consolidated metadata. */
function documents(): Record<string, Uint8Array> {
  const names = ['tas/zarr.json', 'time/zarr.json', 'lat/zarr.json', 'lon/zarr.json', 'time/c/0', 'lat/c/0', 'lon/c/0'];
  const group = '{"zarr_format": 3, "node_type": "group", "attributes": {}}';
  return {
    'zarr.json': Buffer.from(group),
    ...Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(join(climate, name)))])),
  };
}
