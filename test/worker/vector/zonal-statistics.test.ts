import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AreaGeometry } from '../../../src-worker/vector/features.ts';
import { runTask, table } from '../../helpers/run-task.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { random } from '../raster/support.ts';
import { writeFeatures, writeRaster } from './rasters.ts';
import { askOracle } from './support.ts';

type Ring = [number, number][];

interface OracleZone {
  readonly pixels: number;
  readonly count: number;
  readonly covered: number;
  readonly zone_area: number;
  readonly area: number;
  readonly sum: number;
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly percentiles: readonly (readonly [below: number, at: number, above: number])[];
  readonly variety: number;
  readonly majority: number;
  readonly minority: number;
  readonly classes: readonly (readonly [value: number, area: number])[];
}

const next = random(11);
function star(x: number, y: number, radius: number, corners: number): Ring {
  const ring = Array.from({ length: corners }, (_, i): [number, number] => {
    const angle = (i / corners) * 2 * Math.PI;
    const reach = radius * (0.35 + 0.65 * next());
    return [x + 1.5 * reach * Math.cos(angle), y + reach * Math.sin(angle)];
  });
  return [...ring, ring[0] ?? [0, 0]];
}

/** All rasters lie around 10.0 to 10.32 E, 50.0 to 50.24 N. */
const zones: { id: string; properties: object; geometry: AreaGeometry }[] = [
  ['star', { type: 'Polygon', coordinates: [star(10.1, 50.1, 0.08, 17)] }],
  ['hole', { type: 'Polygon', coordinates: [star(10.2, 50.12, 0.09, 12), star(10.2, 50.12, 0.02, 7).reverse()] }],
  ['parts', { type: 'MultiPolygon', coordinates: [[star(10.05, 50.05, 0.03, 5)], [star(10.27, 50.2, 0.03, 9)]] }],
  ['overlap', { type: 'Polygon', coordinates: [star(10.11, 50.11, 0.07, 6)] }],
  ['edge', { type: 'Polygon', coordinates: [star(10.32, 50.02, 0.06, 8)] }],
  ['sliver', { type: 'Polygon', coordinates: [star(10.161, 50.077, 0.0009, 5)] }],
].map(([id, geometry]) => ({
  id: id as string,
  properties: { code: `Z-${id as string}` },
  geometry: geometry as AreaGeometry,
}));

const folder = scratch();
let [plain, utm, classes] = ['', '', ''];
const zonesPath = writeFeatures(folder, 'zones.geojson', zones);

beforeAll(async () => {
  const noise = random(3);
  plain = await writeRaster(
    folder,
    'plain.tif',
    { width: 64, height: 48, dtype: 'float32', epsg: 4326, transform: [0.005, 0, 10, 0, -0.005, 50.24], nodata: -9999 },
    (_, x, y) => ((x * 7 + y * 3) % 29 === 0 ? -9999 : (x + y) % 41 === 0 ? NaN : 1000 + Math.fround(noise() * 3)),
  );
  utm = await writeRaster(
    folder,
    'utm.tif',
    {
      width: 60,
      height: 66,
      bandCount: 2,
      dtype: 'uint16',
      epsg: 32632,
      transform: [400, 0, 571_800, 0, -400, 5_565_800],
      nodata: 0,
      bandScales: [0.01, 2],
      bandOffsets: [-5, 0],
      bandDescriptions: ['near', 'far'],
    },
    (band, x, y) => ((x + 2 * y) % 31 === 0 ? 0 : Math.floor(band * 100 + noise() * 500)),
  );
  classes = await writeRaster(
    folder,
    'classes.tif',
    {
      width: 60,
      height: 66,
      dtype: 'uint8',
      epsg: 32632,
      transform: [400, 0, 571_800, 0, -400, 5_565_800],
      palette: [
        [0, 0, 0],
        [200, 30, 30],
        [30, 200, 30],
        [30, 30, 200],
      ],
      classNames: { 1: 'built', 2: 'meadow', 3: 'water' },
    },
    (_, x, y) => 1 + ((Math.floor(x / 9) + Math.floor(y / 7)) % 3),
  );
});

function task(rasters: string[], analysis: string, features = zonesPath): string {
  return `task_name: z
output_dir: /data/outputs/jobs/z
inputs: {rasters: ${JSON.stringify(rasters)}, features: ${features}}
analysis: {type: zonal_statistics, percentiles: [5, 33.3, 90]${analysis}}
outputs: {make_quicklook: false}
`;
}

/** Compares rows with the oracle's: exactly where the polygons need no projection, else as its 1e-4 of a pixel allows. */
function compare(rows: Record<string, string>[], oracle: readonly OracleZone[], tolerance: number): void {
  expect(rows.length).toBe(oracle.length);
  const close = (got: string | undefined, wanted: number, what: string, slack = tolerance): void => {
    const off = Math.abs(Number(got) - wanted) / Math.max(1, Math.abs(wanted));
    expect(off, `${what}: ${String(got)}, by brute force ${wanted}`).toBeLessThanOrEqual(slack);
  };
  rows.forEach((row, i) => {
    const exact = oracle[i];
    if (exact === undefined) throw new Error('no such zone');
    const where = `${row['name']} ${row['raster']} ${row['band']}`;
    close(row['zone_area [m2]'], exact.zone_area, `${where} area of the zone`, 1e-6);
    close(row['count [pixels]'], exact.count, `${where} count`);
    if (exact.pixels === 0) {
      expect(row['mean']).toBe('');
      return;
    }
    for (const key of ['sum', 'mean', 'std'] as const) close(row[key], exact[key], `${where} ${key}`);
    close(row['area [m2]'], exact.area, `${where} area`, 1e-5);
    close(row['valid_share'], exact.count / exact.covered, `${where} share`);
    for (const key of ['min', 'max', 'variety'] as const) close(row[key], exact[key], `${where} ${key}`, 1e-12);
    // Of many values the weights of two may be nearer to each other than the tolerance; those of a few classes are not.
    if (tolerance < 1e-8 || exact.variety <= 3)
      for (const key of ['majority', 'minority'] as const) close(row[key], exact[key], `${where} ${key}`, 1e-12);
    if (tolerance < 1e-8) expect(Number(row['pixels [pixels]'])).toBe(exact.pixels);
    ['p5', 'p33.3', 'p90', 'median'].forEach((key, at) => {
      const [below, value, above] = exact.percentiles[at] ?? [NaN, NaN, NaN];
      const got = Number(row[key]);
      if (tolerance < 1e-8) expect(got, `${where} ${key}`).toBeCloseTo(value, 9);
      expect(got, `${where} ${key}`).toBeGreaterThanOrEqual(below - 1e-9);
      expect(got, `${where} ${key}`).toBeLessThanOrEqual(above + 1e-9);
    });
  });
}

/** The oracle goes by zone, then by band; the tables by band, then by zone. */
function byBand<T>(answers: readonly T[], bands: number): T[] {
  return Array.from({ length: bands }, (_, band) => answers.filter((_, i) => i % bands === band)).flat();
}

describe.runIf(hasOracle)('zonal statistics', () => {
  it('are those of exact area weights by brute force', { timeout: 120_000 }, async () => {
    const geometries = zones.map(({ geometry }) => geometry);
    const ask = { geometries, percentiles: [5, 33.3, 90, 50] };
    const [onPlain, byArea, onUtm, scaled, onClasses] = (await askOracle([
      ['zonal', { ...ask, path: plain, bands: [1] }],
      ['zonal', { ...ask, path: plain, bands: [1], by_area: true }],
      ['zonal', { ...ask, path: utm, bands: [1, 2] }],
      ['zonal', { ...ask, path: utm, bands: [1], scaled: true }],
      ['zonal', { ...ask, path: classes, bands: [1] }],
    ])) as [OracleZone[], OracleZone[], OracleZone[], OracleZone[], OracleZone[]];

    compare(table(await runTask(task([plain], '')), 'zones'), onPlain, 1e-9);
    const weighted = await runTask(task([plain], ', weighting: ground_area'));
    // Their weights are areas, known to 1e-5.
    compare(table(weighted, 'zones'), byArea, 1e-7);
    compare(table(await runTask(task([utm], '')), 'zones'), byBand(onUtm, 2), 2e-5);
    const physical = await runTask(task([utm], ', bands: [1], apply_scale: true'));
    compare(table(physical, 'zones'), scaled, 2e-5);

    const run = await runTask(task([classes], ', zone_id: code'));
    compare(table(run, 'zones'), onClasses, 2e-5);
    const rows = table(run, 'classes');
    expect(new Set(rows.map((row) => row['name']))).toEqual(new Set(zones.map(({ id }) => `Z-${id}`)));
    expect(rows.find((row) => row['value'] === '2')).toMatchObject({ colour: '#1ec81e', class: 'meadow' });
    const wanted = zones.flatMap(({ id }, i) =>
      (onClasses[i]?.classes ?? []).map(([value, area]) => ({ id, value, area })),
    );
    expect(rows.length).toBe(wanted.length);
    for (const { id, value, area } of wanted) {
      const row = rows.find((one) => one['id'] === id && Number(one['value']) === value);
      expect(Math.abs(Number(row?.['area [m2]']) / area - 1), `${id} ${value}`).toBeLessThan(2e-4);
    }
  });
});

describe('a zonal run', () => {
  it('reads what it plans, each block once, and gives the same bytes again', async () => {
    const text = task([utm, plain], '').replace('make_quicklook: false', 'make_quicklook: true');
    const [one, two] = [await runTask(text), await runTask(text)];
    expect(one.bounds.readBytes / one.read.bytes).toBeGreaterThan(0.9);
    expect(one.bounds.readBytes / one.read.bytes).toBeLessThan(1.1);
    expect(Math.abs(one.bounds.requests - one.read.requests)).toBeLessThanOrEqual(0.1 * one.read.requests);
    for (const path of [
      'tables/zones.csv',
      'tables/zones.parquet',
      'maps/zones.geojson',
      'figures/zones_r1_b1_mean.png',
    ])
      expect(readFileSync(join(one.out, path)).equals(readFileSync(join(two.out, path))), path).toBe(true);
    expect(one.outcome.validity).toEqual(['computed']);
    const map = JSON.parse(readFileSync(join(one.out, 'maps/zones.geojson'), 'utf8')) as Record<string, unknown>;
    expect(map['transect:colour_by']).toBe('r1_b1_mean');
  });

  it('gives zones beside the raster no values, and says so', async () => {
    const away: AreaGeometry = { type: 'Polygon', coordinates: [star(30, 50, 0.1, 5)] };
    const features = writeFeatures(folder, 'some.geojson', [...zones.slice(0, 1), { id: 'away', geometry: away }]);
    const run = await runTask(task([plain], '', features));
    const rows = table(run, 'zones');
    expect(rows.map((row) => [row['id'], row['count [pixels]'] === '0', row['mean'] === ''])).toEqual([
      ['star', false, false],
      ['away', true, true],
    ]);
    expect(run.warnings.join('\n')).toMatch(/does not meet 1 zone.*away/);
  });

  it('leaves out features that it can’t use, and is partial then', async () => {
    const bow = {
      type: 'Polygon',
      coordinates: [
        [
          [10, 50],
          [10.1, 50.1],
          [10.1, 50],
          [10, 50.1],
          [10, 50],
        ],
      ],
    };
    const features = writeFeatures(folder, 'bow.geojson', [
      ...zones.slice(0, 2),
      { id: 'bow', geometry: bow },
      {
        id: 'line',
        geometry: {
          type: 'LineString',
          coordinates: [
            [10, 50],
            [11, 51],
          ],
        },
      },
      { id: 'nothing', geometry: null },
    ]);
    const run = await runTask(task([plain], '', features));
    expect(run.outcome.validity).toEqual(['partial']);
    expect(run.outcome.validityLine).toMatch(/3 of 5 features/);
    expect(run.warnings.join('\n')).toMatch(
      /cross themselves[^\n]*bow[^]*LineString[^\n]*line[^]*no geometry[^\n]*nothing/,
    );
    expect(table(run, 'zones').map((row) => row['zone'])).toEqual(['1', '2']);
  });

  it('is empty when no zone holds a valid pixel', async () => {
    const empty = await writeRaster(
      folder,
      'empty.tif',
      { width: 64, height: 48, dtype: 'uint8', epsg: 4326, transform: [0.005, 0, 10, 0, -0.005, 50.24], nodata: 7 },
      () => 7,
    );
    const { outcome } = await runTask(task([empty], ''));
    expect(outcome.validity).toEqual(['empty']);
  });

  it('says so where pixels of one zone differ in area', async () => {
    const tall = await writeRaster(
      folder,
      'tall.tif',
      { width: 10, height: 20, dtype: 'uint8', epsg: 4326, transform: [1, 0, 0, 0, -1, 70] },
      (_, _x, y) => y,
    );
    const box = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 50],
          [10, 50],
          [10, 70],
          [0, 70],
          [0, 50],
        ],
      ],
    };
    const features = writeFeatures(folder, 'tall.geojson', [{ geometry: box }]);
    const even = await runTask(task([tall], '', features));
    const byArea = await runTask(task([tall], ', weighting: ground_area', features));
    expect(even.warnings.join('\n')).toMatch(/differ in area on the ground by up to 8\d(\.\d)? %/);
    expect(byArea.warnings).toEqual([]);
    expect(Number(table(even, 'zones')[0]?.['mean'])).toBeCloseTo(9.5, 12);
    // The south, with the larger numbers, has the larger pixels.
    expect(Number(table(byArea, 'zones')[0]?.['mean'])).toBeGreaterThan(10.2);
  });

  it('keeps its memory bounded and says what that costs', async () => {
    const many = await writeRaster(
      folder,
      'many.tif',
      { width: 256, height: 256, dtype: 'float32', epsg: 4326, transform: [0.00125, 0, 10, 0, -0.00125, 50.24] },
      (_, x, y) => 1 + (y * 256 + x) / 65_536,
    );
    const text = `${task([many], '')}limits: {memory_mb: 256}\n`;
    const features = writeFeatures(
      folder,
      'copies.geojson',
      Array.from({ length: 200 }, (_, i) => ({
        id: String(i),
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [10, 50],
              [10.32, 50],
              [10.32, 50.24],
              [10, 50.24],
              [10, 50],
            ],
          ],
        },
      })).slice(0, 30),
    );
    const run = await runTask(text.replace(zonesPath, features));
    const [row] = table(run, 'zones');
    expect(run.warnings.join('\n')).toMatch(/more distinct values than the memory allows/);
    expect(row?.['variety']).toBe('');
    expect(Math.abs(Number(row?.['median']) - 1.375)).toBeLessThan(0.01);
  });
});
