import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../src-main/client/connect.ts';
import type { Connection } from '../../../src-main/client/connect.ts';
import type { Job } from '../../../src-shared/job.ts';
import { summaryTask, until, untilEnded, workspace } from '../../helpers/programs.ts';
import { startS3 } from '../../helpers/object-servers.ts';
import { startRangeServer } from '../../helpers/range-server.ts';
import { startStacServer } from '../../helpers/stac-server.ts';
import { artefactHashes, metadataOf, statusOf } from '../../helpers/worker-process.ts';
import { copyScenes, ndviTask } from '../../worker/scenes.ts';

const fixtures = resolve(import.meta.dirname, '../../../out/worker/fixtures');
const scene = 'sentinel-2-l2a/SYNTHETIC_S2A_13TDE_20230606_0_L2A/red.tif';

async function run(connection: Connection, text: string, offline: boolean): Promise<Job> {
  const { id } = await connection.client('submitJob', { text, backend: 'process', offline });
  return untilEnded(connection, id, 120_000);
}

describe('jobs over servers', () => {
  test('share what they have read, and run again without the network', { timeout: 240_000 }, async () => {
    const root = workspace();
    const engine = await connect(root);
    const server = await startRangeServer(fixtures);
    const text = summaryTask([`${server.url}/${scene}`]);
    const listed = (name: string) =>
      existsSync(join(root.path, 'cache', name)) ? readdirSync(join(root.path, 'cache', name)) : [];
    const online = await run(engine, text, false);
    expect(online.state).toBe('succeeded');
    await until('what was read to be kept', 30_000, () => listed('ranges').length > 0 && listed('new').length === 0);
    const fetched = server.requests.length;
    const again = await run(engine, text, false);
    expect(again.state).toBe('succeeded');
    // One request: whether the object is still the same.
    expect(server.requests.length - fetched).toBe(1);
    await server.close();
    const offline = await run(engine, text, true);
    expect(offline).toMatchObject({ state: 'succeeded' });
    const [first, ...others] = [online, again, offline].map(({ id }) => artefactHashes(root.jobFolder(id)));
    for (const hashes of others) expect(hashes).toEqual(first);
    // A plan sees what a run sees, and leaves nothing of its own.
    const { plan } = await engine.client('planTask', { text, backend: 'process', offline: true });
    const { planned_read: planned } = metadataOf<{ planned_read: { bytes: number } }>({
      out: root.jobFolder(offline.id),
    });
    expect(plan.readBytes).toBe(planned.bytes);
    expect([listed('new'), readdirSync(root.engine).filter((name) => name.startsWith('plan-'))]).toEqual([[], []]);
    const missing = await run(engine, summaryTask([`${server.url}/none.tif`]), true);
    expect(missing.state).toBe('failed');
    const { error } = statusOf({ out: root.jobFolder(missing.id) });
    expect(error).toMatchObject({ code: 'source_unavailable', message: expect.stringMatching(/^Offline: /) as string });
  });

  test('are planned offline as they run: by the search that was kept', { timeout: 240_000 }, async () => {
    const root = workspace();
    const engine = await connect(root);
    const server = await startStacServer(copyScenes(2).folder);
    // The endpoint names the server of the assets, which a search alone may not lead to: it is on this machine.
    const access = `access: {endpoint: "${server.assets.url}"}\nbackend: process`;
    const text = ndviTask(`{stac_api: "${server.url}", collection: sentinel-2-l2a}`, access);
    const online = await run(engine, text, false);
    expect(online.state).toBe('succeeded');
    const folder = join(root.path, 'cache');
    await until('what was read to be kept', 30_000, () => readdirSync(join(folder, 'new')).length === 0);
    await server.close();
    const { plan } = await engine.client('planTask', { text, backend: 'process', offline: true });
    const planned = metadataOf<{ planned_read: { bytes: number } }>({ out: root.jobFolder(online.id) }).planned_read;
    // Not from the fixture catalogue, which is what answers a search that was never made.
    expect({ items: plan.items, bytes: plan.readBytes }).toEqual({ items: 2, bytes: planned.bytes });
  });

  test('reach buckets through their walls, and no other server', { timeout: 240_000 }, async () => {
    const root = workspace();
    const engine = await connect(root);
    const server = await startS3('scenes');
    onTestFinished(() => server.close());
    await server.put('scenes', 'a b/red.tif', new Uint8Array(readFileSync(join(fixtures, scene))));
    const text = (endpoint: string) =>
      summaryTask(['s3://scenes/a b/red.tif'], `access: {endpoint: "${endpoint}", region: us-east-1}\n`);
    const job = await run(engine, text(server.url), false);
    expect(job.state).toBe('succeeded');
    const { sources } = metadataOf<{ sources: { name: string }[] }>({ out: root.jobFolder(job.id) });
    expect(sources.map(({ name }) => name)).toEqual(['s3://scenes/a b/red.tif']);
    // Nobody listens there: the bucket's own server is not asked in its place.
    const elsewhere = await run(engine, text('http://127.0.0.1:9'), false);
    expect(elsewhere.state).toBe('failed');
    expect(statusOf({ out: root.jobFolder(elsewhere.id) }).error).toMatchObject({ code: 'source_unavailable' });
  });
});
