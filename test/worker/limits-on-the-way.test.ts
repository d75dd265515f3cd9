import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gridTiles } from '../../src-worker/raster/grid.ts';
import { CogWriter } from '../../src-worker/raster/cog/cog-writer.ts';
import { crsFromEpsg } from '../../src-raster/crs.ts';
import type { WorkerPlan } from '../../src-shared/worker-protocol.ts';
import type { WorkerRun } from '../helpers/worker-process.ts';
import { checkEnd, eventsOf, runWorker, writeFiles } from '../helpers/worker-process.ts';
import { random } from './raster/support.ts';

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

/**
 * Five scenes that together do not fit the block cache. The last block of the last one is damaged, which shows only when it is
 * decoded: the composite is then begun anew, which no plan knows.
 */
async function damagedAtTheEnd(): Promise<string> {
  const folder = writeFiles({});
  const [width, height, cell] = [2048, 1024, 0.001];
  const next = random(1);
  const whole = join(folder, 'whole.tif');
  const writer = await CogWriter.open(whole, {
    width,
    height,
    bandCount: 1,
    dtype: 'float64',
    nodata: -1,
    crs: crsFromEpsg(4326),
    transform: [cell, 0, 10, 0, -cell, 50],
    resampling: 'nearest',
  });
  for (const window of gridTiles({ width, height })) {
    const tile = Float64Array.from({ length: window.width * window.height }, () => Math.floor(next() * 60_000));
    await writer.writeWindow(1, window, tile);
  }
  await writer.finish();
  const bytes = readFileSync(whole);
  bytes.fill(0, bytes.length - 20_000, bytes.length - 10_000);
  writeFileSync(join(folder, 'damaged.tif'), bytes);
  const items = [1, 2, 3, 4, 5].map((day) => {
    const path = join(folder, `${day}.json`);
    // A file of its own: blocks are cached by file.
    if (day < 5) copyFileSync(whole, join(folder, `${day}.tif`));
    const document = {
      type: 'Feature',
      stac_version: '1.1.0',
      id: `scene-${day}`,
      bbox: [10, 50 - height * cell, 10 + width * cell, 50],
      geometry: null,
      properties: { datetime: `2023-06-0${day}T00:00:00Z` },
      links: [],
      assets: { red: { href: day < 5 ? `./${day}.tif` : './damaged.tif' } },
    };
    writeFileSync(path, JSON.stringify(document));
    return path;
  });
  return `inputs: {items: ${JSON.stringify(items)}}`;
}

describe('a limit that is met while a map is written, because a scene fails and the map is begun anew', () => {
  it.each([
    ['max_read_bytes', 'readBytes'],
    ['max_pixels', 'pixels'],
  ] as const)('%s', { timeout: 180_000 }, async (limit, planned) => {
    const inputs = await damagedAtTheEnd();
    const task = (more: string) => `task_name: on the way
output_dir: /data/outputs/jobs/on_the_way
${inputs}
analysis: {type: composite, method: max, bands: [red]}
outputs: {make_quicklook: false}
${more}
`;
    const { [planned]: allowed } = await planOf(task(''));
    checkStopped(await runWorker(task(`limits: {${limit}: ${allowed}}`)), limit, allowed);
    checkEnd(await runWorker(task(`limits: {${limit}: ${allowed * 3}}`)), 'succeeded', 0);
  });
});
