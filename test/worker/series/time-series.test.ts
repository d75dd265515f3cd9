import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeSeriesExample } from '../../../scripts/make-fixtures/examples-series.ts';
import { runTask, table } from '../../helpers/run-task.ts';
import { hasOracle } from '../../helpers/python.ts';
import { context, hasSharedData, sharedData } from '../raster/support.ts';
import { filled, square, writeScene } from '../write-scene.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { scratch, tempFolder } from '../../helpers/temp.ts';
import { box, task, writeFeatures } from './series-task.ts';
import { ask, near } from './support.ts';

const examples = resolve(import.meta.dirname, '../../../examples/spatiotemporal/tasks');
const example = join(examples, 'example_time_series.yaml');
const data = join(examples, 'data/ndvi-monthly');

type Run = Awaited<ReturnType<typeof runTask>>;

interface Reference {
  readonly covered: number;
  readonly value: number | null;
  readonly std: number | null;
  readonly weight: number;
  readonly total: number;
}

describe('the example of a time series', () => {
  const out = scratch();
  let run: Run;
  beforeAll(async () => {
    run = await runTask(example, { out });
  }, 120_000);

  it('is made by its script, to the pixel', async () => {
    const made = tempFolder();
    await makeSeriesExample(made);
    expect(readdirSync(made).sort()).toEqual(readdirSync(data).sort());
    const pixels = async (path: string) => {
      const raster = await openRaster(path, context());
      const { width, height } = raster.info;
      const values = await raster.read(1, { x: 0, y: 0, width, height }, context());
      await raster.close();
      return values;
    };
    for (const name of readdirSync(made)) {
      const [fresh, kept] = [join(made, name), join(data, name)];
      // DEFLATE may pack the same pixels differently on another machine.
      if (name.endsWith('.tif')) expect(await pixels(fresh)).toEqual(await pixels(kept));
      else expect(readFileSync(fresh, 'utf8'), name).toBe(readFileSync(kept, 'utf8'));
    }
  }, 120_000);

  it('reads what its plan says, to a tenth', () => {
    expect(near(run.bounds.readBytes, run.read.bytes, 0.1)).toBe(true);
    expect(near(run.bounds.requests, run.read.requests, 0.1)).toBe(true);
  });

  it('finds the changes that were put into the landscape', () => {
    const trends = table(run, 'trends');
    const of = (name: string) => trends.find((row) => row['feature'] === name);
    expect(of('Thinned slope')?.['trend']).toBe('decreasing');
    expect(Number(of('Thinned slope')?.['slope [1/year]'])).toBeCloseTo(-0.07, 2);
    expect(of('Watered field')?.['trend']).toBe('increasing');
    expect(Number(of('Watered field')?.['slope [1/year]'])).toBeCloseTo(0.035, 2);
    for (const name of ['Forest', 'Meadow']) expect(of(name)?.['trend']).toBe('no significant trend');
    // The season of the landscape is at its height on day 200.
    expect(Math.abs(Number(of('Forest')?.['peak_1 [days]']) - 200)).toBeLessThan(5);
  });

  it('writes tables, figures and a map that agree with each other', () => {
    const files = ['figures', 'tables', 'maps'].flatMap((folder) => readdirSync(join(run.out, folder)));
    expect(files).toEqual(
      expect.arrayContaining(['series_1.png', 'slopes_1.png', 'anomalies_1.png', 'trends.geojson']),
    );
    const series = table(run, 'series');
    for (const row of series)
      if (row['normal'] !== '')
        expect(Number(row['anomaly'])).toBeCloseTo(Number(row['value']) - Number(row['normal']), 12);
    const map = JSON.parse(readFileSync(join(run.out, 'maps/trends.geojson'), 'utf8')) as {
      features: { properties: Record<string, unknown> }[];
    };
    const trends = table(run, 'trends');
    expect(map.features.map(({ properties }) => String(properties['slope']))).toEqual(
      trends.map((row) => row['slope [1/year]']),
    );
    const used = table(run, 'observations').filter((row) => row['used'] === 'true');
    expect(used).toHaveLength(series.length);
    expect(run.outcome.validity).toEqual(['computed']);
  });

  it('gives the same bytes whatever memory it may use', async () => {
    const again = await runTask(example, { bufferBytes: 64 * 1_048_576 });
    for (const folder of ['figures', 'tables', 'maps'])
      for (const name of readdirSync(join(run.out, folder)))
        expect(readFileSync(join(again.out, folder, name)).equals(readFileSync(join(run.out, folder, name)))).toBe(
          true,
        );
  }, 120_000);
});

describe.skipIf(!hasOracle)('values at points and within polygons, beside rasterio and exact clipping', () => {
  const geometries = [
    { type: 'Polygon', coordinates: [ring(-105.29, 40.03, 0.021, 0.013)] },
    { type: 'Polygon', coordinates: [ring(-105.33, 40.05, 0.03, 0.02)] },
    { type: 'Polygon', coordinates: [ring(-105.25, 40.04, 0.0008, 0.0006)] },
    { type: 'Point', coordinates: [-105.2711, 40.0433] },
    { type: 'Point', coordinates: [-105.3284, 40.0872] },
    {
      type: 'MultiPoint',
      coordinates: [
        [-105.26, 40.03],
        [-105.3, 40.06],
      ],
    },
  ];

  it.each(['nearest', 'bilinear'] as const)(
    'agree to 1e-5, at points to 1e-9 (%s)',
    async (sampling) => {
      const features = writeFeatures(tempFolder(), geometries);
      const items = join(data, 'items.json');
      const analysis = `bands: [ndvi], apply_scale: true, min_clear_share: 0, point_sampling: ${sampling}`;
      const run = await runTask(task(`{items: [${items}], features: ${features}}`, analysis));
      const scenes = readdirSync(data)
        .filter((name) => name.endsWith('.tif'))
        .sort();
      const reference = await ask<Reference[]>('series.py', {
        scenes: scenes.map((name) => join(data, name)),
        geometries,
        sampling,
        scale: 0.0001,
      });
      const rows = table(run, 'observations');
      const expected = reference.filter(({ covered }) => covered > 0);
      expect(rows).toHaveLength(expected.length);
      const worst = { value: 0, std: 0, weight: 0, point: 0 };
      rows.forEach((row, index) => {
        const one = expected[index];
        if (one === undefined) throw new Error('fewer expected');
        expect(row['value'] === '').toBe(one.value === null);
        const off = (column: string, to: number) => Math.abs(Number(row[column]) - to);
        if (one.value !== null) {
          const value = off('value', one.value);
          if (one.total === 1) worst.point = Math.max(worst.point, value, off('std', one.std ?? NaN));
          else worst.value = Math.max(worst.value, value);
          worst.std = Math.max(worst.std, off('std', one.std ?? NaN));
        }
        worst.weight = Math.max(worst.weight, off('clear_share', one.weight / one.total));
      });
      // Edges of polygons are followed to a ten-thousandth of a pixel, so shares are right to about that.
      expect(worst.point).toBeLessThan(1e-9);
      expect(worst.value).toBeLessThan(1e-5);
      expect(worst.std).toBeLessThan(1e-5);
      expect(worst.weight).toBeLessThan(1e-5);
    },
    120_000,
  );

  function ring(x: number, y: number, width: number, height: number): number[][] {
    return Array.from({ length: 8 }, (_, i) => {
      const angle = (2 * Math.PI * (i % 7)) / 7;
      return [x + width * Math.cos(angle), y + height * Math.sin(angle)];
    });
  }
});

describe.skipIf(!hasSharedData)('real scenes', () => {
  interface Statistics {
    readonly count: number;
    readonly mean: number;
    readonly std: number;
  }

  it('a polygon around a whole scene has the statistics that rasterio gave for it', async () => {
    const scenes = join(sharedData, 'landsat-ny-2018');
    const reference = JSON.parse(readFileSync(join(scenes, 'reference-ndvi.json'), 'utf8')) as Record<
      string,
      { readonly ndvi_clear: Statistics }
    >;
    const items = Object.keys(reference).map((id) => join(scenes, id, 'item.json'));
    const features = writeFeatures(tempFolder(), [box(-80, 36, -66, 46)]);
    const analysis = 'index: ndvi, mask: {band: qa, bits: [0, 4]}, min_clear_share: 0, combine: none';
    const run = await runTask(task(`{items: ${JSON.stringify(items)}, features: ${features}}`, analysis));
    const rows = table(run, 'observations');
    expect(rows.map((row) => row['item']).sort()).toEqual(Object.keys(reference).sort());
    for (const row of rows) {
      const { count, mean, std } = reference[row['item'] ?? '']?.ndvi_clear ?? { count: NaN, mean: NaN, std: NaN };
      expect(Number(row['clear [pixels]'])).toBe(count);
      expect(Number(row['value'])).toBeCloseTo(mean, 12);
      expect(Number(row['std'])).toBeCloseTo(std, 12);
    }
    expect(near(run.bounds.readBytes, run.read.bytes, 0.1)).toBe(true);
    expect(near(run.bounds.requests, run.read.requests, 0.1)).toBe(true);
  }, 120_000);
});

describe('what counts as a value', () => {
  const scene = (folder: string, id: string, date: string, value: (index: number) => number, nodata = -1) =>
    writeScene(folder, id, { ...square, date }, { band: { dtype: 'float32', pixels: filled(value), nodata } });

  it('combines the scenes of one day by their clear shares, and leaves out what is too cloudy', async () => {
    const folder = tempFolder();
    const items = [
      await scene(folder, 'a', '2023-06-01', (i) => (i % 20 < 15 ? 10 : -1)),
      await scene(folder, 'b', '2023-06-01', () => 20),
      await scene(folder, 'c', '2023-06-02', (i) => (i % 20 < 5 ? 30 : -1)),
      // Neither shows half of the polygon, both together do.
      await scene(folder, 'd', '2023-06-03', (i) => (i % 20 < 6 ? 40 : -1)),
      await scene(folder, 'e', '2023-06-03', (i) => (i % 20 < 14 ? -1 : 60)),
    ];
    const features = writeFeatures(folder, [box(10, 49.98, 10.02, 50)]);
    const inputs = `{items: ${JSON.stringify(items)}, features: ${features}}`;
    const run = await runTask(task(inputs, 'bands: [band]'));
    expect(table(run, 'series').map((row) => [row['value'], row['scenes']])).toEqual([
      [String((0.75 * 10 + 20) / 1.75), '2'],
      ['50', '2'],
    ]);
    expect(table(run, 'observations').map((row) => row['used'])).toEqual(['true', 'true', 'false', 'true', 'true']);
    expect(JSON.stringify(run.outcome.sections)).toContain('ground that two of them show counts twice');
    const each = await runTask(task(inputs, 'bands: [band], combine: none, min_clear_share: 0.2'));
    expect(table(each, 'series').map((row) => Number(row['value']))).toEqual([10, 20, 30, 40, 60]);
  });

  it('counts the part of a polygon beyond a scene as not seen', async () => {
    const folder = tempFolder();
    const item = await scene(folder, 'a', '2023-06-01', () => 5);
    const features = writeFeatures(folder, [box(10.01, 49.98, 10.03, 50)]);
    const run = await runTask(task(`{items: ["${item}"], features: ${features}}`, 'bands: [band]'));
    expect(Number(table(run, 'observations')[0]?.['clear_share'])).toBeCloseTo(0.5, 9);
  });

  it('takes only what lies in the area of interest', async () => {
    const folder = tempFolder();
    const item = await scene(folder, 'a', '2023-06-01', (i) => (i % 20 < 10 ? 1 : 3));
    const features = writeFeatures(folder, [box(10, 49.98, 10.02, 50)]);
    const aoi = JSON.stringify(box(10.01, 49.9, 10.1, 50.1));
    const run = await runTask(task(`{items: ["${item}"], features: ${features}, aoi: ${aoi}}`, 'bands: [band]'));
    const [row] = table(run, 'observations');
    expect(row?.['value']).toBe('3');
    expect(Number(row?.['clear_share'])).toBeCloseTo(0.5, 9);
  });

  it('is partial when a feature could not be used', async () => {
    const folder = tempFolder();
    const item = await scene(folder, 'a', '2023-06-01', () => 5);
    const line = {
      type: 'LineString',
      coordinates: [
        [10, 49.98],
        [10.02, 50],
      ],
    };
    const features = writeFeatures(folder, [line, { type: 'Point', coordinates: [10.01, 49.99] }]);
    const run = await runTask(task(`{items: ["${item}"], features: ${features}}`, 'bands: [band]'));
    expect(run.outcome.validity).toEqual(['partial']);
    expect(run.outcome.validityLine).toBe('Computed from 1 item. 1 feature could not be used (see the warnings).');
    expect(table(run, 'series').map((row) => [row['feature_id'], row['value']])).toEqual([['f1', '5']]);
  });

  it('computes an index per pixel and sets masked pixels aside', async () => {
    const folder = tempFolder();
    const item = await writeScene(folder, 'a', square, {
      nir: { dtype: 'float32', pixels: filled((i) => (i % 2 === 0 ? 3 : 9)) },
      red: { dtype: 'float32', pixels: filled(1) },
      qa: { dtype: 'uint8', pixels: filled((i) => (i % 20 < 10 ? 1 : 0)) },
    });
    const features = writeFeatures(folder, [box(10, 49.98, 10.02, 50)]);
    const inputs = `{items: ["${item}"], features: ${features}}`;
    const run = await runTask(task(inputs, 'index: ndvi, mask: {band: qa, bits: [0]}'));
    const [row] = table(run, 'observations');
    expect(Number(row?.['value'])).toBeCloseTo((0.5 + 0.8) / 2, 12);
    expect(Number(row?.['clear_share'])).toBeCloseTo(0.5, 9);
  });

  it('gives several bands as layers of their own, with names in the map', async () => {
    const folder = tempFolder();
    const item = await writeScene(folder, 'a', square, {
      one: { dtype: 'uint8', pixels: filled(1) },
      two: { dtype: 'uint8', pixels: filled(2) },
    });
    const features = writeFeatures(folder, [{ type: 'Point', coordinates: [10.0105, 49.9895] }]);
    const run = await runTask(task(`{items: ["${item}"], features: ${features}}`, 'bands: [one, two]'));
    expect(table(run, 'series').map((row) => [row['layer'], row['value']])).toEqual([
      ['one', '1'],
      ['two', '2'],
    ]);
    expect(readFileSync(join(run.out, 'maps/trends.geojson'), 'utf8')).toContain('"two_mean":2');
    expect(table(run, 'trends')[0]?.['notes']).toBe(
      'no trend: 1 of at least 4 values; no seasonal curve: 1 values for 4 terms',
    );
  });

  it('reads on the grid of the task where there is one', async () => {
    const folder = tempFolder();
    const item = await scene(folder, 'a', '2023-06-01', (i) => Math.floor(i / 20));
    const features = writeFeatures(folder, [box(10, 49.98, 10.02, 50)]);
    const inputs = `{items: ["${item}"], features: ${features}}`;
    const run = await runTask(task(inputs, 'bands: [band]', 'grid: {crs: "EPSG:4326", resolution: 0.01}'));
    expect(Number(table(run, 'observations')[0]?.['clear [pixels]'])).toBeCloseTo(4, 6);
  });

  it('leaves a scene out that breaks on the way, and says so', async () => {
    const folder = tempFolder();
    const items = [
      await scene(folder, 'a', '2023-06-01', () => 1),
      await scene(folder, 'b', '2023-06-02', (i) => Math.sin(i) * 1000),
    ];
    const broken = join(folder, 'b/band.tif');
    const bytes = readFileSync(broken);
    bytes.fill(0xff, bytes.length - 400, bytes.length - 4);
    writeFileSync(broken, bytes);
    const features = writeFeatures(folder, [box(10, 49.98, 10.02, 50)]);
    const run = await runTask(task(`{items: ${JSON.stringify(items)}, features: ${features}}`, 'bands: [band]'));
    expect(run.outcome.validity).toEqual(['partial']);
    expect(run.warnings.join('\n')).toMatch(/Item b was left out/);
    expect(table(run, 'observations')).toHaveLength(1);
  });
});
