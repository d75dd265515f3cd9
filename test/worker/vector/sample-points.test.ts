import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runTask, table } from '../../helpers/run-task.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { random } from '../raster/support.ts';
import { writeFeatures, writeRaster } from './rasters.ts';
import { askOracle } from './support.ts';

const next = random(5);
/** The raster lies around 10.0 to 10.32 E, 50.0 to 50.24 N; some points are outside. */
const positions = Array.from({ length: 200 }, (): [number, number] => [9.98 + 0.37 * next(), 49.98 + 0.28 * next()]);
const points = positions.map((coordinates, i) => ({
  id: `p${i + 1}`,
  properties: { station: i === 3 ? null : `S ${i + 1}` },
  geometry: { type: 'Point', coordinates },
}));

const folder = scratch();
const pointsPath = writeFeatures(folder, 'points.geojson', points);
let [utm, plain] = ['', ''];

beforeAll(async () => {
  const noise = random(2);
  utm = await writeRaster(
    folder,
    'utm.tif',
    {
      width: 60,
      height: 66,
      bandCount: 2,
      dtype: 'int16',
      epsg: 32632,
      transform: [400, 0, 571_800, 0, -400, 5_565_800],
      nodata: -1,
      bandScales: [0.5, 1],
      bandOffsets: [3, 0],
    },
    (_, x, y) => ((x + 2 * y) % 11 === 0 ? -1 : Math.floor(noise() * 500)),
  );
  plain = await writeRaster(
    folder,
    'plain.tif',
    { width: 64, height: 48, dtype: 'float32', epsg: 4326, transform: [0.005, 0, 10, 0, -0.005, 50.24] },
    (_, x, y) => Math.sin(x / 7) * y,
  );
});

function task(rasters: string[], analysis: string, features = pointsPath): string {
  return `task_name: p
output_dir: /data/outputs/jobs/p
inputs: {rasters: ${JSON.stringify(rasters)}, features: ${features}}
analysis: {type: sample_points${analysis}}
outputs: {make_quicklook: false}
`;
}

interface ParquetFacts {
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly geo: {
    readonly version: string;
    readonly primary_column: string;
    readonly columns: {
      readonly geometry: { readonly encoding: string; readonly geometry_types: string[]; readonly bbox: number[] };
    };
  };
  readonly wkb: readonly (readonly [order: number, type: number, bytes: number])[];
}

describe('values at points', () => {
  it.runIf(hasOracle)(
    'are those of rasterio and of bilinear weights, and are in the GeoParquet file',
    { timeout: 120_000 },
    async () => {
      const nearest = await runTask(task([utm], ', point_id: station'));
      const scaled = await runTask(task([utm], ', bands: [1], method: bilinear, apply_scale: true'));
      const smooth = await runTask(task([plain], ', method: bilinear'));
      const [sampled, bilinear, wave, parquet] = (await askOracle([
        ['sample', { path: utm, bands: [1, 2], points: positions }],
        ['bilinear', { path: utm, band: 1, points: positions }],
        ['bilinear', { path: plain, band: 1, points: positions }],
        ['parquet', { path: join(nearest.out, 'tables/points.parquet') }],
      ])) as [(number | null)[][], (number | null)[], (number | null)[], ParquetFacts];

      const rows = table(nearest, 'points');
      expect(rows.length).toBe(400);
      rows.forEach((row, i) => {
        const wanted = sampled[i % 200]?.[Math.floor(i / 200)] ?? null;
        expect(row['value'], `${row['id']} band ${row['band']}`).toBe(wanted === null ? '' : String(wanted));
      });
      const statuses = new Set(rows.map((row) => row['status']));
      expect([...statuses].sort()).toEqual(['nodata', 'ok', 'outside']);
      expect(rows[0]?.['name']).toBe('S 1');
      expect(rows[3]?.['name']).toBe('p4');

      for (const [run, wanted, scale, offset] of [
        [scaled, bilinear, 0.5, 3],
        [smooth, wave, 1, 0],
      ] as const)
        table(run, 'points').forEach((row, i) => {
          const value = wanted[i] ?? null;
          if (value === null) expect(row['value'], String(row['id'])).toBe('');
          else expect(Number(row['value']), String(row['id'])).toBeCloseTo(value * scale + offset, 5);
        });

      expect(parquet.geo).toMatchObject({
        version: '1.1.0',
        primary_column: 'geometry',
        columns: { geometry: { encoding: 'WKB', geometry_types: ['Point'] } },
      });
      const xs = positions.map(([x]) => x);
      expect(parquet.geo.columns.geometry.bbox[0]).toBe(Math.min(...xs));
      expect(parquet.columns).toMatchObject({
        point: 'DOUBLE',
        id: 'VARCHAR',
        b1_value: 'DOUBLE',
        b2_status: 'VARCHAR',
      });
      const at = Object.keys(parquet.columns).indexOf('b1_value');
      expect(parquet.rows.map((row) => row[at])).toEqual(sampled.map(([value]) => value));
      expect(parquet.wkb).toEqual(positions.map(() => [1, 1, 21]));
    },
  );

  it('reads what it plans, and only the blocks under the points', async () => {
    const one = writeFeatures(folder, 'one.geojson', points.slice(0, 1));
    const few = await runTask(task([plain], '', one));
    const all = await runTask(task([plain], ''));
    for (const { bounds, read } of [few, all]) {
      expect(bounds.readBytes / read.bytes).toBeGreaterThan(0.9);
      expect(bounds.readBytes / read.bytes).toBeLessThan(1.1);
      expect(Math.abs(bounds.requests - read.requests)).toBeLessThanOrEqual(0.1 * read.requests);
    }
    expect(few.read.bytes).toBeLessThan(all.read.bytes / 5);
  });

  it('draws and writes the same bytes again', async () => {
    const text = task([plain], '').replace('make_quicklook: false', 'make_quicklook: true');
    const [first, second] = [await runTask(text), await runTask(text)];
    for (const path of [
      'tables/points.csv',
      'tables/points.parquet',
      'maps/points.geojson',
      'figures/points_value.png',
    ])
      expect(readFileSync(join(first.out, path)).equals(readFileSync(join(second.out, path))), path).toBe(true);
    expect(first.outcome.validity).toEqual(['computed']);
    expect(first.warnings.join('\n')).toMatch(/points outside .*plain\.tif, without a value there/);
  });

  it('takes every position of a multipoint, and rasters that count longitudes from 0 to 360', async () => {
    const world = await writeRaster(
      folder,
      'world.tif',
      { width: 36, height: 18, dtype: 'uint16', epsg: 4326, transform: [10, 0, 0, 0, -10, 90] },
      (_, x, y) => y * 100 + x,
    );
    const features = writeFeatures(folder, 'multi.geojson', [
      {
        id: 'm',
        geometry: {
          type: 'MultiPoint',
          coordinates: [
            [-5, 5],
            [175, 5],
            [-175, -85],
          ],
        },
      },
    ]);
    const rows = table(await runTask(task([world], '', features)), 'points');
    expect(rows.map((row) => [row['id'], row['value']])).toEqual([
      ['m', '835'],
      ['m', '817'],
      ['m', '1718'],
    ]);
  });

  it('polygons, points elsewhere and a raster without georeference are refused', async () => {
    const polygon = {
      type: 'Polygon',
      coordinates: [
        [
          [10, 50],
          [10.1, 50],
          [10.1, 50.1],
          [10, 50],
        ],
      ],
    };
    await expect(
      runTask(task([plain], '', writeFeatures(folder, 'poly.geojson', [{ geometry: polygon }]))),
    ).rejects.toThrow(/no usable points.*is a Polygon/);
    const away = writeFeatures(folder, 'away.geojson', [{ geometry: { type: 'Point', coordinates: [-70, 20] } }]);
    await expect(runTask(task([plain], '', away))).rejects.toThrow(/None of the 1 point lies on/);
    const high = writeFeatures(folder, 'high.geojson', [{ geometry: { type: 'Point', coordinates: [10, 95] } }]);
    await expect(runTask(task([plain], '', high))).rejects.toThrow(/no longitudes and latitudes/);
    await expect(runTask(task([plain], ', method: cubic'))).rejects.toThrow(/method/);
  });
});
