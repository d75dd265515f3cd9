import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import type { Affine } from '../../../src-raster/types.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { bboxGeometry } from '../../../src-worker/stac/footprint.ts';
import { runTask, table } from '../../helpers/run-task.ts';
import { scratch } from '../../helpers/temp.ts';
import { context } from '../raster/support.ts';

const folder = scratch();

/** A raster of 10 rows whose pixels are all `value`. */
async function make(name: string, epsg: number, transform: Affine, width: number, value: number): Promise<string> {
  const path = join(folder, `${name}.tif`);
  const height = 10;
  const writer = await CogWriter.open(path, {
    width,
    height,
    bandCount: 1,
    dtype: 'int16',
    nodata: 0,
    crs: crsFromEpsg(epsg),
    transform,
  });
  await writer.writeWindow(1, { x: 0, y: 0, width, height }, new Int16Array(width * height).fill(value));
  await writer.finish();
  return path;
}

/** Runs a mosaic; with the first row of its map. */
async function mosaic(rasters: readonly string[], more = '', aoi: readonly number[] | null = null) {
  const [west = 0, south = 0, east = 0, north = 0] = aoi ?? [];
  const area = aoi === null ? {} : { aoi: bboxGeometry([west, south, east, north]) };
  const run = await runTask(`task_name: m
output_dir: /data/outputs/jobs/m
inputs: ${JSON.stringify({ rasters, ...area })}
analysis: {type: mosaic}
outputs: {make_quicklook: false}
${more}
`);
  const source = await openRaster(join(run.out, 'maps/mosaic.tif'), context());
  const { width, height, transform, dtype } = source.info;
  const row = [...(await source.read(1, { x: 0, y: 0, width, height: 1 }, context()))];
  await source.close();
  const { grid } = run.outcome.metadata as unknown as { grid: { origin: string } };
  const used = table(run, 'rasters').map((one) => Number(one['used [pixels]']));
  return { width, height, west: transform?.[2] ?? NaN, dtype, row, used, origin: grid.origin, warnings: run.warnings };
}

const times = (count: number, value: number): number[] => new Array<number>(count).fill(value);

describe('a mosaic across the antimeridian', { timeout: 60_000 }, () => {
  it('of tiles in degrees on both sides is narrow, and keeps their grid', async () => {
    const east = await make('east', 4326, [0.1, 0, 179, 0, -0.1, 5], 10, 1);
    const west = await make('west', 4326, [0.1, 0, -180, 0, -0.1, 5], 10, 2);
    for (const order of [
      [east, west],
      [west, east],
    ]) {
      const made = await mosaic(order);
      expect(made).toMatchObject({ width: 20, height: 10, dtype: 'int16', warnings: [] });
      expect(made.west).toBeCloseTo(179, 9);
      expect(made.row).toEqual([...times(10, 1), ...times(10, 2)]);
      expect(made.used).toEqual([100, 100]);
      expect(made.origin).toBe('the one grid of the rasters, over all rasters');
    }
    const cut = await mosaic([west, east], '', [179.5, 4, -179.5, 5]);
    expect(cut).toMatchObject({ width: 10, height: 10, row: [...times(5, 1), ...times(5, 2)] });
    expect(cut.origin).toBe('the one grid of the rasters, over the area of interest');
  });

  it('is resampled where a turn is no whole number of pixels', async () => {
    // 505 pixels lie between the two, but a turn has 514 and a part: a turn away their edges do not meet.
    const west = await make('odd-west', 4326, [0.7, 0, -180, 0, -0.7, 7], 10, 2);
    const east = await make('odd-east', 4326, [0.7, 0, 173.5, 0, -0.7, 7], 10, 1);
    const made = await mosaic([west, east]);
    expect(made.origin).toMatch(/^the most common CRS and the finest resolution of the rasters/);
    expect(made.width).toBeLessThan(22);
    expect(Math.min(...made.used)).toBeGreaterThan(80);
  });

  it('of tiles in metres on a grid of degrees holds those of both sides', async () => {
    // 178.9 to 179.4 E, and 179.6 to 179.1 W; the third crosses 180 degrees.
    const zone60 = await make('zone60', 32660, [5_000, 0, 710_000, 0, -5_000, 1_000_000], 10, 1);
    const zone1 = await make('zone1', 32601, [5_000, 0, 214_000, 0, -5_000, 1_000_000], 10, 2);
    const between = await make('between', 32660, [5_000, 0, 800_000, 0, -5_000, 1_000_000], 10, 3);
    const made = await mosaic([zone60, zone1, between], 'grid: {crs: "EPSG:4326", resolution: 0.05}');
    expect(made.warnings).toEqual([]);
    expect(made.width).toBeLessThan(50);
    // 50 km are 0.45 degrees, so that some 9 x 9 cells have a value of each.
    expect(made.used.map((count) => count > 70)).toEqual([true, true, true]);
  });
});
