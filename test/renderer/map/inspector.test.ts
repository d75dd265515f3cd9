import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placementOf } from '../../../src-renderer/map/geo/placement.ts';
import { pixelPlace, storedText } from '../../../src-renderer/map/inspect/reading.ts';
import type { RangeServer } from '../../helpers/range-server.ts';
import { startRangeServer } from '../../helpers/range-server.ts';
import { askOracle, hasOracle, hasSharedData, random, sharedData } from '../../worker/raster/support.ts';
import { never, windowReader } from './support.ts';

const names = [
  'LisbonElevation.tif',
  'bremen_sea_ice_conc_2022_9_9.tif',
  'cog_cmap.tif',
  'cog_dateline.tif',
  'cog_nodata.tif',
  'cog_nodata_nan.tif',
  'cog_scale.tif',
  'gpm_1d.20240617.tif',
  'wind_direction.tif',
];

describe.skipIf(!hasSharedData || !hasOracle)('the inspector equals rasterio', () => {
  let server: RangeServer;
  beforeAll(async () => {
    server = await startRangeServer(join(sharedData, 'rasters'));
  });
  afterAll(() => server.close());

  it.each(names)('%s at 20 points', async (name) => {
    const reader = windowReader();
    const { raster, info } = await reader.open({ name, url: `${server.url}/${name}`, beside: {} }, never);
    const draw = random(20);
    const pixels = Array.from({ length: 20 }, () => [
      Math.floor(draw() * info.width),
      Math.floor(draw() * info.height),
    ]);
    const [expected] = await askOracle<[string, boolean][][]>([
      ['pixels', { path: join(sharedData, 'rasters', name), pixels }],
    ]);
    const placement = placementOf(info);
    for (const [i, [column = 0, row = 0]] of pixels.entries()) {
      // The pixel's middle goes to the map and comes back as that pixel, with the file's own coordinates.
      const [x, y] = placement.forward(column + 0.5, row + 0.5);
      const place = Number.isNaN(x) ? null : pixelPlace(placement, info, x, y);
      expect(place, `pixel ${column}, ${row}`).toMatchObject({ column, row });
      const sample = await reader.sample({ raster, column, row, maxBytes: Infinity }, never);
      expect(sample?.level).toBe(0);
      const found = sample!.bands.map(({ stored, valid }) => [stored, valid]);
      // rasterio has no mask for NaN without nodata; here NaN is never valid (validity.ts).
      expect(found).toEqual(
        expected![i]!.map(([value, valid]) => [Number(value), valid && !Number.isNaN(Number(value))]),
      );
      for (const { stored } of sample!.bands) {
        const text = Number(storedText(stored, info.dtype));
        expect(info.dtype === 'float32' ? Math.fround(text) : text).toEqual(stored);
      }
    }
  });
});
