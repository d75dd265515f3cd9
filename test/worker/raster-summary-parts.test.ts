import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crsFromEpsg } from '../../src-raster/crs.ts';
import { CogWriter } from '../../src-worker/raster/cog/cog-writer.ts';
import { runTask, table } from '../helpers/run-task.ts';
import { scratch } from '../helpers/temp.ts';

const folder = scratch();
const side = 20;

/** 10..12 E, 48..50 N; values are the column plus the band. */
async function make(name: string, bandCount: number): Promise<string> {
  const path = join(folder, `${name}.tif`);
  const writer = await CogWriter.open(path, {
    width: side,
    height: side,
    bandCount,
    dtype: 'uint8',
    nodata: null,
    crs: crsFromEpsg(4326),
    transform: [0.1, 0, 10, 0, -0.1, 50],
  });
  for (let band = 1; band <= bandCount; band += 1) {
    const pixels = Uint8Array.from({ length: side * side }, (_, i) => (i % side) + band);
    await writer.writeWindow(band, { x: 0, y: 0, width: side, height: side }, pixels);
  }
  await writer.finish();
  return path;
}

const task = (inputs: object, bands = '') => `task_name: s
output_dir: /data/outputs/jobs/s
inputs: ${JSON.stringify(inputs)}
analysis: {type: raster_summary${bands}}
outputs: {make_quicklook: false}
`;

describe('raster_summary', { timeout: 60_000 }, () => {
  it('of an area says that the histogram is of the box around it, and the mean of the area', async () => {
    const raster = await make('area', 1);
    // The triangle under the diagonal of a box of 10 by 10 pixels.
    const aoi = { type: 'Polygon', coordinates: [[[10, 49], [11, 49], [11, 50], [10, 49]]] }; // prettier-ignore
    const part = await runTask(task({ raster, aoi }));
    const svg = readFileSync(join(part.out, 'figures/area_band1_histogram.svg'), 'utf8');
    expect(svg).toMatch(/100 valid pixels of full resolution, in the box around the area of interest/);
    expect(svg).toMatch(/mean inside the area/);
    expect(Number(table(part, 'bands')[0]?.['count [pixels]'])).toBeLessThan(60);

    const whole = await runTask(task({ raster }));
    const all = readFileSync(join(whole.out, 'figures/area_band1_histogram.svg'), 'utf8');
    expect(all).toMatch(/400 valid pixels of full resolution</);
    expect(all).toMatch(/mean of all pixels/);
  });

  it('leaves out a raster that lacks a band, before anything is read, and is refused without another', async () => {
    const [one, two] = [await make('one', 1), await make('two', 2)];
    const run = await runTask(task({ rasters: [one, two] }, ', bands: [2]'));
    expect(run.outcome.validity).toEqual(['partial']);
    expect(run.warnings).toEqual([expect.stringMatching(/one\.tif was left out: .*has 1 band, so there is no band 2/)]);
    await expect(runTask(task({ raster: one }, ', bands: [2]'))).rejects.toThrow(/has 1 band, so there is no band 2/);
  });
});
