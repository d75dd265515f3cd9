import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { bodyText, listen, pathOf, send } from '../../scripts/stac-server/listen.ts';
import { jsonAnswer, rangeAnswer } from '../../scripts/stac-server/range-answer.ts';
import type { StacItem } from '../helpers/stac-server.ts';
import { WorkerPlan } from '../../src-shared/worker-protocol.ts';
import { checkEnd, metadataOf, runWorker } from '../helpers/worker-process.ts';
import { sceneFolder, sceneIds } from './scenes.ts';

const scenes = 100;
const latencyMs = 20;

/** An API with a hundred scenes, each of which has files of its own address; every answer takes a while. */
async function farAway() {
  const [id] = sceneIds;
  const model = JSON.parse(readFileSync(join(sceneFolder, id, 'item.json'), 'utf8')) as StacItem;
  const files = new Set(readdirSync(join(sceneFolder, id)));
  const seen = { requests: 0, atOnce: 0, most: 0 };
  const server = await listen(0, async (request, response) => {
    const path = pathOf(request);
    await bodyText(request);
    seen.requests += 1;
    seen.atOnce += 1;
    seen.most = Math.max(seen.most, seen.atOnce);
    await sleep(latencyMs);
    seen.atOnce -= 1;
    const file = path.split('/').at(-1) ?? '';
    if (files.has(file)) {
      const { range, 'if-match': ifMatch } = request.headers;
      send(response, await rangeAnswer(join(sceneFolder, id, file), { range, ifMatch }));
    } else if (path === '/search')
      send(response, jsonAnswer({ type: 'FeatureCollection', features: items(server.url) }));
    else if (path === '/')
      send(
        response,
        jsonAnswer({
          type: 'Catalog',
          id: 'far',
          conformsTo: [],
          links: [{ rel: 'search', href: '/search', method: 'POST' }],
        }),
      );
    else send(response, jsonAnswer({}, 404));
  });
  const items = (url: string) =>
    Array.from({ length: scenes }, (_, n) => ({
      ...model,
      id: `scene-${String(n).padStart(3, '0')}`,
      links: [],
      properties: { ...model.properties, datetime: new Date(Date.UTC(2023, 5, 1) + n * 3_600_000).toISOString() },
      assets: Object.fromEntries(
        Object.entries(model.assets).map(([key, asset]) => [
          key,
          { ...asset, href: `${url}/scene-${n}/${asset.href.replace(/^\.\//, '')}` },
        ]),
      ),
    }));
  onTestFinished(() => server.close());
  return { url: server.url, seen };
}

it(
  'a hundred scenes are planned in few rounds of requests, and what is then read over HTTP is what was planned',
  { timeout: 180_000 },
  async () => {
    const { url, seen } = await farAway();
    const task = `task_name: far
output_dir: /data/outputs/jobs/far
inputs: {stac_api: "${url}", collection: sentinel-2-l2a, max_items: ${scenes}}
analysis: {type: composite, method: mean, index: ndvi}
grid: {crs: "EPSG:32613", resolution: 160, bbox: [469600, 4421760, 487680, 4439360]}
outputs: {make_quicklook: false}
`;
    const planned = await runWorker(task, { args: ['--plan'] });
    expect(planned.code, planned.stderr).toBe(0);
    const plan = WorkerPlan.parse(JSON.parse(planned.stdout));
    expect(plan.items).toBe(scenes);
    // One opening request a file, two files a scene, and the search; no more than a few block tables besides.
    expect(seen.requests).toBeLessThan(2 * scenes + 20);
    expect(seen.most).toBeGreaterThanOrEqual(16);
    console.log(
      `planned ${scenes} scenes of 2 files at ${latencyMs} ms a request in ${(planned.ms / 1_000).toFixed(2)} s`,
    );
    // 2 s is what a quiet machine is held to; a loaded one has more time, and one request after another would need 4 s more.
    expect(planned.ms).toBeLessThan(30_000);

    const run = await runWorker(task);
    checkEnd(run, 'succeeded', 0);
    const { read, warnings } = metadataOf<{
      read: { bytes: number; requests: number };
      warnings: readonly string[];
    }>(run);
    expect(read.bytes / plan.readBytes).toBeGreaterThan(0.9);
    expect(read.bytes / plan.readBytes).toBeLessThan(1.1);
    expect(read.requests / plan.requests).toBeGreaterThan(0.9);
    expect(read.requests / plan.requests).toBeLessThan(1.1);
    expect(warnings).toEqual([]);
  },
);
