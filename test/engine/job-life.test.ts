import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Connection } from '../../src-main/client/connect.ts';
import { connect } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import type { JobEvent } from '../../src-shared/job-events.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { WorkerStatus } from '../../src-shared/worker-protocol.ts';
import {
  endProcess,
  startEngine,
  summaryTask,
  until,
  untilEnded,
  whenReady,
  workerPid,
  workspace,
} from '../helpers/programs.ts';
import { startRangeServer } from '../helpers/range-server.ts';

/** The fixture catalogue that the build makes; any small COG of it serves as a slow source. */
const fixtures = resolve(import.meta.dirname, '../../out/worker/fixtures');

function anyCog(): string {
  const found = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tif'))
    .sort()[0];
  if (found === undefined) throw new Error('the build made no fixture scenes');
  return found;
}

/** A server that answers late, so that a run over `count` rasters takes some seconds. */
async function slowRasters(count: number, latencyMs: number): Promise<string[]> {
  const server = await startRangeServer(fixtures, { latencyMs });
  onTestFinished(() => server.close());
  return Array.from({ length: count }, (_, n) => `${server.url}/${anyCog()}?n=${n}`);
}

async function submit({ client }: Connection, rasters: readonly string[], more = ''): Promise<JobId> {
  return (await client('submitJob', { text: summaryTask(rasters, more), backend: 'process' })).id;
}

async function untilRunning(connection: Connection, root: DataRoot, jobId: JobId): Promise<number> {
  return until('the worker to work', 15_000, async () => {
    const { state } = await connection.client('getJob', { jobId });
    const status = statusOf(root, jobId);
    return state === 'running' && status?.state === 'running' && workerPid(root, jobId);
  });
}

function statusOf(root: DataRoot, jobId: JobId): WorkerStatus | null {
  const path = join(root.jobFolder(jobId), 'status.json');
  return existsSync(path) ? WorkerStatus.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}

async function recordOf({ client }: Connection, jobId: JobId): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of await client('jobRecord', { jobId })) events.push(event);
  return events;
}

describe('kill -9', () => {
  it('of the worker: failed with the signal within 5 s, said in the folder too', async () => {
    const root = workspace();
    const connection = await connect(root);
    const jobId = await submit(connection, await slowRasters(30, 400));
    const pid = await untilRunning(connection, root, jobId);
    process.kill(pid, 'SIGKILL');
    const job = await untilEnded(connection, jobId, 5_000);
    expect(job.result).toMatchObject({
      state: 'failed',
      signal: 'SIGKILL',
      exitCode: null,
      error: { code: 'job_failed', message: expect.stringContaining('SIGKILL') as string },
    });
    expect(statusOf(root, jobId)).toMatchObject({ state: 'failed', by: 'engine', signal: 'SIGKILL' });
    expect(readFileSync(join(root.jobFolder(jobId), 'logs.txt'), 'utf8')).toMatch(
      /By the engine: The worker was killed by SIGKILL/,
    );
  });

  it('of the engine: the worker finishes, a restarted engine re-attaches within 5 s, no log line is lost', async () => {
    const root = workspace();
    const first = await connect(root);
    const jobId = await submit(first, await slowRasters(8, 300));
    await untilRunning(first, root, jobId);
    await endProcess(first.health.pid);
    const restarted = Date.now();
    const second = await connect(root);
    await until('the job to be re-attached', 5_000, async () =>
      (await recordOf(second, jobId)).some(({ data }) => data.type === 'job.attached'),
    );
    expect(Date.now() - restarted).toBeLessThan(5_000);
    let streamed = '';
    for await (const piece of await second.client('jobLogs', { jobId, follow: true })) streamed += piece;
    const job = await untilEnded(second, jobId);
    expect(job.result).toMatchObject({ state: 'succeeded', exitCode: 0, signal: null });
    expect(streamed).toBe(readFileSync(join(root.jobFolder(jobId), 'logs.txt'), 'utf8'));
    const seqs: number[] = [];
    for await (const event of await second.client('jobEvents', { jobId })) seqs.push(event.seq);
    expect(seqs).toEqual(seqs.map((_, n) => n + 1));
  });

  it('of the engine, and the run ends before the next one: its end is found', async () => {
    const root = workspace();
    const first = await connect(root);
    const jobId = await submit(first, await slowRasters(2, 300));
    const pid = await untilRunning(first, root, jobId);
    await endProcess(first.health.pid);
    await until('the worker to end', 20_000, () => !isAlive(pid));
    const second = await connect(root);
    expect((await untilEnded(second, jobId, 5_000)).result).toMatchObject({ state: 'succeeded' });
  });

  it('of both: lost, with what was found', async () => {
    const root = workspace();
    const first = await connect(root);
    const jobId = await submit(first, await slowRasters(30, 400));
    const pid = await untilRunning(first, root, jobId);
    await endProcess(first.health.pid);
    await endProcess(pid);
    const second = await connect(root);
    expect((await untilEnded(second, jobId, 5_000)).result).toMatchObject({
      state: 'lost',
      error: { message: expect.stringContaining('is gone') as string },
    });
    expect(statusOf(root, jobId)).toMatchObject({ state: 'lost', by: 'engine' });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

describe('cancel', () => {
  it('ends a running job in order, twice is harmless, and its log is kept', async () => {
    const root = workspace();
    const connection = await connect(root);
    const jobId = await submit(connection, await slowRasters(30, 400));
    await untilRunning(connection, root, jobId);
    expect((await connection.client('cancelJob', { jobId })).state).toBe('cancelling');
    expect((await connection.client('cancelJob', { jobId })).state).toMatch(/cancelling|cancelled/);
    const job = await untilEnded(connection, jobId, 15_000);
    expect(job.result).toMatchObject({ state: 'cancelled', exitCode: 130 });
    expect(statusOf(root, jobId)).toMatchObject({ state: 'cancelled', by: 'worker' });
    expect((await connection.client('cancelJob', { jobId })).state).toBe('cancelled');
    expect(readFileSync(join(root.jobFolder(jobId), 'logs.txt'), 'utf8').split('\n').length).toBeGreaterThan(1);
  });

  it('ends a waiting job before it starts, and the queue is bounded', async () => {
    const root = workspace();
    startEngine(root, { TRANSECT_MAX_LOCAL_JOBS: '1', TRANSECT_MAX_QUEUED_JOBS: '2' });
    const connection = await whenReady(root);
    const rasters = await slowRasters(30, 400);
    const running = await submit(connection, rasters);
    await untilRunning(connection, root, running);
    const waiting = [await submit(connection, rasters), await submit(connection, rasters)] as const;
    await expect(submit(connection, rasters)).rejects.toMatchObject({ code: 'over_limit', retryable: true });
    expect((await connection.client('cancelJob', { jobId: waiting[0] })).state).toBe('cancelled');
    expect(statusOf(root, waiting[0])).toMatchObject({ state: 'cancelled', by: 'engine' });
    expect((await connection.client('getJob', { jobId: waiting[1] })).state).toBe('queued');
    await connection.client('cancelJob', { jobId: running });
    await until(
      'the next job to start',
      20_000,
      async () => (await connection.client('getJob', { jobId: waiting[1] })).state === 'running',
    );
    await connection.client('cancelJob', { jobId: waiting[1] });
    await untilEnded(connection, waiting[1]);
  });
});

it('a job that runs over its time is timed out, and says so', async () => {
  const root = workspace();
  const connection = await connect(root);
  const jobId = await submit(connection, await slowRasters(60, 400), 'limits: {timeout_sec: 2}\n');
  const job = await untilEnded(connection, jobId);
  expect(job.result).toMatchObject({
    state: 'timed_out',
    exitCode: 124,
    error: { code: 'timed_out', remedy: expect.stringContaining('timeout_sec') as string },
  });
});

it('deleting the index and reindexing bring everything back', async () => {
  const root = workspace();
  const first = await connect(root);
  const jobId = await submit(first, await slowRasters(1, 0));
  await untilEnded(first, jobId);
  const before = await first.client('listJobs', {});
  await endProcess(first.health.pid);
  for (const suffix of ['', '-wal', '-shm']) rmSync(root.indexFile + suffix, { force: true });
  const second = await connect(root);
  expect(await second.client('listJobs', {})).toEqual(before);
  expect(await second.client('reindex', {})).toMatchObject({ jobs: 1, problems: [] });
  expect(await second.client('listJobs', {})).toEqual(before);
  expect(readFileSync(root.outputIndex, 'utf8')).toContain(jobId);
});
