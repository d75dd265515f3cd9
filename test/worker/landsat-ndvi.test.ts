import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOracle, python } from '../helpers/python.ts';
import { checkReads } from '../helpers/planned-reads.ts';
import type { StacServer } from '../helpers/stac-server.ts';
import { startStacServer } from '../helpers/stac-server.ts';
import { tempFolder } from '../helpers/temp.ts';
import {
  checkEnd,
  hasSharedData,
  metadataOf,
  readJson,
  root,
  runWorker,
  sharedData,
} from '../helpers/worker-process.ts';

interface Statistics {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}
interface IndexMetadata {
  readonly items: readonly { readonly id: string; readonly valid: Statistics; readonly clear: Statistics }[];
}

const landsat = join(sharedData, 'landsat-ny-2018');

describe.skipIf(!hasSharedData())('Landsat over New York, served by a STAC API', () => {
  let api: StacServer;
  beforeAll(async () => {
    api = await startStacServer(landsat, { pageSize: 7 });
  });
  afterAll(() => api.close());

  const task = (name: string) =>
    readFileSync(join(root, `examples/spatiotemporal/tasks/${name}.yaml`), 'utf8').replace(
      'http://127.0.0.1:8117',
      api.url,
    );

  it('gives the reference NDVI of all 19 scenes, valid and clear', async () => {
    const run = await runWorker(task('landsat_ny_2018_ndvi').replace('make_quicklook: true', 'make_quicklook: false'));
    const { status } = checkEnd(run, 'succeeded', 0);
    expect(status.validity).toEqual(['computed']);
    checkReads(run);
    const reference = readJson<Record<string, Record<'ndvi_valid' | 'ndvi_clear', Statistics>>>(
      join(landsat, 'reference-ndvi.json'),
    );
    const { items } = metadataOf<IndexMetadata>(run);
    expect(items.map(({ id }) => id).sort()).toEqual(Object.keys(reference).sort());
    for (const item of items) {
      expectEqual(item.valid, reference[item.id]?.ndvi_valid);
      expectEqual(item.clear, reference[item.id]?.ndvi_clear);
    }
    expect(api.searches.length).toBeGreaterThanOrEqual(3);
  });

  it('draws what lies outside a scene as neutral ground, not as a dark value', async () => {
    const run = await runWorker(
      `task_name: preview
output_dir: /data/outputs/jobs/preview
inputs: {stac_api: "${api.url}", collection: landsat-ny-2018, max_items: 2}
analysis: {type: stac_preview, bands: [red, nir08]}
outputs: {}
`,
    );
    checkEnd(run, 'succeeded', 0);
    const pictures = readdirSync(join(run.out, 'figures')).filter((name) => name.startsWith('LC08'));
    expect(pictures).toHaveLength(2);
    for (const picture of pictures) {
      const { data, width, height, channels } = decode(readFileSync(join(run.out, 'figures', picture)));
      let neutral = 0;
      for (let at = 0; at < data.length; at += channels)
        if (data[at] === 0xee && data[at + 1] === 0xf1 && data[at + 2] === 0xf4) neutral += 1;
      // A tilted scene leaves about a third of its picture empty; hatching covers a sixth of that.
      expect(neutral / (width * height)).toBeGreaterThan(0.12);
    }
  });

  it('reads for the composite what its plan says', { timeout: 180_000 }, async () => {
    const run = await runWorker(task('landsat_ny_2018_composite'));
    checkEnd(run, 'succeeded', 0);
    checkReads(run);
  });

  it.skipIf(!hasOracle)('gives the median composite of rasterio and numpy', { timeout: 180_000 }, async () => {
    const run = await runWorker(task('landsat_ny_2018_composite'));
    checkEnd(run, 'succeeded', 0);
    const { items } = metadataOf<IndexMetadata>(run);
    const paths = items.flatMap(({ id }) => ['nir08', 'red', 'qa'].map((band) => join(landsat, id, `${band}.tif`)));
    const oracle = join(tempFolder(), 'oracle.npy');
    const grid = ['EPSG:32618', '3000', '399000', '4350000', '762000', '4740000'];
    execFileSync(python, [join(import.meta.dirname, 'oracle/composite.py'), oracle, ...grid, ...paths]);
    const map = join(run.out, 'maps/median_ndvi.tif');
    const found = JSON.parse(
      execFileSync(python, [join(import.meta.dirname, 'oracle/compare.py'), map, oracle], { encoding: 'utf8' }),
    ) as Record<string, unknown>;
    expect(found).toMatchObject({
      same_shape: true,
      validity_differs: 0,
      crs: 'EPSG:32618',
      transform: [3000, 0, 399000, 0, -3000, 4740000],
    });
    expect(found['valid']).toBeGreaterThan(5_000);
    // The COG stores float32: half a unit in the last place of values below 1.
    expect(found['worst']).toBeLessThanOrEqual(2 ** -24);
  });
});

/** Counts exactly, statistics to 1e-6 relative. */
function expectEqual(found: Statistics, reference: Statistics | undefined): void {
  expect(found.count).toBe(reference?.count);
  for (const key of ['min', 'max', 'mean', 'std'] as const)
    expect(Math.abs(found[key] - (reference?.[key] ?? Number.NaN))).toBeLessThanOrEqual(
      1e-6 * Math.abs(reference?.[key] ?? 0),
    );
}
