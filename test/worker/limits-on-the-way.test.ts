import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CogWriter } from '../../src-worker/raster/cog/cog-writer.ts';
import { crsFromEpsg } from '../../src-raster/crs.ts';
import type { WorkerPlan } from '../../src-shared/worker-protocol.ts';
import type { WorkerRun } from '../helpers/worker-process.ts';
import { checkEnd, eventsOf, runWorker, writeFiles } from '../helpers/worker-process.ts';
import { random } from './raster/support.ts';
import { copyScenes, ofItems } from './scenes.ts';

async function planOf(task: string): Promise<WorkerPlan> {
  const run = await runWorker(task, { args: ['--plan'] });
  expect(run.code).toBe(0);
  return JSON.parse(run.stdout) as WorkerPlan;
}

/** What must hold of a run that met a limit after it had begun to write a map. */
function checkStopped(run: WorkerRun, limit: string, allowed: number): void {
  const { status, logs } = checkEnd(run, 'failed', 78);
  expect(status.validity).toEqual([]);
  const asked = Number(/ (\d+) (bytes|source pixels); /.exec(status.error?.message ?? '')?.[1]);
  expect(asked).toBeGreaterThan(allowed);
  expect(status.error).toMatchObject({
    code: 'over_limit',
    retryable: false,
    details: { limit, asked, allowed },
    remedy: expect.stringContaining(`limits.${limit}`) as string,
  });
  expect(status.error?.message).toContain(`limits.${limit} allows ${allowed}`);
  expect(status.error?.message).not.toContain('not started');
  // The plan was within the limit: it was met while pixels were read.
  expect(logs).toMatch(/Plan: /);
  expect(logs).toContain('Failed: ');
  expect(eventsOf(run).at(-1)).toMatchObject({ type: 'state', state: 'failed' });
  expect(readdirSync(join(run.out, 'maps'))).toEqual([]);
  expect(readFileSync(join(run.out, 'report.html'), 'utf8')).toContain(`limits.${limit} allows ${allowed}`);
}

/** A scene whose upper half is one value and whose lower half is noise: its bytes lie where an area can be. */
async function halfNoise(): Promise<{ item: string; lower: number[][] }> {
  const folder = writeFiles({});
  const [width, height, cell] = [2048, 1024, 0.001];
  const transform = [cell, 0, 10, 0, -cell, 50] as const;
  for (const [seed, name] of ['red', 'nir'].entries()) {
    const next = random(seed + 1);
    const pixels = Uint16Array.from({ length: width * height }, (_, i) =>
      i < (width * height) / 2 ? 500 : 1 + next() * 60_000,
    );
    const writer = await CogWriter.open(join(folder, `${name}.tif`), {
      width,
      height,
      bandCount: 1,
      dtype: 'uint16',
      nodata: 0,
      crs: crsFromEpsg(4326),
      transform,
      resampling: 'nearest',
    });
    for (const y of [0, 512])
      for (const x of [0, 512, 1024, 1536]) {
        const tile = new Uint16Array(512 * 512);
        for (let row = 0; row < 512; row += 1)
          tile.set(pixels.subarray((y + row) * width + x, (y + row) * width + x + 512), row * 512);
        await writer.writeWindow(1, { x, y, width: 512, height: 512 }, tile);
      }
    await writer.finish();
  }
  // A little below the middle, so that no block of the upper half is counted in.
  const [west, east, middle, south] = [10, 10 + width * cell, 50 - 520 * cell, 50 - height * cell];
  const ring = (north: number) => [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  const item = join(folder, 'item.json');
  mkdirSync(folder, { recursive: true });
  const document = {
    type: 'Feature',
    stac_version: '1.1.0',
    id: 'half-noise',
    bbox: [west, south, east, 50],
    geometry: { type: 'Polygon', coordinates: [ring(50)] },
    properties: { datetime: '2023-06-01T00:00:00Z' },
    links: [],
    assets: { red: { href: './red.tif' }, nir: { href: './nir.tif' } },
  };
  writeFileSync(item, JSON.stringify(document));
  return { item, lower: ring(middle) };
}

describe('a limit that is met while a map is written', () => {
  it('max_read_bytes: the area holds more bytes than its share of the file', async () => {
    const { item, lower } = await halfNoise();
    const aoi = JSON.stringify({ type: 'Polygon', coordinates: [lower] });
    const task = (more: string) => `task_name: bytes on the way
output_dir: /data/outputs/jobs/bytes
inputs: {items: [${JSON.stringify(item)}], aoi: ${aoi}}
analysis: {type: band_index, index: ndvi}
outputs: {make_quicklook: false}
${more}
`;
    const { readBytes } = await planOf(task(''));
    const run = await runWorker(task(`limits: {max_read_bytes: ${readBytes}}`));
    checkStopped(run, 'max_read_bytes', readBytes);
    checkEnd(await runWorker(task(`limits: {max_read_bytes: ${readBytes * 3}}`)), 'succeeded', 0);
  });

  it('max_pixels: the blocks of a grid in another CRS overlap in the scene', async () => {
    const task = (more: string) => `task_name: pixels on the way
output_dir: /data/outputs/jobs/pixels
inputs: ${ofItems(copyScenes(1).items)}
analysis: {type: band_index, index: ndvi}
grid: {crs: "EPSG:4326", resolution: 0.0001}
outputs: {make_quicklook: false}
${more}
`;
    const { pixels } = await planOf(task(''));
    checkStopped(await runWorker(task(`limits: {max_pixels: ${pixels}}`)), 'max_pixels', pixels);
  });
});
