import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Connection } from '../../src-main/client/connect.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';
import type { Place } from './places.ts';
import { act, actingOn, endedCleanly, submitAct, untilActing, untilState } from './places.ts';

async function eventsOf({ client }: Connection, jobId: JobId): Promise<string[]> {
  const messages: string[] = [];
  for await (const event of await client('jobEvents', { jobId, follow: true }))
    if (event.type === 'log') messages.push(event.message);
  return messages;
}

async function logOf({ client }: Connection, jobId: JobId): Promise<string> {
  let text = '';
  for await (const piece of await client('jobLogs', { jobId, follow: true })) text += piece;
  return text;
}

/** How a run may end: the same on every back end. */
export function endingsOn(place: Place): void {
  const run = place.obstacle === null ? it : it.skip;

  run('a success', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    const jobId = await submitAct(engine, place, act('plain').replace('act plain', 'plain'));
    const job = await endedCleanly(engine, place, jobId);
    expect(job.result).toMatchObject({ state: 'succeeded', exitCode: 0, signal: null, validity: ['synthetic'] });
    expect(job.result?.outputs.map(({ path }) => path)).toContain('tables/bands.csv');
    expect(job.result?.isolation?.probe).not.toBeNull();
  });

  run('a step that fails', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    const text = act('plain').replace('act plain', 'failing').replace('red.tif', 'broken.tif');
    const folder = tempFolder();
    writeFileSync(join(folder, 'broken.tif'), 'no raster');
    const id = await submitAct(engine, place, text, folder);
    const job = await endedCleanly(engine, place, id);
    expect(job.result).toMatchObject({ state: 'failed', exitCode: 65, error: { code: 'bad_data' } });
    expect(await logOf(engine, id)).toContain('broken.tif');
  });

  run('a bad task: refused before anything is written', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    await expect(submitAct(engine, place, `${act('counts')}command: rm -rf /\n`)).rejects.toMatchObject({
      code: 'invalid_task',
    });
    expect((await engine.client('listJobs', {})).jobs).toEqual([]);
  });

  (place.isLocal ? run : it.skip)('cancelled while it waits: no worker ever runs', async () => {
    const root = workspace();
    const engine = await actingOn(place, root, { TRANSECT_MAX_LOCAL_JOBS: '1' });
    const first = await submitAct(engine, place, act('works-on'));
    await untilActing(engine, first);
    const second = await submitAct(engine, place, act('works-on'));
    expect((await engine.client('cancelJob', { jobId: second })).state).toBe('cancelled');
    await engine.client('cancelJob', { jobId: first });
    expect((await endedCleanly(engine, place, first)).state).toBe('cancelled');
    expect((await endedCleanly(engine, place, second)).result).toMatchObject({ phases: { started: null } });
  });

  run('cancelled while it runs, twice: the second is harmless, the end is said once', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    const jobId = await submitAct(engine, place, act('works-on'));
    await untilActing(engine, jobId);
    await Promise.all([1, 2].map(() => engine.client('cancelJob', { jobId })));
    expect((await endedCleanly(engine, place, jobId)).state).toBe('cancelled');
    expect((await engine.client('cancelJob', { jobId })).state).toBe('cancelled');
    const ends: string[] = [];
    for await (const { data } of await engine.client('jobRecord', { jobId }))
      if (data.type === 'job.result') ends.push(data.result.state);
    expect(ends).toEqual(['cancelled']);
  });

  run('killed from outside: failed with the signal, within 5 s', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    const jobId = await submitAct(engine, place, act('works-on'));
    await untilActing(engine, jobId);
    await place.kill(jobId);
    const killed = performance.now();
    const job = await untilState(engine, jobId, 'failed', 20_000);
    console.info(`${place.id}: failed ${Math.round(performance.now() - killed)} ms after the worker was killed`);
    expect(job.result).toMatchObject({ signal: 'SIGKILL', error: { code: 'job_failed' } });
    await endedCleanly(engine, place, jobId);
  });

  run('a worker that ignores SIGTERM: killed after its grace', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    const jobId = await submitAct(engine, place, act('ignores-sigterm'));
    await untilActing(engine, jobId);
    await engine.client('cancelJob', { jobId });
    expect((await endedCleanly(engine, place, jobId)).result).toMatchObject({ state: 'cancelled', signal: 'SIGKILL' });
  });

  run(
    'a worker that outstays its deadline: the engine ends it',
    async () => {
      const root = workspace();
      const engine = await actingOn(place, root);
      const jobId = await submitAct(engine, place, act('outstays', 'limits: {timeout_sec: 1}\n'));
      const job = await endedCleanly(engine, place, jobId);
      expect(job.result).toMatchObject({ state: 'timed_out', error: { code: 'timed_out' } });
    },
    150_000,
  );

  run('a worker that falls silent: lost, after the stated time', async () => {
    const root = workspace();
    const engine = await actingOn(place, root, { TRANSECT_HEARTBEAT_SECONDS: '5' });
    const jobId = await submitAct(engine, place, act('falls-silent'));
    const job = await endedCleanly(engine, place, jobId);
    expect(job.result).toMatchObject({ state: 'lost', error: { message: expect.stringContaining('5 s') as string } });
  });

  run('out of memory', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    const jobId = await submitAct(engine, place, act('remembers-too-much', 'limits: {memory_mb: 256}\n'));
    const job = await endedCleanly(engine, place, jobId);
    expect(job.result?.state).toBe('failed');
    expect(job.result?.error?.remedy ?? '').not.toBe('');
  });

  run('out of files: ended, and what was written is there to be looked at', async () => {
    const root = workspace();
    const engine = await actingOn(place, root, { TRANSECT_MAX_RUN_FILES: '1000' });
    const jobId = await submitAct(engine, place, act('fills-the-folder'));
    const job = await endedCleanly(engine, place, jobId);
    expect(job.result).toMatchObject({ state: 'failed', error: { code: 'over_limit' } });
  });

  run('100,000 log lines: all kept, all streamed', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    const jobId = await submitAct(engine, place, act('talks-much'));
    const streamed = await logOf(engine, jobId);
    expect((await endedCleanly(engine, place, jobId)).state).toBe('succeeded');
    expect(streamed).toBe(readFileSync(join(root.jobFolder(jobId), 'logs.txt'), 'utf8'));
    const lines = streamed.split('\n').filter((line) => line.startsWith('line '));
    expect(lines).toHaveLength(100_000);
    expect(new Set(lines).size).toBe(100_000);
  });

  run('noise on every channel: the engine passes on what it understands', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    const jobId = await submitAct(engine, place, act('makes-noise'));
    expect((await endedCleanly(engine, place, jobId)).state).toBe('succeeded');
    expect(await eventsOf(engine, jobId)).toEqual(['before the noise', 'after the noise']);
    expect(await logOf(engine, jobId)).toContain('the end of the noise');
  });

  run('an output that is not there: no success', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    const jobId = await submitAct(engine, place, act('forgets-an-output'));
    const job = await endedCleanly(engine, place, jobId);
    expect(job.result).toMatchObject({ state: 'failed', error: { code: 'bad_data' } });
    expect(job.result?.error?.message).toContain('tables/gone.csv');
  });

  run('an end without a word: failed with the exit code', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    const jobId = await submitAct(engine, place, act('ends-without-a-word'));
    expect((await endedCleanly(engine, place, jobId)).result).toMatchObject({ state: 'failed', exitCode: 7 });
  });

  run('a worker that leaves children behind: none of them stays', async () => {
    const root = workspace();
    const engine = await actingOn(place, root);
    const jobId = await submitAct(engine, place, act('leaves-children'));
    expect((await endedCleanly(engine, place, jobId)).state).toBe('succeeded');
  });

  const disk = process.env['TRANSECT_TEST_SMALL_DISK'];
  if (disk === undefined) console.warn('skipped: a small disk is mounted together with the tests’ own dockerd only');
  (disk === undefined ? it.skip : run)('out of disk: failed, and says so', async () => {
    const root = workspace();
    const engine = await actingOn(place, root, { TRANSECT_MIN_FREE_GB: '0' });
    const jobs = join(disk ?? '', place.id);
    mkdirSync(jobs);
    rmSync(root.jobs, { recursive: true });
    symlinkSync(jobs, root.jobs);
    const jobId = await submitAct(engine, place, act('plain').replace('act plain', 'plain'));
    const job = await endedCleanly(engine, place, jobId);
    expect(job.result).toMatchObject({ state: 'failed', exitCode: 74, error: { code: 'storage' } });
    expect(readFileSync(join(root.jobFolder(jobId), 'status.json'), 'utf8')).toContain('"failed"');
    rmSync(jobs, { recursive: true });
  });
}
