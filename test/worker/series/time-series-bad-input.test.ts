import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runTask, table } from '../../helpers/run-task.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { filled, square, writeScene } from '../write-scene.ts';
import { box, task, writeFeatures } from './series-task.ts';

describe('a time series of input that can’t be used', () => {
  const setUp = async (geometries: readonly object[]) => {
    const folder = tempFolder();
    mkdirSync(folder, { recursive: true });
    const item = await writeScene(folder, 'a', square, { band: { dtype: 'uint8', pixels: filled(7) } });
    return { folder, item, features: writeFeatures(folder, geometries) };
  };

  it('features that miss all scenes make an empty result with a warning', async () => {
    const { item, features } = await setUp([box(20, 10, 21, 11), { type: 'Point', coordinates: [0, 0] }]);
    const run = await runTask(task(`{items: ["${item}"], features: ${features}}`, 'bands: [band]'));
    expect(run.outcome.validity).toEqual(['empty']);
    expect(run.warnings).toContain('2 features outside all items, without any value: f0, f1.');
    expect(table(run, 'trends').map((row) => row['values'])).toEqual(['0', '0']);
  });

  it('a band that no item has is named with those that are there', async () => {
    const { item, features } = await setUp([box(10, 49.98, 10.02, 50)]);
    await expect(runTask(task(`{items: ["${item}"], features: ${features}}`, 'bands: [nir]'))).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('has no band nir. Available: band') as string,
    });
  });

  it('no features at all', async () => {
    const { item, features } = await setUp([]);
    await expect(runTask(task(`{items: ["${item}"], features: ${features}}`, 'bands: [band]'))).rejects.toMatchObject({
      code: 'bad_data',
      message: expect.stringContaining('has no features') as string,
    });
  });

  it('features in another CRS, declared or by their numbers', async () => {
    const { folder, item, features } = await setUp([box(500_000, 5_000_000, 500_100, 5_000_100)]);
    const inputs = (path: string) => `{items: ["${item}"], features: ${path}}`;
    await expect(runTask(task(inputs(features), 'bands: [band]'))).rejects.toMatchObject({
      code: 'bad_data',
      remedy: expect.stringContaining('ogr2ogr -t_srs EPSG:4326') as string,
    });
    const declared = join(folder, 'declared.geojson');
    const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32632' } };
    const feature = { type: 'Feature', properties: {}, geometry: box(10, 49.98, 10.02, 50) };
    writeFileSync(declared, JSON.stringify({ type: 'FeatureCollection', crs, features: [feature] }));
    await expect(runTask(task(inputs(declared), 'bands: [band]'))).rejects.toMatchObject({ code: 'bad_data' });
  });

  it('a raster that is not north-up needs a grid, and is read on one', async () => {
    const folder = tempFolder();
    const turned = { ...square, transform: [0.0008, 0.0006, 10, -0.0006, 0.0008, 50] as const };
    const item = await writeScene(folder, 'a', turned, { band: { dtype: 'uint8', pixels: filled(7) } });
    const features = writeFeatures(folder, [box(10.009, 49.999, 10.011, 50.001)]);
    const inputs = `{items: ["${item}"], features: ${features}}`;
    await expect(runTask(task(inputs, 'bands: [band]'))).rejects.toMatchObject({
      code: 'bad_data',
      message: 'Item a has no north-up grid in a known coordinate reference system.',
      remedy: 'Give a grid in the task: grid: {crs, resolution}.',
    });
    const run = await runTask(task(inputs, 'bands: [band]', 'grid: {crs: "EPSG:4326", resolution: 0.001}'));
    expect(table(run, 'series').map((row) => row['value'])).toEqual(['7']);
  });

  it('a name that no feature has is answered with those that there are', async () => {
    const { item, features } = await setUp([box(10, 49.98, 10.02, 50)]);
    const analysis = 'bands: [band], feature_id: district';
    await expect(runTask(task(`{items: ["${item}"], features: ${features}}`, analysis))).rejects.toMatchObject({
      code: 'invalid_task',
      message: 'No feature has a property district. There are: none.',
    });
  });

  it('lines are neither points nor polygons', async () => {
    const { item, features } = await setUp([
      {
        type: 'LineString',
        coordinates: [
          [10, 49.98],
          [10.02, 50],
        ],
      },
    ]);
    await expect(runTask(task(`{items: ["${item}"], features: ${features}}`, 'bands: [band]'))).rejects.toMatchObject({
      code: 'bad_data',
    });
  });

  it.each([
    ['harmonics: 9', /<=6/],
    ['confidence: 1.5', /<=0.999/],
    ['min_clear_share: 2', /<=1/],
    ['harmonics: 0, anomalies: harmonic', /harmonic needs a seasonal curve/],
    ['anomalies: none, reference: "2001-01-01/2005-12-31"', /belongs to anomalies/],
    ['reference: "2001-01-01"', /must be an interval/],
    ['index: ndvi', /give either bands or index/],
  ])('%s', async (more, message) => {
    await expect(runTask(task('{items: [a], features: b}', `bands: [band], ${more}`))).rejects.toMatchObject({
      code: 'invalid_task',
      problems: [expect.objectContaining({ message: expect.stringMatching(message) as string }) as object],
    });
  });

  it('slopes that don’t fit into the memory are refused by the plan, and booked only as far as a trend needs them', async () => {
    const { folder, features } = await setUp([{ type: 'Point', coordinates: [10.01, 49.99] }]);
    const pixels = { band: { dtype: 'uint8' as const, pixels: filled(7) } };
    const dates = Array.from({ length: 30 }, (_, i) =>
      new Date(Date.UTC(2021, 0, 1 + 33 * i)).toISOString().slice(0, 10),
    );
    const items = [];
    for (const date of dates) items.push(await writeScene(folder, date, { ...square, date }, pixels));
    const inputs = `{items: ${JSON.stringify(items)}, features: ${features}}`;
    const one = (trend: string, bufferBytes: number) =>
      runTask(task(inputs, `bands: [band], trend: ${trend}`), { bufferBytes });
    // 30 values have 435 pairs of 8 bytes; a window of one pixel takes next to nothing.
    await expect(one('mann_kendall', 3_400)).rejects.toMatchObject({
      code: 'over_limit',
      message: expect.stringContaining('The slopes between all pairs of values of one series may need') as string,
      details: { limit: 'memory_mb' },
    });
    expect((await one('mann_kendall', 3_600)).bounds.bufferBytes).toBe(3_480);
    for (const trend of ['seasonal_mann_kendall', 'none']) {
      const run = await one(trend, 1_000);
      expect(run.bounds.bufferBytes).toBeLessThanOrEqual(1_000);
      expect(table(run, 'series')).toHaveLength(30);
    }
  }, 60_000);

  it('more values than a table should hold are refused before a pixel is read', async () => {
    const { folder, item } = await setUp([]);
    const points = Array.from({ length: 1_000_001 / 20 + 1 }, () => ({ type: 'Point', coordinates: [10.01, 49.99] }));
    const features = writeFeatures(folder, points);
    const bands = Array.from({ length: 20 }, (_, i) => `b${i}`).join(', ');
    await expect(
      runTask(task(`{items: ["${item}"], features: ${features}}`, `bands: [${bands}]`)),
    ).rejects.toMatchObject({ code: 'over_limit', details: { allowed: 1_000_000 } });
  });
});
