import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectServer } from '../../helpers/object-servers.ts';
import { s3Keys, startS3 } from '../../helpers/object-servers.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { artefactHashes, checkEnd, metadataOf, root, runWorker, writeFiles } from '../../helpers/worker-process.ts';

const tasks = join(root, 'examples/spatiotemporal/tasks');
const store = join(tasks, 'data/climate.zarr');

interface Reads {
  readonly read: object;
  readonly planned_read: object;
}

describe('a Zarr store in a bucket', () => {
  let server: ObjectServer;
  beforeAll(async () => {
    server = await startS3('climate');
    const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      await server.put('climate', `a.zarr/${path.slice(store.length + 1)}`, new Uint8Array(readFileSync(path)));
    }
  }, 120_000);
  afterAll(() => server.close());

  it('gives the bytes of the local one, and offline what it had read', { timeout: 240_000 }, async () => {
    const secrets = writeFiles({
      AWS_ACCESS_KEY_ID: s3Keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3Keys.secretAccessKey,
    });
    const example = join(tasks, 'example_zarr_reduce.yaml');
    const text = `${readFileSync(example, 'utf8').replace('data/climate.zarr', 's3://climate/a.zarr')}
access: {endpoint: "${server.url}", region: us-east-1}
secrets: {AWS_ACCESS_KEY_ID: {secret: id}, AWS_SECRET_ACCESS_KEY: {secret: key}}
`;
    const args = ['--cache', tempFolder()];
    const env = { TRANSECT_SECRETS_DIR: secrets };
    const local = await runWorker(example);
    const online = await runWorker(text, { args, env });
    const offline = await runWorker(text, { args: [...args, '--offline'], env });
    for (const run of [local, online, offline]) checkEnd(run, 'succeeded', 0);
    expect(artefactHashes(online.out)).toEqual(artefactHashes(local.out));
    expect(artefactHashes(offline.out)).toEqual(artefactHashes(local.out));
    for (const run of [local, online, offline]) {
      const { read, planned_read: planned } = metadataOf<Reads>(run);
      expect(read).toEqual(planned);
    }
  });
});
