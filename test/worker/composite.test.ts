import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pixelsOf, gridOf } from '../../scripts/make-fixtures/rasters.ts';
import { scenes, scl } from '../../scripts/make-fixtures/scenes.ts';
import { crsFromString, transformer } from '../../src-raster/crs.ts';
import {
  artefactHashes,
  checkEnd,
  eventsOf,
  metadataOf,
  readJson,
  runWorker,
  statusOf,
} from '../helpers/worker-process.ts';
import { sceneFolder } from './scenes.ts';
import { writeFiles } from '../helpers/worker-process.ts';

const fixtureApi = '{stac_api: "https://earth-search.aws.element84.com/v1", collection: sentinel-2-l2a}';

interface Statistics {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

function task(analysis: string, grid: string, more = '', inputs = fixtureApi): string {
  return `task_name: c\noutput_dir: /data/outputs/jobs/c\ninputs: ${inputs}\nanalysis: ${analysis}\ngrid: ${grid}\noutputs: {make_quicklook: false}\n${more}\n`;
}

describe('composite', () => {
  it('gives the same bytes whatever memory it may use', async () => {
    const median = '{type: composite, method: median, bands: [red, green, blue, nir]}';
    const grid = '{crs: "EPSG:32613", resolution: 30}';
    const [small, large] = await Promise.all(
      ['256', '4096'].map((mb) => runWorker(task(median, grid, `limits: {memory_mb: ${mb}}`), { args: ['--offline'] })),
    );
    if (small === undefined || large === undefined) throw new Error('two runs were started');
    checkEnd(small, 'succeeded', 0);
    checkEnd(large, 'succeeded', 0);
    expect(artefactHashes(small.out)).toEqual(artefactHashes(large.out));
  });

  it('counts clear observations, as the formulas of the fixtures have them', async () => {
    // The grid of the scenes that are not shifted: every cell is a pixel of theirs.
    const grid = '{crs: "EPSG:32613", resolution: 80, bbox: [469600, 4421760, 487680, 4439360]}';
    const run = await runWorker(
      task('{type: composite, method: count, bands: [red], mask: {band: scl, classes: [3, 8, 9]}}', grid),
      { args: ['--offline'] },
    );
    checkEnd(run, 'succeeded', 0);
    const { items } = metadataOf<{ items: { id: string; used_pixels: number }[] }>(run);
    for (const scene of scenes.filter(({ left }) => left === 469_600)) {
      const { width, height } = gridOf(scene, 'red');
      const classes = pixelsOf(scene, 'scl');
      const red = pixelsOf(scene, 'red');
      let clear = 0;
      for (let i = 0; i < width * height; i += 1) {
        const mask = classes[(Math.floor(i / width) >> 1) * (width / 2) + ((i % width) >> 1)] ?? scl.nodata;
        if (red[i] !== 0 && mask !== scl.nodata && ![3, 8, 9].includes(mask)) clear += 1;
      }
      expect(items.find(({ id }) => id === scene.id)?.used_pixels).toBe(clear);
    }
  });
});

describe('an area of interest', () => {
  it('holds exactly the pixels whose centre is inside', async () => {
    const [scene] = scenes;
    if (scene === undefined) throw new Error('no scenes');
    const triangle = [
      [-105.33, 39.97],
      [-105.2, 39.98],
      [-105.27, 40.08],
      [-105.33, 39.97],
    ] as const;
    const aoi = `{type: Polygon, coordinates: [${JSON.stringify(triangle)}]}`;
    const run = await runWorker(
      `task_name: a\noutput_dir: /data/outputs/jobs/a\ninputs: {raster: ${join(sceneFolder, scene.id, 'red.tif')}, aoi: ${aoi}}\nanalysis: {type: raster_summary}\noutputs: {make_quicklook: false}\n`,
    );
    checkEnd(run, 'succeeded', 0);
    const { forward } = transformer(crsFromString('EPSG:32613'), crsFromString('EPSG:4326'));
    const { width, transform } = gridOf(scene, 'red');
    const inside = (index: number) => {
      const [x, y] = forward(
        transform[2] + ((index % width) + 0.5) * 80,
        transform[5] - (Math.floor(index / width) + 0.5) * 80,
      );
      return triangle.slice(1).every(([x2, y2], i) => {
        const [x1, y1] = triangle[i] ?? [0, 0];
        return (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) > 0;
      });
    };
    const values = Array.from(pixelsOf(scene, 'red')).filter((_, index) => inside(index));
    const [band] = metadataOf<{ rasters: { bands: Statistics[] }[] }>(run).rasters[0]?.bands ?? [];
    expect(values.length).toBeGreaterThan(5_000);
    expect(band).toMatchObject({ count: values.length, min: Math.min(...values), max: Math.max(...values) });
    expect(band?.mean).toBeCloseTo(values.reduce((sum, one) => sum + one, 0) / values.length, 8);
  });
});

/** A disk of a few KiB; skips the test, and says so, where one can't be mounted. */
function smallDisk(kib: number, context: TestContext): string {
  const mount = writeFiles({ '.keep': '' });
  try {
    execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', mount], { stdio: 'ignore' });
  } catch {
    console.warn('skipped: only root can mount a small disk');
    context.skip();
  }
  onTestFinished(() => void execFileSync('/usr/bin/umount', [mount]));
  return mount;
}

describe('a full disk', () => {
  const composite = task(
    '{type: composite, method: median, bands: [red, green, blue, nir]}',
    '{crs: "EPSG:32613", resolution: 40}',
  );

  it.for([600, 300, 160, 60])('of %i KiB ends as storage, with 74 and a final status', async (kib, context) => {
    const out = join(smallDisk(kib, context), 'out');
    const run = await runWorker(composite, { args: ['--offline'], out });
    expect(run.code).toBe(74);
    const status = statusOf(run);
    expect(status).toMatchObject({ state: 'failed', exitCode: 74, error: { code: 'storage' } });
    expect(status.error?.message).toMatch(/disk is full/);
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
    for (const name of readdirSync(out).filter((file) => file.endsWith('.json')))
      expect(() => readJson(join(out, name)), name).not.toThrow();
    expect(() => eventsOf(run)).not.toThrow();
  });

  it('of one page is told on stderr, with 74', async (context) => {
    const run = await runWorker(composite, { args: ['--offline'], out: join(smallDisk(4, context), 'out') });
    expect(run.code).toBe(74);
    expect(JSON.parse(run.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ code: 'storage' });
  });
});
