import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { affineBounds, invertAffine } from '../../../src-raster/affine.ts';
import { boundsTo, crsFromEpsg, transformer } from '../../../src-raster/crs.ts';
import { gridTiles, makeGrid } from '../../../src-worker/raster/grid.ts';
import type { Grid } from '../../../src-worker/raster/grid.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { readOntoGrid } from '../../../src-worker/raster/resample.ts';
import type { RasterInfo } from '../../../src-raster/types.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { askOracle, context, hasSharedData, sharedData } from './support.ts';

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
        if (Number.isNaN(part.data[i]!) !== (part.valid[i] === 0)) expect.fail('data and valid disagree');
        data[(window.y + y) * pair.grid.width + window.x + x] = part.data[i]!;
      }
  }
  await source.close();
  return { data, info: source.info };
}

interface Comparison {
  readonly name: string;
  readonly valid: number;
  /** Pixels that differ from the exact transform although their source coordinate is no tie, and those where it is. */
  readonly wrong: number;
  readonly ties: number;
  /** Pixels that differ from rasterio.warp.reproject by more than its own error bound, and all that differ. */
  readonly beyondBound: number;
  readonly approximate: number;
}

async function compare(pairs: readonly Pair[]): Promise<Comparison[]> {
  const raws = pairs.map((_, i) => join(folder, `warp-${i}.raw`));
  await askOracle(
    pairs.map(({ path, grid }, i) => [
      'warp',
      { path, width: grid.width, height: grid.height, transform: grid.transform, crs: grid.crs.code, raw: raws[i] },
    ]),
  );
  const results: Comparison[] = [];
  for (const [index, pair] of pairs.entries()) {
    const { data, info } = await readAll(pair);
    const bytes = Uint8Array.from(readFileSync(raws[index]!));
    const exact = new Float64Array(bytes.buffer, 0, data.length);
    const reprojected = new Float64Array(bytes.buffer, data.byteLength, data.length);
    const convert = transformer(pair.grid.crs, info.crs!);
    const [i0, i1, i2, j0, j1, j2] = invertAffine(info.transform!);
    const [a, , c, , e, f] = pair.grid.transform;
    const { width } = pair.grid;
    /** Distance of the source coordinate from the nearest pixel edge, in source pixels. */
    const edge = (i: number): number => {
      const [x, y] = convert.forward(c + a * ((i % width) + 0.5), f + e * (Math.floor(i / width) + 0.5));
      return Math.min(...[i0 + x * i1 + y * i2, j0 + x * j1 + y * j2].map((v) => Math.abs(v - Math.round(v))));
    };
    const differ = (other: Float64Array): number[] => [...data.keys()].filter((i) => !Object.is(data[i], other[i]));
    const unequal = differ(exact);
    const wrong = unequal.filter((i) => !(edge(i) < tie)).length;
    const approximate = differ(reprojected);
    results.push({
      name: pair.name,
      valid: data.filter((value) => !Number.isNaN(value)).length,
      wrong,
      ties: unequal.length - wrong,
      beyondBound: approximate.filter((i) => !(edge(i) < 0.126)).length,
      approximate: approximate.length,
    });
  }
  if (process.env['SHOW_RESAMPLING'] !== undefined) console.table(results);
  return results;
}

async function pairOf(name: string, path: string, epsg: number, cells: number): Promise<Pair> {
  const source = await openRaster(path, context());
  const { crs, transform, width, height } = source.info;
  await source.close();
  const target = crsFromEpsg(epsg);
  const [west, south, right, north] = boundsTo(crs!, affineBounds(transform!, width, height), target);
  const east = west > right ? right + 360 : right;
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
      const item = JSON.parse(readFileSync(join(root, scene, 'item.json'), 'utf8')) as {
        assets: { red: { href: string } };
      };
      return grids.map((grid) => ({ name: scene, path: join(root, scene, item.assets.red.href), grid }));
    });
    for (const result of await compare(pairs)) {
      expect(result.wrong, JSON.stringify(result)).toBe(0);
      expect(result.beyondBound, JSON.stringify(result)).toBe(0);
      expect(result.ties, JSON.stringify(result)).toBeLessThanOrEqual(result.valid * 0.001);
    }
  });

  test('between CRSs', async () => {
    const pairs = [
      await pairOf('4326 to 32629', raster('LisbonElevation.tif'), 32629, 700),
      await pairOf('4326 to 3035', raster('LisbonElevation.tif'), 3035, 500),
      await pairOf('3857 to 4326', raster('cog_cmap.tif'), 4326, 600),
      await pairOf('32621 to 3413', raster('cog_nodata.tif'), 3413, 400),
      await pairOf('32660 to 32601, across the antimeridian', raster('cog_dateline.tif'), 32601, 500),
      await pairOf('32610 to 3857', raster('cog_nodata_nan.tif'), 3857, 500),
      await pairOf('4326 to 3857', raster('gpm_1d.20240617.tif'), 3857, 600),
      {
        name: '3031 to 4326',
        path: raster('bremen_sea_ice_conc_2022_9_9.tif'),
        grid: makeGrid({ crs: crsFromEpsg(4326), bbox: [-180, -90, 180, -50], resolution: 0.5 }),
      },
      await pairOf('4326 to 6933', raster('gpm_1d.20240617.tif'), 6933, 400),
      {
        name: '32621 to 4326',
        path: raster('cog_nodata.tif'),
        grid: makeGrid({ crs: crsFromEpsg(4326), bbox: [-64, 71, -50, 76], resolution: 0.02 }),
      },
    ];
    const results = await compare(pairs);
    for (const result of results) {
      expect(result.wrong, JSON.stringify(result)).toBe(0);
      expect(result.valid).toBeGreaterThan(1000);
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
