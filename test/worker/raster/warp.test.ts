import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { crsFromString } from '../../../src-raster/crs.ts';
import type { Affine, Crs } from '../../../src-raster/types.ts';
import type { Resampling } from '../../../src-shared/task/schema.ts';
import type { Grid } from '../../../src-worker/raster/grid.ts';
import { gridTiles } from '../../../src-worker/raster/grid.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { readOntoGrid } from '../../../src-worker/raster/resample.ts';
import { askScript, context, hasOracle, scratch } from './support.ts';

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

async function warped(one: Case & { path: string }, shape: Shape): Promise<Float64Array> {
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
    const round = one.dtype === 'float32' ? Math.fround : (v: number) => Math.min(255, Math.max(0, Math.floor(v + 0.5)));
    let [valid, missing, worst, beyond] = [0, 0, 0, 0];
    for (const [k, wanted] of expected.entries()) {
      const value = round(found[k]!);
      if (Number.isNaN(wanted) !== Number.isNaN(found[k]!)) { missing += 1; if (process.env['DBG'] && missing<12) console.log(one.name, one.method, one.coarser, k % shapes[i]!.width, Math.floor(k / shapes[i]!.width), shapes[i]!.width, shapes[i]!.height, wanted, found[k]); }
      else if (!Number.isNaN(wanted)) {
        valid += 1;
        worst = Math.max(worst, Math.abs(value - wanted));
        if (Math.abs(value - wanted) > (one.dtype === 'float32' ? 1e-5 * Math.abs(wanted) : 1)) beyond += 1;
      }
    }
    rows.push({ name: one.name, method: one.method, dtype: one.dtype, coarser: one.coarser, valid, missing, beyond, worst });
  }
  if (process.env['SHOW_RESAMPLING'] !== undefined) console.table(rows);
  return rows;
}

describe.skipIf(!hasOracle)('equals gdalwarp -et 0.125', () => {
  const methods = ['bilinear', 'cubic', 'average', 'mode'] as const;
  test.each(methods)('%s', { timeout: 120_000 }, async (method) => {
    const cases = pairs.flatMap((one): Case[] =>
      [1, 2.7].map((coarser) => ({
        ...one,
        method,
        coarser,
        nodata: method === 'mode' ? 0 : -9999,
        dtype: method === 'mode' ? 'uint8' : 'float32',
        classes: method === 'mode',
      })),
    );
    for (const { name, valid, missing, beyond, worst } of await compare(cases)) {
      expect(valid, name).toBeGreaterThan(1000);
      expect([missing, beyond], `${name}: ${worst}`).toEqual([0, 0]);
    }
  });
});
