import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { IndexCache } from '../../../src-worker/zarr/index-cache.ts';
import { ZarrArray } from '../../../src-worker/zarr/zarr-array.ts';
import { planTask, runTask } from '../../helpers/run-task.ts';
import { steps, zarrTask } from './support.ts';
import { tiny, tinyStore } from './tiny-store.ts';

const numbers = (length: number, step = 1) => Float64Array.from({ length }, (_, i) => i * step);

describe('a store of millions of chunks', () => {
  it('is planned without a list of them', { timeout: 60_000 }, async () => {
    const [times, rows, columns] = [5_000, 25, 40];
    const store = tinyStore({
      tas: {
        ...tiny.tas,
        shape: [times, rows, columns],
        metadata: { chunks: [1, 1, 1], fill_value: 0 },
        bytes: new Uint8Array(8),
      },
      time: { ...tiny.time, shape: [times], values: numbers(times) },
      lat: { ...tiny.lat, shape: [rows], values: numbers(rows) },
      lon: { ...tiny.lon, shape: [columns], values: numbers(columns) },
    });
    const keys = vi.spyOn(ZarrArray.prototype, 'objectOf');
    const { bounds } = await planTask(zarrTask(store, 'variable: tas, period: all'));
    const made = keys.mock.calls.length;
    keys.mockRestore();
    expect(bounds.pixels).toBe(5_000_000);
    expect(bounds.notes.join()).toMatch(/5000000 chunks; their sizes are estimated/);
    // Those of the objects that are asked for their size, and no more.
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(10_000);
  });
});

/**
 * A store of three shards along time, each of two chunks that are stored, one in the west and one in the east, and very many
 * that are not, so that its index has 8 MB.
 */
function longIndexes(): string {
  const inner = 500_000;
  const store = tinyStore({ tas: null });
  const sharding = {
    name: 'sharding_indexed',
    configuration: {
      chunk_shape: [1, 2, 2],
      codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
      index_codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
      index_location: 'end',
    },
  };
  const metadata = {
    zarr_format: 3,
    node_type: 'array',
    shape: [3, 2, 4],
    data_type: 'float64',
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [1, 2, 2 * inner] } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: 0,
    codecs: [sharding],
    attributes: {},
    dimension_names: ['time', 'lat', 'lon'],
  };
  mkdirSync(join(store, 'tas'), { recursive: true });
  writeFileSync(join(store, 'tas/zarr.json'), JSON.stringify(metadata));
  const chunk = (value: number) => new Uint8Array(new Float64Array(4).fill(value).buffer);
  for (const time of [0, 1, 2]) {
    const index = new BigUint64Array(2 * inner).fill(0xffff_ffff_ffff_ffffn);
    index.set([0n, 32n, 32n, 32n]);
    const folder = join(store, 'tas/c', String(time), '0');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '0'), Buffer.concat([chunk(time), chunk(10 + time), new Uint8Array(index.buffer)]));
  }
  return store;
}

describe('indexes of shards', () => {
  it('are read again where they are more than is kept, as the plan says', { timeout: 60_000 }, async () => {
    const run = await runTask(zarrTask(longIndexes(), 'variable: tas, period: all, statistic: sum'));
    expect(steps(run)[0]).toMatchObject({ max: '33', min: '3', 'count [cells]': '8' });
    // Three indexes for each of two columns of chunks, and six chunks.
    expect(run.read).toEqual({ bytes: 6 * 8_000_000 + 6 * 32, requests: 12 });
    expect(run.bounds).toMatchObject({ readBytes: run.read.bytes, requests: run.read.requests });
  });

  it('are let go, those first that were used longest ago', async () => {
    const cache = new IndexCache(3_000);
    const asked: string[] = [];
    const get = (key: string, length = 744) =>
      cache.get(key, length, () => {
        asked.push(key);
        return key === 'bad' ? Promise.reject(new Error('gone')) : Promise.resolve(new Uint8Array(length));
      });
    for (const key of ['a', 'b', 'c', 'a', 'd', 'a', 'b']) await get(key);
    expect(asked.join('')).toBe('abcdb');
    expect(cache.dropped).toBe(2);
    await expect(get('bad')).rejects.toThrow('gone');
    await expect(get('bad')).rejects.toThrow('gone');
    // One that is longer than all that may be kept is kept alone.
    await get('long', 1e6);
    await get('long', 1e6);
    expect(asked.filter((key) => key === 'long').length).toBe(1);
    await get('a');
    expect(asked.at(-1)).toBe('a');
  });
});
