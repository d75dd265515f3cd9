import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { affineBounds, invertAffine } from '../../../src-worker/raster/affine.ts';
import { boundsTo, crsFromEpsg, transformer } from '../../../src-worker/raster/crs.ts';
import { gridTiles, makeGrid } from '../../../src-worker/raster/grid.ts';
import type { Grid } from '../../../src-worker/raster/grid.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { readOntoGrid } from '../../../src-worker/raster/resample.ts';
import type { RasterInfo } from '../../../src-worker/raster/types.ts';
import { askOracle, context, hasOracle, hasSharedData, scratch, sharedData } from './support.ts';

const folder = scratch();

/** A source coordinate closer than this (in pixels) to a pixel's edge may fall to either side: proj4 is not PROJ. */
const tie = 1e-6;

interface Pair {
  readonly name: string;
  readonly path: string;
  readonly grid: Grid;
}

/** Reads the whole grid tile by tile, as the worker does. */
async function readAll(pair: Pair): Promise<{ data: Float64Array; info: RasterInfo }> {
  const ctx = context();
  const source = await openRaster(pair.path, ctx);
  const data = new Float64Array(pair.grid.width * pair.grid.height).fill(NaN);
  for (const window of gridTiles(pair.grid, 200)) {
    const part = await readOntoGrid(source, 1, pair.grid, window, ctx);
    for (let y = 0; y < window.height; y += 1)
      for (let x = 0; x < window.width; x += 1) {
        const i = y * window.width + x;
        expect(Number.isNaN(part.data[i]!)).toBe(part.valid[i] === 0);
        data[(window.y + y) * pair.grid.width + window.x + x] = part.data[i]!;
      }
  }
  await source.close();
  return { data, info: source.info };
}

/** Pixels that differ from rasterio's, and those of them that are not ties. */
async function compare(pairs: readonly Pair[]): Promise<{ name: string; pixels: number; ties: number; wrong: number }[]> {
  const raws = pairs.map((_, i) => join(folder, `warp-${i}.raw`));
  await askOracle(
    pairs.map(({ path, grid }, i) => [
      'warp',
      { path, width: grid.width, height: grid.height, transform: grid.transform, crs: grid.crs.code, raw: raws[i] },
    ]),
  );
  const results = [];
  for (const [index, pair] of pairs.entries()) {
    const { data, info } = await readAll(pair);
    const bytes = Uint8Array.from(readFileSync(raws[index]!));
    const expected = new Float64Array(bytes.buffer, 0, data.length);
    const convert = transformer(pair.grid.crs, info.crs!);
    const [i0, i1, i2, j0, j1, j2] = invertAffine(info.transform!);
    const [a, , c, , e, f] = pair.grid.transform;
    let [ties, wrong] = [0, 0];
    for (const [i, value] of data.entries()) {
      if (Object.is(value, expected[i])) continue;
      const [x, y] = convert.forward(
        c + a * ((i % pair.grid.width) + 0.5),
        f + e * (Math.floor(i / pair.grid.width) + 0.5),
      );
      const [px, py] = [i0 + x * i1 + y * i2, j0 + x * j1 + y * j2];
      const isTie = [px, py].some((v) => Math.abs(v - Math.round(v)) < tie);
      if (isTie) ties += 1;
      else wrong += 1;
    }
    results.push({ name: pair.name, pixels: data.filter((v) => !Number.isNaN(v)).length, ties, wrong });
  }
  return results;
}

async function pairOf(name: string, path: string, epsg: number, cells: number): Promise<Pair> {
  const source = await openRaster(path, context());
  const { crs, transform, width, height } = source.info;
  await source.close();
  const target = crsFromEpsg(epsg);
  let [west, south, east, north] = boundsTo(crs!, affineBounds(transform!, width, height), target);
  if (west > east) east += 360;
  const resolution = Number(((east - west) / cells).toPrecision(3));
  return { name, path, grid: makeGrid({ crs: target, bbox: [west, south, east, north], resolution }) };
}

describe.skipIf(!hasOracle || !hasSharedData)('nearest resampling equals rasterio.warp.reproject', () => {
  const raster = (name: string): string => join(sharedData, 'rasters', name);

  test('19 Landsat scenes onto one UTM 18N grid and onto longitude/latitude', async () => {
    const root = join(sharedData, 'landsat-ny-2018');
    const scenes = readdirSync(root).filter((name) => name.startsWith('LC08'));
    expect(scenes.length).toBe(19);
    const grids = [
      makeGrid({ crs: crsFromEpsg(32618), bbox: [480000, 4400000, 760000, 4660000], resolution: 2000 }),
      makeGrid({ crs: crsFromEpsg(4326), bbox: [-75, 39.5, -72, 42], resolution: 0.02 }),
    ];
    const pairs = scenes.flatMap((scene) => {
      const item = JSON.parse(readFileSync(join(root, scene, 'item.json'), 'utf8'));
      return grids.map((grid) => ({ name: scene, path: join(root, scene, item.assets.red.href), grid }));
    });
    for (const result of await compare(pairs)) {
      expect(result.wrong, JSON.stringify(result)).toBe(0);
      expect(result.ties, JSON.stringify(result)).toBeLessThanOrEqual(result.pixels * 0.001);
    }
  });

  test('between CRSs', async () => {
    const pairs = [
      await pairOf('4326 to 32629', raster('LisbonElevation.tif'), 32629, 700),
      await pairOf('4326 to 3035', raster('LisbonElevation.tif'), 3035, 500),
      await pairOf('3857 to 4326', raster('cog_cmap.tif'), 4326, 600),
      await pairOf('32621 to 3413', raster('cog_nodata.tif'), 3413, 400),
      await pairOf('32660 to 3857, across the antimeridian', raster('cog_nodata_nan.tif'), 3857, 500),
      await pairOf('4326 to 3857', raster('gpm_1d.20240617.tif'), 3857, 600),
      { name: '3031 to 4326', path: raster('bremen_sea_ice_conc_2022_9_9.tif'), grid: makeGrid({ crs: crsFromEpsg(4326), bbox: [-180, -90, 180, -50], resolution: 0.5 }) },
      { name: '4326 to 3031', path: raster('gpm_1d.20240617.tif'), grid: makeGrid({ crs: crsFromEpsg(3031), bbox: [-4e6, -4e6, 4e6, 4e6], resolution: 25000 }) },
      { name: '32621 to 4326', path: raster('cog_nodata.tif'), grid: makeGrid({ crs: crsFromEpsg(4326), bbox: [-64, 71, -50, 76], resolution: 0.02 }) },
    ];
    const results = await compare(pairs);
    for (const result of results) {
      expect(result.wrong, JSON.stringify(result)).toBe(0);
      expect(result.pixels).toBeGreaterThan(1000);
    }
  }, 120_000);
});

describe('grids', () => {
  const utm = crsFromEpsg(32618);
  test('snap outward to multiples of the resolution', () => {
    const grid = makeGrid({ crs: utm, bbox: [500001, 4400001, 500061, 4400059], resolution: 30 });
    expect(grid.transform).toEqual([30, 0, 499980, 0, -30, 4400070]);
    expect([grid.width, grid.height]).toEqual([3, 3]);
  });
  test('do not grow by floating point noise', () => {
    const grid = makeGrid({ crs: crsFromEpsg(4326), bbox: [0.1 + 0.2, 0, 0.7, 0.1], resolution: 0.1 });
    expect([grid.width, grid.height]).toEqual([4, 1]);
  });
  test('refuse an empty box and a resolution of 0', () => {
    expect(() => makeGrid({ crs: utm, bbox: [5, 0, 5, 10], resolution: 1 })).toThrow(/empty/);
    expect(() => makeGrid({ crs: utm, bbox: [0, 0, 5, 10], resolution: 0 })).toThrow(/positive/);
  });
  test('tiles cover each pixel once', () => {
    const seen = new Uint8Array(1030 * 520);
    for (const { x, y, width, height } of gridTiles({ width: 1030, height: 520 }))
      for (let j = y; j < y + height; j += 1) for (let i = x; i < x + width; i += 1) seen[j * 1030 + i]! += 1;
    expect(seen.every((times) => times === 1)).toBe(true);
  });
});
