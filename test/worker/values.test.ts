import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseBand } from '../../src-worker/analyses/shared/band-choice.ts';
import { maskTest } from '../../src-worker/analyses/shared/cloud-mask.ts';
import { checkBits } from '../../src-worker/analyses/shared/mask-bits.ts';
import { ReadBudget } from '../../src-raster/bytes/read-context.ts';
import { openRaster } from '../../src-worker/raster/open-raster.ts';
import { readItem } from '../../src-worker/stac/item.ts';
import { checkEnd, metadataOf, readJson, runWorker, writeFiles } from '../helpers/worker-process.ts';
import type { SceneRaster } from './write-scene.ts';
import { filled, itemsTask, square, writeScene } from './write-scene.ts';

interface Metadata {
  readonly validity: readonly string[];
  readonly warnings: readonly string[];
  readonly bands: readonly { count: number; mean: number | null; min: number; max: number }[];
  readonly items: readonly { id: string; used_pixels: number; valid?: { count: number } }[];
}

const mean = '{type: composite, method: mean, bands: [red]';

function plain(value: number | ((index: number) => number), more: Partial<SceneRaster> = {}): SceneRaster {
  return { dtype: 'int16', pixels: filled(value), ...more };
}

async function pixelsOf(path: string): Promise<ArrayLike<number>> {
  const ctx = { signal: new AbortController().signal, budget: new ReadBudget(1e9) };
  const source = await openRaster(path, ctx);
  const { width, height } = source.info;
  return source.read(1, { x: 0, y: 0, width, height }, ctx).finally(() => source.close());
}

describe('the bits of a QA band', () => {
  it('are those of two’s complement, for signed and unsigned types', () => {
    const test = (bits: number[]) => maskTest({ band: 'qa', bits });
    expect([-1, -32_768, 1, 0, 32_767].map(test([15]))).toEqual([true, true, false, false, false]);
    expect([-2, -1, 3].map(test([0]))).toEqual([false, true, true]);
    expect([2 ** 31, 2 ** 32 - 1, 2 ** 31 - 1, -(2 ** 31)].map(test([31]))).toEqual([true, true, false, true]);
  });

  it('must be there: a float band and a bit beyond the width are refused by name', () => {
    const check = (dtype: 'float32' | 'uint8' | 'int16', bits: number[]) => () =>
      checkBits({ band: 'qa', bits }, dtype, 'a/qa.tif');
    expect(check('float32', [3])).toThrow(/a\/qa\.tif: the band qa is float32.*bit 3/);
    expect(check('uint8', [1, 8])).toThrow(/the band qa is uint8.*no bit 8/);
    expect(check('int16', [15])).not.toThrow();
  });

  it('mask what a signed band says, and a float one ends the run', async () => {
    const folder = writeFiles({});
    const qa = plain((i) => (i < 100 ? -1 : 1));
    const item = await writeScene(folder, 'signed', square, { red: plain(7), qa });
    const task = (path: string) => itemsTask([path], `${mean}, mask: {band: qa, bits: [15]}}`);
    const run = await runWorker(task(item));
    checkEnd(run, 'succeeded', 0);
    expect(metadataOf<Metadata>(run).bands[0]?.count).toBe(300);
    const float = await writeScene(folder, 'float', square, { red: plain(7), qa: { ...qa, dtype: 'float32' } });
    expect(checkEnd(await runWorker(task(float)), 'failed', 65).status.error?.message).toMatch(/band qa is float32/);
  });
});

describe('a result without one valid pixel', () => {
  it.each([
    ['composite', `${mean}}`],
    ['count', '{type: composite, method: count, bands: [red]}'],
    ['band_index', '{type: band_index, index: ndvi}'],
  ])('of %s is empty, with 3, and says so', async (_, analysis) => {
    const nothing = plain(0, { nodata: 0 });
    const item = await writeScene(writeFiles({}), 'void', square, { red: nothing, nir: nothing });
    const run = await runWorker(itemsTask([item], analysis));
    const { status } = checkEnd(run, 'succeeded', 3);
    expect(status.validity).toEqual(['empty']);
    expect(readFileSync(join(run.out, 'report.md'), 'utf8')).toMatch(/Not one pixel of the result is valid/);
  });

  it('warns of scenes that miss the grid, and of those that miss the area', async () => {
    const folder = writeFiles({});
    const rasters = { red: plain(3), nir: plain(5) };
    const here = await writeScene(folder, 'here', square, rasters);
    const far = { ...square, transform: [0.001, 0, 30, 0, -0.001, 50], bbox: [30, 49.98, 30.02, 50] } as const;
    const there = await writeScene(folder, 'there', far, rasters);
    const grid = 'grid: {crs: "EPSG:4326", resolution: 0.001, bbox: [10, 49.98, 10.02, 50]}';
    const run = await runWorker(itemsTask([here, there], `${mean}}`, grid));
    checkEnd(run, 'succeeded', 0);
    expect(metadataOf<Metadata>(run).warnings.join()).toMatch(/1 item outside the grid.*: there/);
  });
});

describe('fields of an asset', () => {
  const of = (asset: Record<string, unknown>) =>
    chooseBand(
      readItem(
        {
          type: 'Feature',
          id: 'a',
          properties: { datetime: '2023-06-01T00:00:00Z' },
          assets: { image: { href: 'a.tif', ...asset } },
        },
        { href: 'https://example.org/a.json', name: 'a', root: null },
      ),
      ['red'],
    );

  it('hold for every band that says nothing else, and an asset without bands is one', () => {
    const own = { 'raster:scale': 0.5, 'raster:offset': -2, nodata: 9, 'eo:common_name': 'red' };
    expect(of(own)).toMatchObject({ band: 1, scale: 0.5, offset: -2, nodata: 9 });
    const bands = [{ 'eo:common_name': 'blue' }, { 'eo:common_name': 'red', 'raster:scale': 3, nodata: 0 }];
    expect(of({ ...own, bands })).toMatchObject({ band: 2, scale: 3, offset: -2, nodata: 0 });
    const old = { 'raster:bands': [{ scale: 4 }], 'eo:bands': [{ common_name: 'red' }] };
    expect(of({ ...own, ...old })).toMatchObject({ band: 1, scale: 4, offset: -2 });
  });

  it('give physical values', async () => {
    const asset = { 'raster:scale': 0.5, 'raster:offset': -2 };
    const item = await writeScene(writeFiles({}), 'scaled', square, { red: plain(10, { asset }) });
    const run = await runWorker(itemsTask([item], `${mean}, apply_scale: true}`));
    checkEnd(run, 'succeeded', 0);
    expect(metadataOf<Metadata>(run).bands[0]).toMatchObject({ count: 400, mean: 3 });
  });
});

describe('one item that can’t be used', () => {
  it('for the files of another machine makes the result partial', async () => {
    const folder = writeFiles({});
    const good = await writeScene(folder, 'good', square, { red: plain(1) });
    const asset = { href: 'file://remotehost/x.tif' };
    const bad = await writeScene(folder, 'bad', square, { red: plain(1, { asset }) });
    const run = await runWorker(itemsTask([good, bad], `${mean}}`));
    expect(checkEnd(run, 'succeeded', 0).status.validity).toEqual(['partial']);
    expect(metadataOf<Metadata>(run).warnings.join()).toMatch(
      /bad was left out: .*remotehost.*no file of this machine/,
    );
  });

  it('for an id that is taken is left out with a warning; the same one twice is none', async () => {
    const folder = writeFiles({});
    const first = await writeScene(join(folder, 'a'), 'same', square, { red: plain(1) });
    const other = await writeScene(join(folder, 'b'), 'same', square, { red: plain(2) });
    const changed = readJson<{ properties: Record<string, unknown> }>(other);
    writeFileSync(other, JSON.stringify({ ...changed, properties: { ...changed.properties, note: 'changed' } }));
    const run = await runWorker(itemsTask([first, first, other], `${mean}}`));
    checkEnd(run, 'succeeded', 0);
    const { bands, warnings } = metadataOf<Metadata>(run);
    expect(bands[0]).toMatchObject({ mean: 1, count: 400 });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/two different items same; the first one/);
  });
});

describe('a valid value that is the nodata of the map', () => {
  it('stays valid beside it, in table, metadata and map', async () => {
    const item = await writeScene(writeFiles({}), 'deep', square, { red: plain((i) => (i < 10 ? -9_999 : 5)) });
    const run = await runWorker(itemsTask([item], `${mean}}`));
    checkEnd(run, 'succeeded', 0);
    const { bands, warnings } = metadataOf<Metadata>(run);
    expect(bands[0]).toMatchObject({ count: 400, min: -9_998.9990234375, max: 5 });
    expect(warnings.join()).toMatch(/10 valid values of -9999/);
    const stored = Array.from(await pixelsOf(join(run.out, 'maps/mean_bands.tif')));
    expect(stored.filter((value) => value === -9_999)).toEqual([]);
    expect(stored.filter((value) => value === -9_998.9990234375)).toHaveLength(10);
    expect(readFileSync(join(run.out, 'tables/bands.csv'), 'utf8')).toContain('-9998.9990234375');
  });
});
