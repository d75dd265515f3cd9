import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectServer } from '../../helpers/object-servers.ts';
import { s3Keys, startS3 } from '../../helpers/object-servers.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { artefactHashes, checkEnd, metadataOf, runWorker, writeFiles } from '../../helpers/worker-process.ts';
import { sceneFolder, sceneIds } from '../scenes.ts';

interface Metadata {
  readonly read: object;
  readonly planned_read: object;
}

/** Every file below a folder, as one text. */
function everythingIn(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

describe('a run over a bucket', () => {
  let server: ObjectServer;
  beforeAll(async () => {
    server = await startS3('scenes');
    for (const id of sceneIds.slice(0, 2))
      for (const name of ['item.json', 'red.tif', 'nir.tif', 'scl.tif'])
        await server.put('scenes', `s2/${id}/${name}`, new Uint8Array(readFileSync(join(sceneFolder, id, name))));
  }, 90_000);
  afterAll(() => server.close());
  const secrets = () => writeFiles({ AWS_ACCESS_KEY_ID: s3Keys.accessKeyId, AWS_SECRET_ACCESS_KEY: 'S3RVER' });
  const task = () => `task_name: ndvi of a bucket
output_dir: /data/outputs/jobs/bucket
inputs: {items: [${sceneIds
    .slice(0, 2)
    .map((id) => `"s3://scenes/s2/${id}/item.json"`)
    .join(', ')}]}
analysis: {type: band_index, index: ndvi}
outputs: {}
access: {endpoint: "${server.url}", region: us-east-1}
secrets: {AWS_ACCESS_KEY_ID: {secret: id}, AWS_SECRET_ACCESS_KEY: {secret: key}}
`;

  test('gives the same bytes offline, from what it had read, and asks nobody', async () => {
    const kept = tempFolder();
    const run = (...more: string[]) =>
      runWorker(task(), { args: ['--cache', kept, ...more], env: { TRANSECT_SECRETS_DIR: secrets() } });
    const online = await run();
    const { logs } = checkEnd(online, 'succeeded', 0);
    expect(logs).not.toMatch(/taken from the cache/);
    const again = await run();
    expect(checkEnd(again, 'succeeded', 0).logs).toMatch(/had been read before and were taken from the cache/);
    const offline = await run('--offline');
    checkEnd(offline, 'succeeded', 0);
    expect(artefactHashes(offline.out)).toEqual(artefactHashes(online.out));
    expect(artefactHashes(again.out)).toEqual(artefactHashes(online.out));
    // What is kept counts like what is fetched: limits and plans hold either way.
    const [first, ...others] = [online, again, offline].map((one) => metadataOf<Metadata>(one));
    for (const { read, planned_read: planned } of others)
      expect({ read, planned }).toEqual({ read: first?.read, planned: first?.planned_read });
    expect(everythingIn(online.out)).toContain(`s3://scenes/s2/${sceneIds[0]}/item.json`);
  }, 120_000);

  test('offline without what it needs says so, and what to do', async () => {
    const env = { TRANSECT_SECRETS_DIR: secrets() };
    for (const args of [['--offline'], ['--offline', '--cache', tempFolder()]]) {
      const run = await runWorker(task(), { args, env });
      const { error } = checkEnd(run, 'failed', 69).status;
      expect(error).toMatchObject({ code: 'source_unavailable', retryable: false });
      expect(error?.message).toMatch(/^Offline: /);
      expect(error?.remedy).toMatch(/online/);
    }
  }, 120_000);
});
