import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { crsFromString, wgs84 } from '../../../src-raster/crs.ts';
import type { Affine, Crs } from '../../../src-raster/types.ts';
import type { Resampling } from '../../../src-shared/task/schema.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import type { Grid } from '../../../src-worker/raster/grid.ts';
import { gridTiles } from '../../../src-worker/raster/grid.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { readOntoGrid } from '../../../src-worker/raster/resample.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { askScript, context, random } from './support.ts';

const folder = scratch();

interface Case {
  readonly name: string;
  readonly crs: string;
  readonly target: string;
  readonly transform: Affine;
  readonly width: number;
  readonly height: number;
  readonly dtype: 'float32' | 'uint8' | 'uint16';
  readonly nodata: number | null;
  readonly method: Resampling;
  readonly coarser?: number;
  readonly classes?: boolean;
  /** The grid; else GDAL's suggestion, made `coarser`. */
  readonly grid?: Shape;
}

interface Shape {
  readonly transform: Affine;
  readonly width: number;
  readonly height: number;
}

type Pair = Pick<Case, 'name' | 'crs' | 'target' | 'transform' | 'width' | 'height'>;

const size = { width: 300, height: 260 };

/** Source, target, upper left corner and pixel size of the source. */
function pair(name: string, crs: string, target: string, [x, y]: [number, number], pixel: number): Pair {
  return { name, crs, target, transform: [pixel, 0, x, 0, -pixel, y], ...size };
}

const pairs: readonly Pair[] = [
  pair('UTM north to geographic', 'EPSG:32618', 'EPSG:4326', [480_000, 4_600_000], 100),
  pair('UTM south to geographic', 'EPSG:32733', 'EPSG:4326', [300_000, 6_400_000], 100),
  pair('geographic to UTM south', 'EPSG:4326', 'EPSG:32723', [-46, -22], 0.001),
  pair('geographic to Web Mercator', 'EPSG:4326', 'EPSG:3857', [8, 61], 0.01),
  pair('Web Mercator to UTM north', 'EPSG:3857', 'EPSG:32632', [1_000_000, 6_200_000], 200),
  pair('UTM to polar stereographic north', 'EPSG:32621', 'EPSG:3413', [450_000, 8_400_000], 1000),
  pair('polar stereographic south to geographic', 'EPSG:3031', 'EPSG:4326', [500_000, 1_900_000], 2000),
  pair('geographic to polar stereographic south', 'EPSG:4326', 'EPSG:3031', [-40, -66], 0.05),
  pair('geographic to sinusoidal', 'EPSG:4326', '+proj=sinu +lon_0=0 +R=6371007.181 +units=m +no_defs', [12, 52], 0.02),
  pair('UTM to LAEA Europe', 'EPSG:32633', 'EPSG:3035', [400_000, 5_600_000], 500),
  pair('UTM to the next zone', 'EPSG:32660', 'EPSG:32601', [650_000, 5_800_000], 300),
  pair('Albers to geographic', 'EPSG:5070', 'EPSG:4326', [-400_000, 2_200_000], 1000),
  pair('UTM to the antimeridian', 'EPSG:32601', 'EPSG:3832', [300_000, -10_000], 400),
  pair('Lambert-93 to UTM', 'EPSG:2154', 'EPSG:32631', [600_000, 6_900_000], 250),
];

const targetCrs = (text: string): Crs =>
  text.startsWith('+proj') ? { code: null, name: null, proj4: text, unit: 'metre' } : crsFromString(text);

async function warped(one: Pick<Case, 'target' | 'method'> & { path: string }, shape: Shape): Promise<Float64Array> {
  const ctx = context();
  const source = await openRaster(one.path, ctx);
  const grid: Grid = { ...shape, crs: targetCrs(one.target), resolution: [shape.transform[0], -shape.transform[4]] };
  const data = new Float64Array(shape.width * shape.height).fill(NaN);
  for (const window of gridTiles(grid, 128)) {
    const part = await readOntoGrid(source, 1, grid, window, ctx, one.method);
    for (let y = 0; y < window.height; y += 1)
      data.set(part.data.subarray(y * window.width, (y + 1) * window.width), (window.y + y) * shape.width + window.x);
  }
  await source.close();
  return data;
}

async function compare(cases: readonly Case[]) {
  const asked = cases.map((one, i) => ({ ...one, path: join(folder, `${i}.tif`), raw: join(folder, `${i}.raw`) }));
  const shapes = await askScript<Shape>('warp.py', asked);
  const rows = [];
  for (const [i, one] of asked.entries()) {
    const expected = new Float64Array(Uint8Array.from(readFileSync(one.raw)).buffer);
    const found = await warped(one, shapes[i]!);
    const round =
      one.dtype === 'float32' ? Math.fround : (v: number) => Math.min(255, Math.max(0, Math.floor(v + 0.5)));
    // Between numbers of classes there is no level beside: they are the same or another class.
    const slack = (wanted: number) =>
      one.method === 'mode' ? 0 : one.dtype === 'float32' ? 1e-5 * Math.abs(wanted) : 1;
    let [valid, missing, worst, beyond] = [0, 0, 0, 0];
    for (const [k, wanted] of expected.entries()) {
      const value = round(found[k]!);
      if (Number.isNaN(wanted) !== Number.isNaN(found[k]!)) missing += 1;
      else if (!Number.isNaN(wanted)) {
        valid += 1;
        worst = Math.max(worst, Math.abs(value - wanted));
        if (Math.abs(value - wanted) > slack(wanted)) beyond += 1;
      }
    }
    rows.push({
      name: one.name,
      method: one.method,
      dtype: one.dtype,
      coarser: one.coarser,
      valid,
      missing,
      beyond,
      worst,
    });
  }
  if (process.env['SHOW_RESAMPLING'] !== undefined) console.table(rows);
  return rows;
}

const sinusoidal = '+proj=sinu +lon_0=0 +R=6371007.181 +units=m +no_defs';
const global: Pick<Case, 'crs' | 'transform' | 'width' | 'height'> = {
  crs: 'EPSG:4326',
  transform: [0.5, 0, -180, 0, -0.5, 90],
  width: 720,
  height: 360,
};
/** A square grid around the pole, whose middle is that of an edge: longitudes of the pole itself are arbitrary. */
const around = (side: number, cells: number): Shape => ({
  transform: [side / cells, 0, -side / 2, 0, -side / cells, side / 2 + side / cells / 2],
  width: cells,
  height: cells,
});

const isEqual = async (cases: readonly Case[]): Promise<void> => {
  for (const { name, method, coarser, valid, missing, beyond, worst } of await compare(cases)) {
    expect(valid, name).toBeGreaterThan(100);
    // proj4 is not PROJ: one pixel in 10,000 may lie on the other side of a tie.
    expect(missing + beyond, `${name}, ${method} ${coarser ?? ''}: ${worst}`).toBeLessThanOrEqual(valid * 1e-4);
  }
};

describe.skipIf(!hasOracle)('equals gdalwarp -et 0.125', { timeout: 120_000 }, () => {
  const methods = ['bilinear', 'cubic', 'average', 'mode'] as const;
  test.each(methods)('%s between 14 pairs of CRSs, at the source’s scale and coarser', async (method) => {
    await isEqual(
      pairs.flatMap((one): Case[] =>
        [1, 2.7].map((coarser) => ({
          ...one,
          method,
          coarser,
          nodata: method === 'mode' ? 0 : -9999,
          dtype: method === 'mode' ? 'uint8' : 'float32',
          classes: method === 'mode',
        })),
      ),
    );
  });

  test('integers without nodata, to the rounded level, finer and much coarser', async () => {
    await isEqual(
      [pairs[0]!, pairs[3]!, pairs[9]!].flatMap((one): Case[] =>
        (['bilinear', 'cubic', 'average'] as const).flatMap((method) =>
          [0.45, 1, 8].map((coarser) => ({ ...one, method, coarser, nodata: null, dtype: 'uint8' })),
        ),
      ),
    );
  });

  test('from a sinusoidal grid, as MODIS has it', async () => {
    const modis = {
      name: 'sinusoidal',
      crs: sinusoidal,
      transform: [4000, 0, 500_000, 0, -4000, 5_500_000],
      ...size,
    } as const;
    await isEqual(
      ['EPSG:4326', 'EPSG:32632'].flatMap((target): Case[] =>
        methods.slice(0, 3).map((method) => ({ ...modis, target, method, nodata: -9999, dtype: 'float32' })),
      ),
    );
  });

  test('over the poles and across the antimeridian', async () => {
    const grids: [string, string, Shape][] = [
      ['north pole', 'EPSG:3413', around(6_000_000, 240)],
      ['south pole', 'EPSG:3031', around(8_000_000, 200)],
      ['antimeridian', 'EPSG:3832', around(5_000_000, 230)],
      ['half a globe', 'EPSG:4326', { transform: [0.7, 0, -170.1, 0, -0.7, 60], width: 480, height: 170 }],
    ];
    await isEqual(
      grids.flatMap(([name, target, grid]): Case[] =>
        (['average', 'bilinear'] as const).map((method) => ({
          ...global,
          name,
          target,
          grid,
          method,
          nodata: -9999,
          dtype: 'float32',
        })),
      ),
    );
  });
});

describe('the seam of a globe', { timeout: 120_000 }, () => {
  const world = (west: number): string => join(folder, `world-${west}.tif`);
  const write = async (west: number): Promise<void> => {
    const writer = await CogWriter.open(world(west), {
      width: 360,
      height: 180,
      bandCount: 1,
      dtype: 'float32',
      nodata: -9999,
      crs: wgs84,
      transform: [1, 0, west, 0, -1, 90],
      resampling: 'average',
    });
    const value = (longitude: number, row: number) => 50 + 40 * Math.cos((longitude * Math.PI) / 180) + (row % 7);
    await writer.writeWindow(
      1,
      { x: 0, y: 0, width: 360, height: 180 },
      Float32Array.from({ length: 360 * 180 }, (_, i) => value(west + (i % 360) + 0.5, Math.floor(i / 360))),
    );
    await writer.finish();
  };

  test.each(['average', 'mode'] as const)('does not show in the %s of cells across it', async (method) => {
    await Promise.all([write(-180), write(0)]);
    const grid: Shape = { transform: [100_000, 0, -2_050_000, 0, -100_000, -500_000], width: 41, height: 20 };
    const common = { target: 'EPSG:3031', method };
    const [cut, whole] = [
      await warped({ ...common, path: world(-180) }, grid),
      await warped({ ...common, path: world(0) }, grid),
    ];
    for (const [i, value] of cut.entries()) expect(value).toBeCloseTo(whole[i]!, 4);
    expect(cut.some((value) => Number.isNaN(value))).toBe(false);
  });
});

describe('a grid far coarser than its source', { timeout: 120_000 }, () => {
  test('is computed part by part with the same result', async () => {
    const path = join(folder, 'fine.tif');
    const [width, height] = [3000, 2500];
    const writer = await CogWriter.open(path, {
      width,
      height,
      bandCount: 1,
      dtype: 'uint16',
      nodata: 0,
      crs: crsFromString('EPSG:32632'),
      transform: [10, 0, 400_000, 0, -10, 5_500_000],
      resampling: 'average',
    });
    const next = random(5);
    const pixels = Uint16Array.from({ length: width * height }, () => Math.floor(next() * 1000));
    await writer.writeWindow(1, { x: 0, y: 0, width, height }, pixels);
    await writer.finish();
    const grid: Shape = { transform: [30_000, 0, 400_000, 0, -25_000, 5_500_000], width: 1, height: 1 };
    const valid = pixels.filter((value) => value > 0);
    // One cell of 7.5 million pixels: more than are held at once.
    const [mean] = await warped({ path, target: 'EPSG:32632', method: 'average' }, grid);
    expect(mean).toBeCloseTo(valid.reduce((sum, value) => sum + value, 0) / valid.length, 8);
    const [bilinear] = await warped({ path, target: 'EPSG:32632', method: 'bilinear' }, grid);
    expect(bilinear).toBeGreaterThan(480);
    expect(bilinear).toBeLessThan(520);
  });
});
