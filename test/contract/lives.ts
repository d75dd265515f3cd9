import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Connection } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { endProcess, startEngine, until, whenReady, workspace } from '../helpers/programs.ts';
import type { Place } from './places.ts';
import { act, actingOn, again, endedCleanly, submitAct, untilActing, untilState } from './places.ts';

/** Milliseconds until the record says that the job was taken up again. */
async function reattachedAfter({ client }: Connection, jobId: JobId, times: number): Promise<number> {
  const began = performance.now();
  await until('the job to be re-attached', 30_000, async () => {
    let attached = 0;
    for await (const { data } of await client('jobRecord', { jobId })) if (data.type === 'job.attached') attached += 1;
    return attached >= times;
  });
  return performance.now() - began;
}

/** The log as a client sees it over the deaths of the engine: each time from where the last piece ended. */
async function followOn({ client }: Connection, jobId: JobId, heard: string): Promise<string> {
  let text = heard;
  try {
    const stream = await client('jobLogs', { jobId, after: Buffer.byteLength(heard), follow: true });
    for await (const piece of stream) text += piece;
  } catch {
    // The engine was killed.
  }
  return text;
}

const numbered = (text: string) => text.split('\n').filter((line) => /^line \d+$/.test(line));

function logFile(root: DataRoot, jobId: JobId): string {
  return readFileSync(join(root.jobFolder(jobId), 'logs.txt'), 'utf8');
}

/** What an engine’s death means for its runs: nothing. */
export function livesOn(place: Place): void {
  const run = place.obstacle === null ? it : it.skip;

  run(
    'killed twice while a run goes on: re-attached within 5 s, every log line comes once',
    { timeout: 120_000 },
    async () => {
      const root = workspace();
      let engine = await actingOn(place, root);
      const jobId = await submitAct(engine, place, act('counts'));
      await untilActing(engine, jobId);
      let heard = '';
      for (const times of [1, 2]) {
        const following = followOn(engine, jobId, heard);
        await until('some lines', 10_000, () => numbered(logFile(root, jobId)).length > 40 * times);
        await endProcess(engine.health.pid);
        heard = await following;
        engine = await again(root, place);
        const ms = await reattachedAfter(engine, jobId, times);
        console.info(`${place.id}: re-attached ${Math.round(ms)} ms after the engine answered`);
        expect(ms).toBeLessThan(5_000);
      }
      heard = await followOn(engine, jobId, heard);
      expect((await endedCleanly(engine, place, jobId)).result).toMatchObject({ state: 'succeeded', attempt: 1 });
      expect(heard).toBe(logFile(root, jobId));
      expect(numbered(heard)).toEqual(Array.from({ length: 300 }, (_, n) => `line ${n + 1}`));
    },
  );

  run('killed, and the run ends before the next engine: its end is found', async () => {
    const root = workspace();
    const first = await actingOn(place, root);
    const jobId = await submitAct(first, place, act('counts'));
    await untilActing(first, jobId);
    await endProcess(first.health.pid);
    await until('the run to end', 60_000, () =>
      readFileSync(join(root.jobFolder(jobId), 'status.json'), 'utf8').includes('"succeeded"'),
    );
    expect((await endedCleanly(await again(root, place), place, jobId)).state).toBe('succeeded');
  });

  run('killed together with the worker: the run is not called a success, and says what was found', async () => {
    const root = workspace();
    const first = await actingOn(place, root);
    const jobId = await submitAct(first, place, act('works-on'));
    await untilActing(first, jobId);
    await endProcess(first.health.pid);
    await place.kill(jobId);
    const job = await endedCleanly(await again(root, place), place, jobId);
    // A container tells how it ended also later; a process that nobody watched does not.
    expect(['lost', 'failed']).toContain(job.state);
    expect(job.result?.error?.message ?? '').not.toBe('');
  });

  run('killed while it cancels: the next engine goes on with it', async () => {
    const root = workspace();
    const first = await actingOn(place, root);
    const jobId = await submitAct(first, place, act('ignores-sigterm'));
    await untilActing(first, jobId);
    expect((await first.client('cancelJob', { jobId })).state).toBe('cancelling');
    await endProcess(first.health.pid);
    expect((await endedCleanly(await again(root, place), place, jobId)).state).toBe('cancelled');
  });

  run('two engines started at once: one of them has the workspace, and a job runs once', async () => {
    const root = workspace();
    for (let n = 0; n < 2; n += 1) startEngine(root, place.env, place.program());
    const engine = await whenReady(root, 30_000);
    const jobId = await submitAct(engine, place, act('counts'));
    await untilState(engine, jobId, 'running');
    expect((await endedCleanly(engine, place, jobId)).result).toMatchObject({ state: 'succeeded', attempt: 1 });
    expect(numbered(logFile(root, jobId))).toHaveLength(300);
  });
}
