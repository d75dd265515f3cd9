import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { bboxGeometry } from '../../../src-worker/stac/footprint.ts';
import { scratch } from '../../helpers/temp.ts';
import { runOnRaster } from './support.ts';

const dem = join(scratch(), 'plane.tif');
const [width, height] = [24, 20];

/** A plane that rises 3 m in every cell of 30 m to the east. */
beforeAll(async () => {
  const writer = await CogWriter.open(dem, {
    width,
    height,
    bandCount: 1,
    dtype: 'float32',
    nodata: null,
    crs: crsFromEpsg(32633),
    transform: [30, 0, 510_000, 0, -30, 5_199_990],
    bandUnits: ['m'],
  });
  const pixels = Float32Array.from({ length: width * height }, (_, i) => 3 * (i % width));
  await writer.writeWindow(1, { x: 0, y: 0, width, height }, pixels);
  await writer.finish();
});

const slope = '{type: terrain, products: [slope], slope_unit: percent}';
const grid = (resolution: string, resampling: string) =>
  `grid: {crs: "EPSG:32633", resolution: ${resolution}, resampling: ${resampling}}`;

describe('elevation on the grid of a task', { timeout: 60_000 }, () => {
  it.each([
    ['10', true],
    ['[30, 15]', true],
    ['30', false],
    ['60', false],
  ])(
    'by nearest, of resolution %s in the CRS of the raster: steps are %s, and warned about',
    async (resolution, hasSteps) => {
      const run = await runOnRaster(dem, slope, { more: grid(resolution, 'nearest') });
      expect(run.warnings).toEqual(hasSteps ? [expect.stringContaining('has steps')] : []);
      const smooth = await runOnRaster(dem, slope, { more: grid(resolution, 'bilinear') });
      expect(smooth.warnings).toEqual([]);
      if (resolution !== '10') return;
      // Pixels that are repeated are flat in between.
      expect(run.outcome.maps[0]?.bands[0]?.statistics.min).toBe(0);
      expect(smooth.outcome.maps[0]?.bands[0]?.statistics.mean).toBeCloseTo(10, 0);
      expect(smooth.outcome.maps[0]?.bands[0]?.statistics.max).toBeCloseTo(10, 6);
    },
  );

  it.each(['bilinear', 'cubic', 'average', 'nearest'])(
    'has neighbours beyond the grid where the raster goes on, and none beyond the raster (%s)',
    async (resampling) => {
      const box = ', bbox: [510090, 5199480, 510630, 5199900]}';
      const inner = await runOnRaster(dem, slope, { more: grid('30', resampling).replace('}', box) });
      const { count, min, max } = inner.outcome.maps[0]?.bands[0]?.statistics ?? {};
      expect(count).toBe(18 * 14);
      expect(min).toBeCloseTo(10, 6);
      expect(max).toBeCloseTo(10, 6);
      const whole = await runOnRaster(dem, slope, { more: grid('30', resampling) });
      expect(whole.outcome.maps[0]?.bands[0]?.statistics).toMatchObject({ count: (width - 2) * (height - 2) });
      expect(whole.outcome.maps[0]?.bands[0]?.statistics.max).toBeCloseTo(10, 6);
    },
  );

  it('that lies elsewhere names the area of interest as a cause', async () => {
    const aoi = bboxGeometry([1, 1, 2, 2]);
    await expect(runOnRaster(dem, slope, { more: grid('30', 'bilinear'), aoi })).rejects.toMatchObject({
      message: expect.stringContaining('no pixel on the task’s grid') as string,
      remedy: expect.stringContaining('inputs.aoi') as string,
    });
  });
});
