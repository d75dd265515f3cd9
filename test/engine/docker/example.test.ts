import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { containersOf, startDockerEngine } from '../../helpers/docker-engine.ts';
import { hasDockerd } from '../../helpers/dockerd.ts';
import { until, untilEnded, whenReady, workspace } from '../../helpers/programs.ts';

const example = resolve(import.meta.dirname, '../../../examples/spatiotemporal/tasks/example_stac_preview.yaml');

describe.skipIf(!hasDockerd())('the shipped example', { timeout: 300_000 }, () => {
  it('runs offline in a container, which auto prefers, behind every wall that was asked for', async () => {
    const root = workspace();
    startDockerEngine(root);
    const connection = await whenReady(root, 60_000);
    const text = readFileSync(example, 'utf8');
    const { id } = await connection.client('submitJob', { text, offline: true });
    const { result, backend } = await untilEnded(connection, id, 240_000);
    expect(backend).toBe('docker');
    expect(result?.error).toBeUndefined();
    expect(result).toMatchObject({
      state: 'succeeded',
      validity: ['offline_fixture'],
      imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    });
    const walls = result?.isolation?.walls ?? [];
    expect(walls.filter(({ verdict }) => verdict !== 'held').map(({ id: wall, verdict }) => [wall, verdict])).toEqual([
      ['disk', 'unmeasured'],
    ]);
    expect(existsSync(join(root.jobFolder(id), 'figures/footprints.png'))).toBe(true);
    await until('the container to be removed', 60_000, async () => (await containersOf(root)).length === 0);
  });
});
