import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { context, hasSharedData, sharedData } from '../raster/support.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { cellAreas } from '../../../src-worker/raster/cell-area.ts';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import type { Affine } from '../../../src-raster/types.ts';
import { ask, runOnRaster } from './support.ts';

const folder = scratch();
const dem = (name: string) => join(folder, `${name}.tif`);

/** Values of band 1 of a written map. */
async function values(path: string) {
  const source = await openRaster(path, context());
  const { width, height, transform } = source.info;
  const data = await source.read(1, { x: 0, y: 0, width, height }, context());
  await source.close();
  return { width, height, transform, data };
}

const cellGrids: readonly { epsg: number; transform: Affine; at: readonly (readonly [number, number])[] }[] = [
  {
    epsg: 32633,
    transform: [10, 0, 500_000, 0, -10, 5_200_000],
    at: [
      [0, 0],
      [63, 0],
      [64, 64],
      [199, 149],
    ],
  },
  {
    epsg: 3857,
    transform: [250, 0, 900_000, 0, -250, 9_000_000],
    at: [
      [0, 0],
      [37, 12],
      [150, 149],
    ],
  },
  {
    epsg: 3031,
    transform: [8_000, 0, -1_000_000, 0, -8_000, 1_000_000],
    at: [
      [0, 0],
      [125, 125],
      [124, 126],
      [30, 140],
    ],
  },
  {
    epsg: 27700,
    transform: [50, 0, 400_000, 0, -50, 300_000],
    at: [
      [0, 0],
      [150, 90],
    ],
  },
  {
    epsg: 4326,
    transform: [0.25, 0, -180, 0, -0.25, 90],
    at: [
      [0, 0],
      [3, 80],
      [199, 149],
    ],
  },
];

describe.runIf(hasOracle)('terrain on other grids', () => {
  let found: unknown[] = [];
  beforeAll(async () => {
    const flat = { width: 700, height: 600, dtype: 'float32' };
    found = await ask('terrain.py', [
      ['make', { path: dem('utm'), ...flat, nodata: -9999, holes: true }],
      [
        'make',
        {
          path: dem('degrees'),
          width: 60,
          height: 80,
          dtype: 'float32',
          epsg: 4326,
          transform: [0.002, 0, 10, 0, -0.003, 68],
        },
      ],
      [
        'make',
        {
          path: dem('mercator'),
          width: 60,
          height: 50,
          dtype: 'int16',
          epsg: 3857,
          transform: [30, 0, 1e6, 0, -30, 8e6],
        },
      ],
      ['make', { path: dem('striped'), width: 1_300, height: 1_100, dtype: 'float32', block: 128 }],
      ...cellGrids.map((grid): [string, object] => ['cells', grid]),
    ]);
  }, 120_000);

  it('areas of single cells are geodesic within 1e-5', () => {
    for (const [index, { epsg, transform, at }] of cellGrids.entries()) {
      const { areas } = found[index + 4] as { areas: number[] };
      const areaOf = cellAreas({ crs: crsFromEpsg(epsg), transform }, { x: 0, y: 0, width: 200, height: 150 });
      for (const [i, [column, row]] of at.entries()) {
        const relative = areaOf(column, row) / (areas[i] ?? NaN) - 1;
        expect(Math.abs(relative), `EPSG:${epsg} at ${column}, ${row}: ${relative}`).toBeLessThan(1e-5);
      }
    }
  });

  it('cuts to the area of interest, and looks beyond it for neighbours', { timeout: 120_000 }, async () => {
    const task = '{type: terrain, products: [slope, tpi], slope_unit: percent}';
    const whole = await runOnRaster(dem('utm'), task);
    const cut = await runOnRaster(dem('utm'), task, {
      aoi: {
        type: 'Polygon',
        coordinates: [
          [
            [15.02, 46.87],
            [15.13, 46.86],
            [15.1, 46.93],
            [15.02, 46.87],
          ],
        ],
      },
    });
    for (const product of ['slope', 'tpi']) {
      const all = await values(join(whole.out, `maps/${product}.tif`));
      const part = await values(join(cut.out, `maps/${product}.tif`));
      const [left, top] = [
        ((part.transform?.[2] ?? 0) - (all.transform?.[2] ?? 0)) / 30,
        ((all.transform?.[5] ?? 0) - (part.transform?.[5] ?? 0)) / 30,
      ];
      expect(part.width).toBeLessThan(all.width);
      let inside = 0;
      for (let i = 0; i < part.data.length; i += 1) {
        if (part.data[i] === -9999) continue;
        inside += 1;
        const at = (top + Math.floor(i / part.width)) * all.width + left + (i % part.width);
        if (part.data[i] !== all.data[at]) throw new Error(`${product} differs at ${i}`);
      }
      expect(inside).toBeGreaterThan(10_000);
      expect(inside).toBeLessThan(part.data.length * 0.6);
    }
  });

  it(
    'takes degrees as metres of the ellipsoid, row by row: slope within 1e-4 degrees of geodesics',
    { timeout: 120_000 },
    async () => {
      const run = await runOnRaster(dem('degrees'), '{type: terrain, products: [slope]}');
      const [truth] = await ask<{ max: number; valid: number }>('terrain.py', [
        ['geodesic_slope', { ours: join(run.out, 'maps/slope.tif'), dem: dem('degrees') }],
      ]);
      expect(truth?.valid).toBe(58 * 78);
      expect(truth?.max).toBeLessThan(1e-4);
      expect(run.warnings).toEqual([]);
    },
  );

  it(
    'warns of a projection that stretches distances, and of elevation resampled by nearest',
    { timeout: 120_000 },
    async () => {
      const task = '{type: terrain, products: [slope]}';
      const stretched = await runOnRaster(dem('mercator'), task);
      expect(stretched.warnings).toEqual([
        expect.stringMatching(/EPSG:3857 are up to 1\.8\d times those on the ground/),
      ]);
      const grid = (resampling: string) => `grid: {crs: "EPSG:32632", resolution: 20, resampling: ${resampling}}`;
      const nearest = await runOnRaster(dem('mercator'), task, { more: grid('nearest') });
      expect(nearest.warnings).toEqual([expect.stringContaining('set grid.resampling to bilinear or cubic')]);
      const cubic = await runOnRaster(dem('mercator'), task, { more: grid('cubic') });
      expect(cubic.warnings).toEqual([]);
      const mean = (run: typeof cubic) => run.outcome.maps[0]?.bands[0]?.statistics.mean ?? NaN;
      // Web Mercator is 1.8 times too wide here, so its slopes are too small by as much.
      const rise = (degrees: number) => Math.tan((degrees * Math.PI) / 180);
      expect(rise(mean(cubic)) / rise(mean(stretched))).toBeGreaterThan(1.3);
      expect(cubic.bounds.readBytes / cubic.read.bytes).toBeGreaterThan(0.9);
    },
  );

  it('reads what the plan says, once, and writes the same bytes again', { timeout: 120_000 }, async () => {
    const task = '{type: terrain, products: [slope, aspect], compute_edges: true}';
    const run = await runOnRaster(dem('striped'), task);
    expect(run.bounds.readBytes).toBe(run.read.bytes);
    expect(run.bounds.requests).toBe(run.read.requests);
    expect(run.bounds.pixels).toBe(run.pixels);
    const again = await runOnRaster(dem('striped'), task);
    for (const path of ['maps/slope.tif', 'maps/aspect.tif', 'tables/terrain.csv', 'figures/slope_histogram.png'])
      expect(readFileSync(join(again.out, path)).equals(readFileSync(join(run.out, path)))).toBe(true);
  });
});

describe.runIf(hasOracle && hasSharedData)('terrain of real elevation', () => {
  it('is that of gdaldem, as far as its float32 goes', { timeout: 120_000 }, async () => {
    const lisbon = join(sharedData, 'rasters/LisbonElevation.tif');
    const task = '{type: terrain, scale: 111120, products: [slope, aspect, hillshade, roughness], compute_edges: true}';
    const run = await runOnRaster(lisbon, task);
    const modes = ['slope', 'aspect', 'hillshade', 'roughness'];
    const compared = await ask<{ validity_differs: number; max: number }>(
      'terrain.py',
      modes.map((mode) => [
        'compare',
        {
          ours: join(run.out, `maps/${mode}.tif`),
          dem: lisbon,
          mode,
          options: ['-compute_edges', ...(mode === 'slope' || mode === 'hillshade' ? ['-s', '111120'] : [])],
          circular: mode === 'aspect',
        },
      ]),
    );
    expect(compared.map((one) => one.validity_differs)).toEqual([0, 0, 0, 0]);
    // On ground that is almost flat the direction turns with the last bit of gdaldem’s sums.
    const tolerances = [1e-4, 0.03, 1, 1e-4];
    for (const [index, { max }] of compared.entries())
      expect(max, modes[index]).toBeLessThanOrEqual(tolerances[index] ?? 0);
  });
});
