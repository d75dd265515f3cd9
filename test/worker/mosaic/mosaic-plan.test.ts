import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { gridTiles } from '../../../src-worker/raster/grid.ts';
import { planTask, runTask } from '../../helpers/run-task.ts';
import { scratch } from '../../helpers/temp.ts';
import { buildTiff } from '../raster/fuzz/build-tiff.ts';
import { random } from '../raster/support.ts';

const folder = scratch();

/** Noise of uint8 in 30 m pixels. */
async function make(
  name: string,
  {
    width,
    height,
    bandCount,
    ...more
  }: { width: number; height: number; bandCount: number; blockSize: number } & {
    interleave: 'pixel' | 'band';
  },
): Promise<string> {
  const path = join(folder, `${name}.tif`);
  const writer = await CogWriter.open(path, {
    width,
    height,
    bandCount,
    dtype: 'uint8',
    nodata: null,
    crs: crsFromEpsg(32633),
    transform: [30, 0, 500_000, 0, -30, 5_500_000],
    ...more,
  });
  const next = random(bandCount);
  for (const window of gridTiles({ width, height }, more.blockSize))
    for (let band = 1; band <= bandCount; band += 1)
      await writer.writeWindow(
        band,
        window,
        Uint8Array.from({ length: window.width * window.height }, () => 1 + 200 * next()),
      );
  await writer.finish();
  return path;
}

const task = (raster: string, analysis: string, resolution = 60) => `task_name: m
output_dir: /data/outputs/jobs/m
inputs: {rasters: [${JSON.stringify(raster)}]}
analysis: ${analysis}
outputs: {make_quicklook: false}
grid: {crs: "EPSG:32633", resolution: ${resolution}}
`;

const single = (text: string) => text.replace(/rasters: \[(.*)\]/, 'raster: $1');

describe('the plan of several bands on the grid of a task', { timeout: 60_000 }, () => {
  const analyses = ['{type: mosaic, bands: [3, 1]}', '{type: classify, bands: [3, 1], method: {clusters: 2}}'];

  it.each(analyses)('counts the blocks of each: %s', async (analysis) => {
    for (const interleave of ['pixel', 'band'] as const) {
      const path = await make(interleave, { width: 300, height: 300, bandCount: 3, blockSize: 64, interleave });
      const text = task(path, analysis);
      const run = await runTask(analysis.includes('classify') ? single(text) : text);
      expect(run.read.bytes).toBeGreaterThan(0);
      expect(Math.abs(run.bounds.readBytes / run.read.bytes - 1), interleave).toBeLessThan(0.05);
      expect(Math.abs(run.bounds.requests / run.read.requests - 1), interleave).toBeLessThan(0.1);
      expect(Math.abs((run.bounds.pixels ?? 0) / run.pixels - 1), interleave).toBeLessThan(0.1);
    }
  });

  it('counts a raster once whose blocks are too many to look at', async () => {
    const rows = 33_000;
    const path = join(folder, 'many.tif');
    const tiff = buildTiff([
      [256, 4, [4]],
      [257, 4, [rows]],
      [258, 3, [8, 8]],
      [277, 3, [2]],
      [338, 3, [0]],
      [273, 4, Array.from({ length: rows }, () => 8)],
      [279, 4, Array.from({ length: rows }, () => 8)],
      [33550, 12, [30, 30, 0]],
      // The centre of a cell of 3 km lies in it.
      [33922, 12, [0, 0, 0, 499_440, 5_500_000, 0]],
      [34735, 3, [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32_633]],
    ]);
    writeFileSync(path, tiff);
    const plans = [
      await planTask(task(path, '{type: mosaic}', 3_000)),
      await planTask(single(task(path, '{type: classify, method: {breaks: [5]}, bands: [2]}', 3_000))),
      await planTask(single(task(path, '{type: terrain, products: [slope]}', 3_000))),
    ];
    for (const { bounds } of plans) {
      expect(bounds.readBytes).toBeGreaterThan(0.9 * tiff.length);
      expect(bounds.readBytes).toBeLessThanOrEqual(tiff.length);
    }
    const clusters = await planTask(single(task(path, '{type: classify, method: {clusters: 2}}', 3_000)));
    // Two passes, of which the second may find blocks in the cache.
    expect(clusters.bounds.readBytes).toBeLessThanOrEqual(2 * tiff.length);
  });
});
