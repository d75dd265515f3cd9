import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src-main/client/connect.ts';
import type { Connection } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { WorkerStatus } from '../../src-shared/worker-protocol.ts';
import {
  cli,
  startEngine,
  summaryTask,
  until,
  untilEnded,
  whenReady,
  workerPid,
  workspace,
} from '../helpers/programs.ts';
import { startRangeServer } from '../helpers/range-server.ts';
import { tempFolder } from '../helpers/temp.ts';
import { turnedClock } from '../helpers/turned-clock.ts';

/** A raster that never arrives: its run goes on until somebody ends it. */
async function stalledTask(more = ''): Promise<string> {
  const server = await startRangeServer(tempFolder());
  onTestFinished(() => server.close());
  return summaryTask([`${server.url}/stall/a.tif`], more);
}

const statusOf = (root: DataRoot, id: JobId) =>
  WorkerStatus.parse(JSON.parse(readFileSync(join(root.jobFolder(id), 'status.json'), 'utf8')));

const logOf = (root: DataRoot, id: JobId) => readFileSync(join(root.jobFolder(id), 'logs.txt'), 'utf8');

/** Waits until the worker has written a status with another heartbeat than this. */
function heartbeat(root: DataRoot, id: JobId, other = ''): Promise<string> {
  return until('a beat of the worker’s heart', 30_000, () => {
    try {
      const { heartbeatAt } = statusOf(root, id);
      return heartbeatAt === other ? null : heartbeatAt;
    } catch {
      return null;
    }
  });
}

/** Stops a process, and waits until the system says that it stands still. */
async function putToSleep(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const state = () => /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  await until(`process ${pid} to stand still`, 20_000, () => state() === 'T');
}

async function running(connection: Connection, root: DataRoot, text: string): Promise<JobId> {
  const { id } = await connection.client('submitJob', { text, backend: 'process' });
  await heartbeat(root, id);
  return id;
}

describe('a source that stalls', () => {
  it('ends at the task’s own deadline: 124 on the command line, and the log kept', async () => {
    const root = workspace();
    const connection = await connect(root);
    const { id } = await connection.client('submitJob', {
      text: await stalledTask('limits: {timeout_sec: 5}\n'),
      backend: 'process',
    });
    const job = await untilEnded(connection, id, 60_000);
    expect(job.result).toMatchObject({ state: 'timed_out', exitCode: 124, error: { code: 'timed_out' } });
    expect(logOf(root, id)).toMatch(/started job[^]*Timed out/);
    expect(statusOf(root, id)).toMatchObject({ state: 'timed_out', by: 'worker' });
    expect((await cli(['logs', id, '--data-root', root.path])).stdout).toBe(logOf(root, id));
  });
});

describe('an engine whose clock is set', () => {
  it('days ahead and days back keeps its jobs, and its records stay readable', async (context) => {
    const clock = turnedClock(context);
    const root = workspace();
    startEngine(root, { ...clock.env, TRANSECT_MAX_LOCAL_JOBS: '3' });
    const connection = await whenReady(root);
    const id = await running(connection, root, await stalledTask());
    for (const days of [2, -3]) {
      clock.turn(days);
      const second = await running(connection, root, await stalledTask());
      await heartbeat(root, id, await heartbeat(root, id));
      for (const jobId of [id, second]) expect((await connection.client('getJob', { jobId })).state).toBe('running');
      await connection.client('cancelJob', { jobId: second });
      expect((await untilEnded(connection, second)).state).toBe('cancelled');
    }
    await connection.client('cancelJob', { jobId: id });
    expect((await untilEnded(connection, id)).result).toMatchObject({ state: 'cancelled', exitCode: 130 });
    expect((await connection.client('reindex', {})).problems).toEqual([]);
    expect((await connection.client('listJobs', {})).jobs).toHaveLength(3);
  });
});

describe.runIf(process.platform === 'linux')('a machine that sleeps', () => {
  it.each([
    ['the worker alone', false],
    ['the worker and the engine', true],
  ])('%s: the job goes on when it wakes', async (_, both) => {
    const root = workspace();
    const connection = await connect(root);
    const id = await running(connection, root, await stalledTask());
    const pids = [workerPid(root, id) ?? 0, ...(both ? [connection.health.pid] : [])];
    for (const pid of pids) await putToSleep(pid);
    const before = statusOf(root, id).heartbeatAt;
    // Longer than two beats of its heart.
    await sleep(5_000);
    expect(statusOf(root, id).heartbeatAt).toBe(before);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await heartbeat(root, id, before);
    expect((await connection.client('getJob', { jobId: id })).state).toBe('running');
    await connection.client('cancelJob', { jobId: id });
    expect((await untilEnded(connection, id)).state).toBe('cancelled');
    expect(logOf(root, id)).toMatch(/started job[^]*Cancelled/);
  });
});
