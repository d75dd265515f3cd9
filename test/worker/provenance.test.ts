import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRaster } from '../../src-worker/raster/open-raster.ts';
import { startRangeServer } from '../helpers/range-server.ts';
import { startStacServer } from '../helpers/stac-server.ts';
import type { WorkerRun } from '../helpers/worker-process.ts';
import { checkEnd, metadataOf, readJson, root, runWorker } from '../helpers/worker-process.ts';
import { context } from './raster/support.ts';
import { copyScenes, ndviTask, ofApi, ofItems, sceneFolder, sceneIds } from './scenes.ts';
import { stacProblems } from './stac-rules.ts';
import type { ItemDocument } from './stac-rules.ts';

const example = (name: string) => join(root, `examples/spatiotemporal/tasks/${name}.yaml`);
const mark = 'SYNTHETIC DATA - NOT A MEASUREMENT';

const summary = (rasters: readonly string[], outputs = '{make_quicklook: false}') => `task_name: summary of rasters
output_dir: /data/outputs/jobs/summary
inputs: {rasters: ${JSON.stringify(rasters)}}
analysis: {type: raster_summary}
outputs: ${outputs}
`;

interface Asset {
  readonly href: string;
  readonly etag?: string;
}

function itemJson(run: WorkerRun): ItemDocument {
  return readJson(join(run.out, 'item.json'));
}

function derivedFrom(run: WorkerRun) {
  return itemJson(run).links.filter(({ rel }) => rel === 'derived_from');
}

describe('entity tags', () => {
  it('of assets on the web stand in metadata.json; local files have none', async () => {
    const server = await startStacServer(copyScenes(2).folder);
    onTestFinished(() => server.close());
    const web = await runWorker(ndviTask(ofApi(server.url)));
    checkEnd(web, 'succeeded', 0);
    const { items, sources } = metadataOf<{
      items: { assets: Asset[] }[];
      sources: { name: string; etag?: string }[];
    }>(web);
    const assets = items.flatMap((item) => item.assets);
    expect(assets).toHaveLength(4);
    for (const { href, etag } of assets) {
      expect(etag).toBe((await fetch(href, { method: 'HEAD' })).headers.get('etag'));
      expect(etag).toMatch(/^"[0-9a-z]+-[0-9a-z]+"$/);
      expect(sources.find(({ name }) => name === href)?.etag).toBe(etag);
    }
    const local = await runWorker(ndviTask(ofItems(copyScenes(1).items)));
    checkEnd(local, 'succeeded', 0);
    expect(readFileSync(join(local.out, 'metadata.json'), 'utf8')).not.toContain('"etag"');
  });

  it('of rasters on the web too', async () => {
    const server = await startRangeServer(sceneFolder);
    onTestFinished(() => server.close());
    const run = await runWorker(summary([`${server.url}/${sceneIds[0]}/red.tif`]));
    checkEnd(run, 'succeeded', 0);
    const { rasters } = metadataOf<{ rasters: { etag?: string }[] }>(run);
    expect(rasters[0]?.etag).toMatch(/^".+"$/);
  });
});

describe('the mark of synthetic data', () => {
  it('is read from the metadata of a raster', async () => {
    const source = await openRaster(join(sceneFolder, sceneIds[0], 'red.tif'), context());
    expect(source.info.metadata).toEqual({
      OVR_RESAMPLING_ALG: 'AVERAGE',
      TRANSECT_MARK: 'OFFLINE FIXTURE - SYNTHETIC SCENES, NOT A MEASUREMENT',
    });
    await source.close();
  });

  it('makes the example over marked rasters synthetic, never computed', async () => {
    const run = await runWorker(example('example_raster_summary'));
    expect(checkEnd(run, 'succeeded', 0).status.validity).toEqual(['synthetic']);
    for (const file of ['report.md', 'report.html', 'metadata.json'])
      expect(readFileSync(join(run.out, file), 'utf8')).toContain(mark);
    const charts = readdirSync(join(run.out, 'figures')).filter((name) => name.endsWith('.svg'));
    expect(charts.length).toBeGreaterThan(0);
    for (const chart of charts) expect(readFileSync(join(run.out, 'figures', chart), 'utf8')).toContain(mark);
    expect(itemJson(run).properties['transect:synthetic']).toBe(true);
  });

  it(
    'stays on whatever is made from our own offline outputs, map by map and as an item',
    { timeout: 90_000 },
    async () => {
      const first = await runWorker(example('example_composite'), { args: ['--offline'] });
      expect(checkEnd(first, 'succeeded', 0).status.validity).toEqual(['offline_fixture']);
      const again = await runWorker(summary([join(first.out, 'maps/median_bands.tif')], '{}'));
      expect(checkEnd(again, 'succeeded', 0).status.validity).toEqual(['synthetic']);

      // The map of a run over a marked item carries the mark on.
      const index = await runWorker(ndviTask(ofItems(copyScenes(1).items)));
      expect(checkEnd(index, 'succeeded', 0).status.validity).toEqual(['synthetic']);
      const [map = ''] = readdirSync(join(index.out, 'maps'));
      const source = await openRaster(join(index.out, 'maps', map), context());
      expect(source.info.metadata['TRANSECT_MARK']).toBe(mark);
      await source.close();
      const [asset = ''] = Object.keys(itemJson(index).assets).filter((key) => key.startsWith('maps/'));
      const fromItem = await runWorker(
        `task_name: again\noutput_dir: /data/outputs/jobs/again\ninputs: ${ofItems([join(index.out, 'item.json')])}\nanalysis: {type: stac_preview, bands: [${asset}]}\noutputs: {make_quicklook: false}\n`,
      );
      expect(checkEnd(fromItem, 'succeeded', 0).status.validity).toEqual(['synthetic']);
    },
  );
});

describe('item.json', () => {
  it('keeps the rules of STAC 1.1 for every analysis, and of an empty run', { timeout: 120_000 }, async () => {
    const empty = ndviTask(ofApi('https://earth-search.aws.element84.com/v1', 'datetime: "2023-06-07/2023-06-08"'));
    for (const task of [
      example('example_stac_preview'),
      example('example_composite'),
      example('example_band_index'),
      example('example_raster_summary'),
      empty,
    ]) {
      const run = await runWorker(task, { args: ['--offline'] });
      checkEnd(run, 'succeeded', task === empty ? 3 : 0);
      expect(stacProblems(itemJson(run), run.out)).toEqual([]);
    }
  });

  it('links to the items that it was made from, by their own addresses', async () => {
    const server = await startStacServer(copyScenes(2).folder);
    onTestFinished(() => server.close());
    const run = await runWorker(ndviTask(ofApi(`${server.url}/`)));
    checkEnd(run, 'succeeded', 0);
    expect(derivedFrom(run)).toEqual(
      sceneIds.slice(0, 2).map((id) => ({
        rel: 'derived_from',
        href: `${server.url}/collections/sentinel-2-l2a/items/${id}`,
        type: 'application/geo+json',
        title: id,
      })),
    );
    const document = (await (await fetch(derivedFrom(run)[0]?.href ?? '')).json()) as { id: string };
    expect(document.id).toBe(sceneIds[0]);
    const { properties } = itemJson(run);
    expect(properties['processing:lineage']).toMatch(/^NDVI of 2 items.*\.$/);
    expect(Object.keys(properties['processing:software'] as object)).toEqual(['transect-worker', 'node']);
  });

  it('names local inputs as the task does', async () => {
    const run = await runWorker(example('example_raster_summary'));
    checkEnd(run, 'succeeded', 0);
    expect(derivedFrom(run).map(({ href }) => href)).toEqual(['data/red.tif', 'data/nir.tif']);
  });
});
