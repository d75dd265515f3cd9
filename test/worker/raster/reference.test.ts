import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { affineBounds } from '../../../src-raster/affine.ts';
import { boundsTo, wgs84 } from '../../../src-raster/crs.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { RunningStats, bandStatistics } from '../../../src-worker/raster/stats.ts';
import { context, hasSharedData, sharedData } from './support.ts';
import type { OracleStats } from './support.ts';

const folder = join(sharedData, 'rasters');
interface Reference {
  readonly size: readonly number[];
  readonly bands: number;
  readonly dtype: string;
  readonly epsg: number | null;
  readonly nodata: number | 'nan' | null;
  readonly transform: readonly number[];
  readonly bounds_wgs84: readonly number[];
  readonly overviews: readonly number[];
  readonly tiled: boolean;
  readonly compression: string | null;
  readonly stats: readonly OracleStats[];
}

const reference: Record<string, Reference> = hasSharedData
  ? (JSON.parse(readFileSync(join(folder, 'reference-gdal.json'), 'utf8')) as Record<string, Reference>)
  : {};

describe.skipIf(!hasSharedData)('the shared rasters read as GDAL reads them', () => {
  test.each(Object.keys(reference))('%s', async (name) => {
    const expected = reference[name]!;
    const ctx = context();
    const source = await openRaster(join(folder, name), ctx);
    const { info } = source;
    expect([info.width, info.height]).toEqual(expected.size);
    expect(info.bandCount).toBe(expected.bands);
    expect(info.dtype).toBe(expected.dtype);
    expect(info.crs?.code ?? null).toBe(expected.epsg === null ? null : `EPSG:${expected.epsg}`);
    expect(info.nodata).toBe(expected.nodata === 'nan' ? NaN : expected.nodata);
    expect(info.transform).toEqual(expected.transform);
    expect(info.overviews.map((level) => Math.round(info.width / level.width))).toEqual(expected.overviews);
    expect(info.tiled).toBe(expected.tiled);
    expect(info.compression).toBe(expected.compression ?? 'NONE');
    const bounds = boundsTo(info.crs!, affineBounds(info.transform!, info.width, info.height), wgs84);
    for (const [i, value] of bounds.entries()) expect(value).toBeCloseTo(expected.bounds_wgs84[i]!, 9);
    for (const [index, band] of expected.stats.entries()) {
      const steps: number[] = [];
      const stats = await bandStatistics(source, index + 1, ctx, (done) => steps.push(done));
      expect(stats.count).toBe(band.count);
      expect(stats.min).toBe(band.min);
      expect(stats.max).toBe(band.max);
      expect(Math.abs(stats.mean! / band.mean - 1)).toBeLessThan(1e-12);
      expect(Math.abs(stats.std! / band.std - 1)).toBeLessThan(1e-12);
      expect(steps.at(-1)).toBe(1);
    }
    await source.close();
  });

  test('NDVI of the 19 Landsat scenes', async () => {
    const root = join(sharedData, 'landsat-ny-2018');
    const scenes = JSON.parse(readFileSync(join(root, 'reference-ndvi.json'), 'utf8')) as Record<
      string,
      { ndvi_valid: OracleStats; ndvi_clear: OracleStats }
    >;
    const ids = Object.keys(scenes).filter((id) => id.startsWith('LC08'));
    expect(ids.length).toBe(19);
    for (const id of ids) {
      const item = JSON.parse(readFileSync(join(root, id, 'item.json'), 'utf8')) as {
        assets: Record<string, { href: string }>;
      };
      const ctx = context();
      const read = async (asset: string): Promise<ArrayLike<number>> => {
        const source = await openRaster(join(root, id, item.assets[asset]!.href), ctx);
        const { width, height } = source.info;
        const data = await source.read(1, { x: 0, y: 0, width, height }, ctx);
        await source.close();
        return data;
      };
      const [red, nir, qa] = [await read('red'), await read('nir08'), await read('qa')];
      const [valid, clear] = [new RunningStats(), new RunningStats()];
      const ndvi = Float64Array.from(red, (r, i) => (nir[i]! - r) / (nir[i]! + r));
      const isValid = Uint8Array.from(red, (r, i) => (r !== 0 && nir[i] !== 0 ? 1 : 0));
      valid.add(ndvi, isValid);
      clear.add(
        ndvi,
        isValid.map((ok, i) => (ok === 1 && (qa[i]! & 0b10001) === 0 ? 1 : 0)),
      );
      for (const [stats, expected] of [
        [valid.result(), scenes[id]!.ndvi_valid],
        [clear.result(), scenes[id]!.ndvi_clear],
      ] as const) {
        expect(stats.count).toBe(expected.count);
        for (const key of ['mean', 'min', 'max', 'std'] as const)
          if (expected.count > 0) expect(Math.abs(stats[key]! - expected[key])).toBeLessThan(1e-12);
      }
    }
  });
});
