import type { ChildProcess } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../helpers/programs.ts';
import { startRangeServer } from '../helpers/range-server.ts';
import { tempFolder } from '../helpers/temp.ts';
import { turnedClock } from '../helpers/turned-clock.ts';
import { checkEnd, eventsOf, runWorker, statusOf } from '../helpers/worker-process.ts';

const timeoutSec = 8;

/** A raster that never comes: its run goes on until its deadline. */
async function stalledTask(): Promise<string> {
  const server = await startRangeServer(tempFolder());
  onTestFinished(() => server.close());
  return `task_name: stalled
output_dir: /data/outputs/jobs/stalled
inputs: {raster: "${server.url}/stall/a.tif"}
analysis: {type: raster_summary}
outputs: {}
limits: {timeout_sec: ${timeoutSec}}
`;
}

/** Runs the task, doing something to its process once it writes its status. */
async function disturbed(
  task: string,
  env: Record<string, string>,
  disturb: (child: ChildProcess, out: string) => Promise<void>,
) {
  let disturbing: Promise<void> = Promise.resolve();
  const run = await runWorker(task, {
    env,
    onStart: (child, out) => {
      disturbing = heartbeat(out).then(() => disturb(child, out));
      disturbing.catch(() => child.kill('SIGKILL'));
    },
  });
  await disturbing;
  return run;
}

/** Waits for a status with another heartbeat than this. */
function heartbeat(out: string, other = ''): Promise<string> {
  return until('a beat of the worker’s heart', 30_000, () => {
    try {
      const { heartbeatAt } = statusOf({ out });
      return heartbeatAt === other ? null : heartbeatAt;
    } catch {
      return null;
    }
  });
}

describe('a source that stalls', () => {
  it('ends at the deadline, with what was said so far in the log', async () => {
    const run = await runWorker(await stalledTask());
    const { status, logs } = checkEnd(run, 'timed_out', 124);
    expect(status.error?.message).toContain(`after ${timeoutSec} s`);
    expect(logs).toMatch(/started job[^]*Timed out/);
    expect(run.ms).toBeGreaterThan(timeoutSec * 1_000 - 200);
  });
});

describe('a clock that is set', () => {
  it('days ahead and days back: the deadline stays where it was, and time never goes back', async (context) => {
    const clock = turnedClock(context);
    const seen: string[] = [];
    const run = await disturbed(await stalledTask(), clock.env, async (_, out) => {
      for (const days of [2, -3]) {
        const before = await heartbeat(out);
        clock.turn(days);
        seen.push(await heartbeat(out, before));
      }
    });
    const { status } = checkEnd(run, 'timed_out', 124);
    // Neither days early nor days late.
    expect(run.ms).toBeGreaterThan(timeoutSec * 1_000 - 200);
    const ahead = Date.parse(seen[0] ?? '') - Date.parse(status.startedAt);
    expect(ahead).toBeGreaterThan(86_400_000);
    const times = [status.startedAt, ...eventsOf(run).map(({ at }) => at), status.heartbeatAt];
    expect(times).toEqual([...times].sort());
    expect(Date.parse(status.endedAt ?? '')).toBeGreaterThan(Date.parse(status.startedAt));
  });
});

describe.runIf(process.platform !== 'win32')('a worker that is put to sleep', () => {
  it('past its deadline: ends as timed out when it wakes, with the log kept', async () => {
    const run = await disturbed(await stalledTask(), {}, async (child, out) => {
      const before = await heartbeat(out);
      child.kill('SIGSTOP');
      const asleep = performance.now();
      await until('the deadline to pass', 60_000, () => performance.now() - asleep > (timeoutSec + 1) * 1_000);
      expect(statusOf({ out }).state).toBe('running');
      expect(Date.parse(statusOf({ out }).heartbeatAt) - Date.parse(before)).toBeLessThan(timeoutSec * 1_000);
      child.kill('SIGCONT');
    });
    const { logs } = checkEnd(run, 'timed_out', 124);
    expect(logs).toMatch(/started job[^]*Timed out/);
  });

  it('and cancelled while it sleeps: ends as cancelled when it wakes', async () => {
    const run = await disturbed(await stalledTask(), {}, async (child) => {
      child.kill('SIGSTOP');
      child.kill('SIGTERM');
      child.kill('SIGCONT');
      await Promise.resolve();
    });
    checkEnd(run, 'cancelled', 130);
  });
});
