import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { attach } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { isFinal } from '../../src-shared/job.ts';
import { endProcess, startEngine, until, untilEnded, whenReady, workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';
import { actingEngine } from './acting-bundle.ts';
import type { Place } from './places.ts';
import { act, again, endedCleanly, submitAct } from './places.ts';

const preload = join(import.meta.dirname, 'dying-engine.mjs');

/** What a person does with a job while its engine may die at any moment. */
export type Life = 'runs to its end' | 'is cancelled while it runs';

interface Death {
  readonly place: Place;
  readonly life: Life;
  readonly counted: 'files' | 'docker';
}

/**
 * Lives a job under an engine that dies before its `dieAt`-th change (0: never), then under a healthy one, and holds that nothing
 * was lost. Gives the changes that the first engine came to, by name.
 */
export async function liveAndDie({ place, life, counted }: Death, dieAt: number): Promise<string[]> {
  const root = workspace();
  const notes = join(tempFolder(), 'points');
  const dying = startEngine(
    root,
    {
      ...place.env,
      NODE_OPTIONS: `--import=${preload}`,
      TRANSECT_TEST_DIE_AT: String(dieAt),
      TRANSECT_TEST_POINTS: counted,
      TRANSECT_TEST_POINTS_FILE: notes,
    },
    actingEngine(),
  );
  const dead = new Promise<void>((resolve) => dying.on('exit', () => resolve()));
  const told = await Promise.race([dead.then(() => null), live(root, place, life).catch(() => null)]);
  if (dieAt === 0) {
    expect(told, 'a job under an engine that does not die').not.toBeNull();
    const found = await attach(root);
    if (found !== null) await endProcess(found.health.pid);
  }
  await dead;
  await nothingIsLost(root, place, told);
  return existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : [];
}

async function live(root: DataRoot, place: Place, life: Life): Promise<JobId> {
  const engine = await whenReady(root);
  // With a source on the web, so that the way out is a part of what is set up and removed.
  const brief = act('is-brief').replace('[red.tif]', '["http://source.invalid/a.tif"]');
  const jobId = await submitAct(engine, place, life === 'runs to its end' ? brief : act('works-on'));
  if (life === 'is cancelled while it runs') {
    await until('the act to begin', 60_000, async () => {
      const { state } = await engine.client('getJob', { jobId });
      return isFinal(state) || (existsSync(join(root.jobFolder(jobId), 'status.json')) && state === 'running');
    });
    await engine.client('cancelJob', { jobId });
  }
  await untilEnded(engine, jobId, 60_000);
  // What follows the end: the page of all runs, and the removal of what is left.
  await until('the page', 10_000, () => existsSync(join(root.path, 'outputs/index.html')));
  await until('nothing to be left', 30_000, async () => (await place.leftovers(jobId)).length === 0);
  return jobId;
}

/** Under a healthy engine every job of the records ends, its record is whole, and nothing of it stays behind. */
async function nothingIsLost(root: DataRoot, place: Place, told: JobId | null): Promise<void> {
  const engine = await again(root, place);
  const { problems } = await engine.client('reindex', {});
  expect(problems, 'records').toEqual([]);
  const { jobs } = await engine.client('listJobs', {});
  if (told !== null) expect(jobs.map(({ id }) => id)).toContain(told);
  for (const { id } of jobs) {
    if (jobs.length > 0 && !isFinal((await engine.client('getJob', { jobId: id })).state)) {
      // A run that nobody cancelled any more goes on: that is not a loss.
      const { taskName } = await engine.client('getJob', { jobId: id });
      if (taskName === 'act works-on') await engine.client('cancelJob', { jobId: id });
    }
    const job = await endedCleanly(engine, place, id, 60_000);
    expect(job.result, `the result of a job that is ${job.state}`).not.toBeNull();
    const ends: string[] = [];
    for await (const { data } of await engine.client('jobRecord', { jobId: id }))
      if (data.type === 'job.result') ends.push(data.result.state);
    expect(ends).toHaveLength(1);
    // Only a creation that was cut short, or a run that nobody could know of, ends otherwise than it was meant.
    expect(['succeeded', 'cancelled']).toContain(job.state);
  }
  await endProcess(engine.health.pid);
}
