import { describe, expect, it } from 'vitest';
import { launchBound } from '../../../src-main/engine/gate/launch-bound.ts';
import type { MoneyValues } from '../../../src-main/engine/gate/launch-bound.ts';
import { longestSec } from '../../../src-shared/money/bound.ts';
import type { Candidate } from '../../../src-shared/money/price.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { machine, taskOf } from './bench.ts';

const values: MoneyValues = {
  ...{ usd_per: {}, requester_pays_usd_per_gb: 0.25, stopped_disk_days: 2 },
  ...{ default_timeout_sec: 600, default_autostop_minutes: null },
};
const bound = (task: Task, candidate: Candidate | null, more: Partial<MoneyValues> = {}) =>
  launchBound({ task, offline: false, candidate, values: { ...values, ...more }, smallestCap: 1e12, held: null }).bound;
const cluster: Task = { ...taskOf(3_600).task, mode: 'cluster' };

describe('of a cluster', () => {
  const disk = { kind: 'disk', label: 'disk', per: 'hour', amount: 0.01, whenStopped: true } as const;
  const rented = machine('m', 3.6, { end: 'stop' });
  const kept = { ...rented, rates: [...rented.rates, { ...rented.rates[0]!, ...disk }] };

  it.each([
    [null, 600],
    [3, 180],
    [0, 0],
  ])('with %s minutes to idle it pays for %d s more than its run', (minutes, idleSec) => {
    expect(bound(cluster, rented, { default_autostop_minutes: minutes })).toMatchObject({
      ...{ runSec: 3_600, idleSec, totalMicroUsd: 3_600_000 + idleSec * 1_000 },
    });
  });

  it('it pays for the disk of the days that it may stay stopped', () => {
    expect(bound(cluster, kept, { default_autostop_minutes: 0 })).toMatchObject({
      ...{ stoppedSec: 172_800, totalMicroUsd: 3_600_000 + 10_000 * 49 },
    });
  });

  it('nothing of that is paid for a job', () => {
    expect(bound(taskOf(3_600).task, rented)).toMatchObject({ idleSec: 0, totalMicroUsd: 3_600_000 });
  });
});

describe('of a run on this machine', () => {
  const untimed = taskOf(0).task;

  it('its time is the task’s, and nothing is paid', () => {
    expect(bound(taskOf(60).task, null)).toMatchObject({ runSec: 60, heldBy: 'timeout', totalMicroUsd: 0, terms: [] });
  });

  it('it may go on for ever only where the task, or the workspace, says so', () => {
    expect(bound(untimed, null)).toMatchObject({ runSec: longestSec, heldBy: 'longest' });
    const { timeout_sec: _, ...limits } = untimed.limits;
    const unsaid = { ...untimed, limits } as Task;
    expect(bound(unsaid, null)).toMatchObject({ runSec: 600, heldBy: 'timeout' });
    expect(bound(unsaid, null, { default_timeout_sec: 0 })).toMatchObject({ runSec: longestSec, heldBy: 'longest' });
    expect(bound(unsaid, machine('m', 3.6))).toMatchObject({ runSec: 600, heldBy: 'timeout' });
  });

  it('what is read where the reader pays is one term', () => {
    const pays: Task = { ...untimed, access: { ...untimed.access, requester_pays: true } as Task['access'] };
    const read = { ...pays, limits: { ...pays.limits, timeout_sec: 60, max_read_bytes: 4e9 } };
    expect(bound(read, null)).toMatchObject({
      totalMicroUsd: 1_000_000,
      terms: [{ kind: 'egress', formula: '4 GB × 0.25 USD/GB', microUsd: 1_000_000 }],
    });
  });
});
