import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  artefactHashes,
  checkEnd,
  eventsOf,
  fixtures,
  metadataOf,
  readJson,
  root,
  runWorker,
} from '../helpers/worker-process.ts';

const tasks = join(root, 'examples/spatiotemporal/tasks');
const example = (name: string) => join(tasks, `${name}.yaml`);
const mark = 'OFFLINE FIXTURE - SYNTHETIC SCENES, NOT A MEASUREMENT';

interface Statistics {
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

describe('offline, on the fixture catalogue', () => {
  it("runs the seed's example on real pixels of the fixture scenes", async () => {
    const run = await runWorker(example('example_stac_preview'), { env: { SCIENCECLAW_WORKER_OFFLINE: '1' } });
    const { status, result } = checkEnd(run, 'succeeded', 0);
    expect(status.validity).toEqual(['offline_fixture']);
    expect(readFileSync(join(run.out, 'task.yaml'))).toEqual(readFileSync(example('example_stac_preview')));
    const truth = readJson<Record<string, { assets: Record<string, Statistics> }>>(join(fixtures, 'truth.json'));
    const { items } = metadataOf<{
      items: { id: string; previews: ({ band: string; window: number[] } & Statistics)[] }[];
    }>(run);
    expect(items).toHaveLength(5);
    for (const item of items) {
      expect(item.previews.map(({ band }) => band)).toEqual(['red', 'nir']);
      for (const preview of item.previews) {
        const whole = truth[item.id]?.assets[preview.band];
        // The search's box is nine tenths of a scene: its values lie within the whole's, and their mean near it.
        expect(preview.count).toBeGreaterThan(0.6 * (whole?.count ?? Infinity));
        expect(preview.min).toBeGreaterThanOrEqual(whole?.min ?? Infinity);
        expect(preview.max).toBeLessThanOrEqual(whole?.max ?? -Infinity);
        expect(Math.abs(preview.mean / (whole?.mean ?? Number.NaN) - 1)).toBeLessThan(0.05);
      }
    }
    expect(result.outputs.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'maps/footprints.geojson',
        'tables/items.csv',
        'report.html',
        'metadata.json',
        'item.json',
        'task.yaml',
      ]),
    );
    for (const report of ['report.md', 'report.html', 'maps/footprints.geojson'])
      expect(readFileSync(join(run.out, report), 'utf8')).toContain(mark);
    expect(eventsOf(run).map(({ seq }) => seq)).toEqual(eventsOf(run).map((_, index) => index + 1));
  });

  it('reads exactly the pixels that the fixtures hold', async () => {
    const whole = `task_name: whole scenes
output_dir: /data/outputs/jobs/whole
inputs: {stac_api: https://earth-search.aws.element84.com/v1, collection: sentinel-2-l2a}
analysis: {type: stac_preview, bands: [red, nir, swir22, scl]}
outputs: {make_quicklook: false}
`;
    const run = await runWorker(whole, { args: ['--offline'] });
    checkEnd(run, 'succeeded', 0);
    const truth = readJson<Record<string, { assets: Record<string, Statistics> }>>(join(fixtures, 'truth.json'));
    const { items } = metadataOf<{ items: { id: string; previews: ({ band: string } & Statistics)[] }[] }>(run);
    expect(items.map(({ id }) => id).sort()).toEqual(Object.keys(truth).sort());
    for (const item of items)
      for (const { band, count, mean, min, max } of item.previews)
        expect({ count, mean, min, max }).toEqual(pick(truth[item.id]?.assets[band]));
    expect(readdirSync(join(run.out, 'figures')).filter((name) => name.startsWith('SYNTHETIC'))).toEqual([]);
  });

  it.each(['example_stac_preview', 'example_composite', 'example_band_index', 'example_raster_summary'])(
    'gives the same bytes twice: %s',
    { timeout: 120_000 },
    async (name) => {
      const first = await runWorker(example(name), { args: ['--offline'] });
      const second = await runWorker(example(name), {
        args: ['--offline'],
        env: { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8' },
      });
      checkEnd(first, 'succeeded', 0);
      checkEnd(second, 'succeeded', 0);
      const hashes = artefactHashes(first.out);
      expect(Object.keys(hashes).length).toBeGreaterThan(3);
      expect(artefactHashes(second.out)).toEqual(hashes);
    },
  );

  it('composites the summer to what the landscape says, and never writes a path of this machine', async () => {
    const run = await runWorker(example('example_composite'), { args: ['--offline'] });
    checkEnd(run, 'succeeded', 0);
    const { bands, grid } = metadataOf<{ bands: (Statistics & { name: string })[]; grid: { shape: number[] } }>(run);
    const cells = (grid.shape[0] ?? 0) * (grid.shape[1] ?? 0);
    expect(bands.map(({ name }) => name)).toEqual(['red', 'green', 'blue', 'nir']);
    for (const band of bands) {
      // Two scenes are cloudless, so every pixel has a value, and no cloud (reflectance 0.6) is left in a median.
      expect(band.count).toBe(cells);
      expect(band.max).toBeLessThan(band.name === 'nir' ? 5_500 : 2_500);
    }
    for (const name of [
      'metadata.json',
      'item.json',
      'result.json',
      'status.json',
      'report.md',
      'report.html',
      'logs.txt',
      'events.ndjson',
    ])
      expect(readFileSync(join(run.out, name), 'utf8')).not.toContain(root);
  });

  it.each([
    ['another API', 'https://stac.example.org/v1', 'sentinel-2-l2a', '[-105.35, 39.95, -105.15, 40.10]'],
    [
      'another collection',
      'https://earth-search.aws.element84.com/v1',
      'landsat-c2-l2',
      '[-105.35, 39.95, -105.15, 40.10]',
    ],
    ['another area', 'https://earth-search.aws.element84.com/v1', 'sentinel-2-l2a', '[10, 50, 11, 51]'],
  ])('refuses %s, naming what the fixtures have', async (_, api, collection, bbox) => {
    const run = await runWorker(
      `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: {stac_api: "${api}", collection: ${collection}, bbox: ${bbox}}\nanalysis: {type: stac_preview, bands: [red]}\noutputs: {}\n`,
      { env: { TRANSECT_WORKER_OFFLINE: '1' } },
    );
    const { status } = checkEnd(run, 'failed', 69);
    expect(status.error?.code).toBe('source_unavailable');
    expect(status.error?.message).toMatch(/fixtures have sentinel-2-l2a .*\[-105\.35/);
  });

  it('connects to nothing for a raster on the web', async () => {
    const run = await runWorker(
      'task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: {raster: "http://127.0.0.1:9/a.tif"}\nanalysis: {type: raster_summary}\noutputs: {}\n',
      {
        args: ['--offline'],
      },
    );
    expect(checkEnd(run, 'failed', 69).status.error?.message).toMatch(/Offline: .* was not read/);
  });
});

function pick(statistics: Statistics | undefined): Partial<Statistics> {
  const { count, mean, min, max } = statistics ?? {};
  return {
    ...(count !== undefined && { count }),
    ...(mean !== undefined && { mean }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}
