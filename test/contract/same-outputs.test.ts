import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import type { JobResult } from '../../src-shared/job.ts';
import { workspace } from '../helpers/programs.ts';
import { artefactHashes } from '../helpers/worker-process.ts';
import { pathWithoutBubblewrap } from './bare-path.ts';
import type { Place } from './places.ts';
import { actingOn, endedCleanly, placesOf } from './places.ts';

const examples = resolve(import.meta.dirname, '../../examples/spatiotemporal/tasks');
const tasks = readdirSync(examples).filter((name) => name.startsWith('example_'));

/** What belongs to a place or a moment and may differ. Everything else of a `JobResult` is equal everywhere. */
const differing = ['jobId', 'backend', 'phases', 'imageDigest', 'isolation'] as const;
/** Files that name the job, its moment or its place; their hashes differ with them. */
const documents = /^(item\.json|metadata\.json|report\.(md|html))$/;

function comparable(result: JobResult): Record<string, unknown> {
  return {
    ...Object.fromEntries(Object.entries(result).filter(([name]) => !differing.some((one) => one === name))),
    outputs: result.outputs.map(({ path, mediaType, ...content }) =>
      documents.test(path) ? { path, mediaType } : { path, mediaType, ...content },
    ),
    rootSha256: result.rootSha256 === null ? null : 'of the files',
  };
}

async function runOn(place: Place, task: string, env: Record<string, string>) {
  const root: DataRoot = workspace();
  const engine = await actingOn(place, root, env);
  const text = readFileSync(join(examples, task), 'utf8');
  const { id } = await engine.client('submitJob', { text, backend: place.id, baseDir: examples, offline: true });
  const { result } = await endedCleanly(engine, place, id);
  if (result === null) throw new Error(`${task} has no result on ${place.id}`);
  return { result, hashes: artefactHashes(root.jobFolder(id)) };
}

const others = [
  {
    title: 'a process without bubblewrap',
    place: placesOf('process')[0],
    env: () => ({ PATH: pathWithoutBubblewrap() }),
  },
  { title: 'docker', place: placesOf('docker')[0], env: () => ({}) },
];

/** Later back ends join here. */
describe.each(tasks)('%s gives the same', (task) => {
  for (const { title, place, env } of others) {
    const run = place === undefined || place.obstacle !== null ? it.skip : it;
    run(`on ${title} as on a process: bytes of maps, tables and figures, and result`, async () => {
      const [process] = placesOf('process');
      if (process === undefined || place === undefined) throw new Error('BACKENDS leaves nothing to compare');
      const [one, other] = await Promise.all([runOn(process, task, {}), runOn(place, task, env())]);
      expect(one.result.state, JSON.stringify(one.result.error)).toBe('succeeded');
      expect(other.hashes).toEqual(one.hashes);
      expect(Object.keys(one.hashes).length).toBeGreaterThan(0);
      expect(comparable(other.result)).toEqual(comparable(one.result));
      // One file for all places: whoever joins is held to the same. Version and bundle change with every build.
      const ofTheBuild = { workerVersion: 'of the build', bundleSha256: 'of the build' };
      const text = `${JSON.stringify({ ...comparable(one.result), ...ofTheBuild }, null, 2)}\n`;
      await expect(text).toMatchFileSnapshot(`results/${task.replace('.yaml', '.json')}`);
    });
  }
});
