import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JobId } from '../../../src-shared/job-id.ts';
import type { Actor } from '../../../src-shared/gate/proposal.ts';
import { World, jobId } from './support.ts';

const owner: Actor = { by: 'owner', how: 'click' };
const foreign = { entryId: null, name: 'theirs' };

describe('what is not ours', () => {
  it('is never ended by itself, whatever label, state and age it has, and whatever becomes of ours', async () => {
    const label = fc.constantFrom(null, '20260101t000000z-someone-else-zzzzzz', 'transect', `${jobId}x`);
    const state = fc.constantFrom('starting', 'running', 'stopping', 'stopped');
    const theirs = fc.array(fc.record({ label, state, isCluster: fc.boolean(), isOld: fc.boolean() }), {
      maxLength: 6,
    });
    const fault = fc.constantFrom('list', 'end', 'restart', 'back', 'ahead', 'none');
    await fc.assert(
      fc.asyncProperty(theirs, fc.array(fault, { maxLength: 6 }), async (all, faults) => {
        const world = new World();
        world.open('job', { runSec: 200 });
        world.cloud.rent('ours', 'job');
        for (const [n, one] of all.entries())
          world.cloud.rent(`theirs-${n}`, one.isCluster ? 'cluster' : 'job', {
            entryId: one.label,
            state: one.state,
            ...(one.isOld && { startedAt: '2020-01-01T00:00:00Z' }),
          });
        const before = world.cloud.states();
        for (const kind of faults) {
          world.cloud.faults = kind === 'list' ? { list: 'fail' } : kind === 'end' ? { end: 'fail' } : {};
          if (kind === 'restart') world.restart();
          if (kind === 'back') world.wall -= 86_400_000;
          if (kind === 'ahead') world.wall += 86_400_000;
          await world.ticks(3);
        }
        await world.supervisor.endOpenWork('cancel', owner);
        await world.supervisor.endOpenWork('stop', owner);
        world.cloud.faults = {};
        await world.ticks(4);
        expect(world.cloud.orders.every(({ id }) => id === 'ours')).toBe(true);
        const { ours: _, ...left } = before;
        expect(world.cloud.states()).toEqual(left);
        expect(world.supervisor.resources().unknown).toHaveLength(all.length);
        expect(world.ledger.entries()).toHaveLength(1);
      }),
      { numRuns: 150 },
    );
  });

  it('is ended by a person’s word, and what the back end answers is told', async () => {
    const world = new World();
    world.cloud.rent('x', 'cluster', foreign);
    world.cloud.faults.end = 'fail';
    await expect(world.supervisor.end('skypilot', 'x', 'down', owner)).rejects.toMatchObject({
      code: 'backend_rejected',
    });
    world.cloud.faults = {};
    const left = await world.supervisor.end('skypilot', 'x', 'down', owner);
    expect(left).toMatchObject({ ours: [], unknown: [], missing: [] });
    expect(world.ledger.entries()).toEqual([]);
    expect(world.told).toContain('info: a person ends a resource that is not of this workspace');
  });

  it('is refused in a way that is not possible there, or where it is not', async () => {
    const world = new World();
    world.cloud.rent('x', 'job', foreign);
    await expect(world.supervisor.end('skypilot', 'x', 'stop', owner)).rejects.toMatchObject({
      code: 'conflict',
      remedy: 'Possible there: Cancel.',
    });
    await expect(world.supervisor.end('skypilot', 'y', 'stop', owner)).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.supervisor.end('docker', 'x', 'stop', owner)).rejects.toMatchObject({ code: 'not_found' });
    expect(world.cloud.orders).toEqual([]);
  });

  it('is ours once a person takes it over, and is ended at the time they gave', async () => {
    const world = new World();
    world.cloud.rent('x', 'cluster', foreign);
    world.pass(5_000);
    const endAt = new Date(world.wall + 1_000_000).toISOString();
    const lists = await world.supervisor.adopt('skypilot', 'x', endAt, owner);
    expect(lists).toMatchObject({ ours: [{ id: 'x', hourlyMicroUsd: 3_600_000 }], unknown: [] });
    const [entry] = world.ledger.entries();
    expect(entry).toMatchObject({ jobId: null, mode: 'cluster', state: 'running', hourlyMicroUsd: 3_600_000 });
    // Its cost counts from then on, whatever it cost before.
    expect(entry?.meteredMicroUsd).toBeLessThan(10_000);
    await expect(world.supervisor.adopt('skypilot', 'x', null, owner)).rejects.toMatchObject({ code: 'conflict' });
    await world.run(990);
    expect(world.cloud.orders).toEqual([]);
    await world.run(15);
    expect(world.cloud.orders).toMatchObject([{ id: 'x', how: 'stop' }]);
    expect(world.cloud.orders[0]?.at).toBeCloseTo(6_000, 0);
    expect(world.ledger.entries()[0]?.meteredMicroUsd).toBeCloseTo(1_005_000, -4);
  });

  it('stays as long as nobody says otherwise when it was taken over without a time', async () => {
    const world = new World();
    world.cloud.rent('x', 'cluster', foreign);
    await world.supervisor.adopt('skypilot', 'x', null, owner);
    world.settings.superviseSeconds = 600;
    await world.ticks(300);
    expect(world.cloud.orders).toEqual([]);
    expect(world.supervisor.hasWork()).toBe(true);
    expect(world.ledger.entries()[0]).toMatchObject({ state: 'running', isOverdue: false });
  });

  it('is nobody’s again when it is gone: something new by that name is not ours', async () => {
    const world = new World();
    world.cloud.rent('x', 'cluster', foreign);
    await world.supervisor.adopt('skypilot', 'x', null, owner);
    await world.supervisor.end('skypilot', 'x', 'down', owner);
    await world.ticks(3);
    expect(world.ledger.entries()).toMatchObject([{ state: 'gone' }]);
    world.cloud.rent('x', 'cluster', foreign);
    await world.ticks(3);
    expect(world.cloud.states()).toEqual({ x: 'running' });
    expect(world.supervisor.resources()).toMatchObject({ ours: [], unknown: [{ id: 'x' }] });
  });

  it('in another currency costs what the settings say, or an amount that is not known', async () => {
    const world = new World();
    world.cloud.rent('x', 'cluster', { ...foreign, hourly: { currency: 'EUR', amount: 2 } });
    await world.supervisor.tick();
    expect(world.supervisor.resources().unknown[0]?.hourlyMicroUsd).toBeNull();
    world.settings.usdPer = { EUR: 1.25 };
    expect(world.supervisor.resources().unknown[0]?.hourlyMicroUsd).toBe(2_500_000);
    await world.supervisor.adopt('skypilot', 'x', null, owner);
    world.pass(3_600);
    expect(world.ledger.entries()[0]?.meteredMicroUsd).toBe(2_500_000);
  });
});

describe('what a person ends', () => {
  it('is never the disk of a cluster that can only be taken down, unless the owner says so', async () => {
    const world = new World();
    world.open('cluster', { end: 'down' });
    world.cloud.rent('c', 'cluster');
    await world.ticks(1);
    await expect(world.supervisor.endOpenWork('stop', { by: 'agent', how: 'api' })).rejects.toMatchObject({
      code: 'denied',
      details: { needs: 'owner' },
    });
    expect(world.cloud.orders).toEqual([]);
    await world.supervisor.endOpenWork('stop', owner);
    expect(world.cloud.orders).toMatchObject([{ id: 'c', how: 'down' }]);
  });

  it('all clusters, and not the jobs; all jobs, and not the clusters', async () => {
    for (const how of ['stop', 'cancel'] as const) {
      const world = new World();
      const cluster = JobId.parse('20260801t140000z-mean-ndvi-cdefgh');
      world.open('job');
      world.open('cluster', { id: cluster });
      world.cloud.rent('j', 'job');
      world.cloud.rent('c', 'cluster', { entryId: cluster });
      await world.ticks(1);
      await world.supervisor.endOpenWork(how, owner);
      expect(world.cloud.orders).toEqual([{ at: 30, id: how === 'stop' ? 'c' : 'j', how }]);
      expect(world.cancelled.map((one) => one.jobId)).toEqual([how === 'stop' ? cluster : jobId]);
      expect(world.entry(how === 'stop' ? cluster : jobId).ending?.reason).toBe(
        'All work of its kind that cost money was ended at once.',
      );
      await world.ticks(3);
      expect(world.entry(jobId).state).toBe(how === 'stop' ? 'running' : 'gone');
      expect(world.entry(cluster).state).toBe(how === 'stop' ? 'stopped' : 'running');
    }
  });

  it('a launch of which nothing is seen yet is ended as soon as it appears', async () => {
    const world = new World();
    world.obeys = false;
    world.open('job');
    await world.ticks(1);
    await world.supervisor.endOpenWork('cancel', owner);
    world.restart();
    world.cloud.rent('r', 'job', { state: 'starting', startedAt: null });
    await world.ticks(1);
    expect(world.cloud.orders).toMatchObject([{ id: 'r', how: 'cancel' }]);
  });

  it('a stopped cluster is taken down for good', async () => {
    const world = new World();
    world.open('cluster', { runSec: 600 });
    world.cloud.rent('c', 'cluster');
    await world.run(700);
    expect(world.entry().state).toBe('stopped');
    await world.supervisor.end('skypilot', 'c', 'down', owner);
    expect(world.cloud.states()).toEqual({});
    await world.ticks(2);
    expect(world.entry()).toMatchObject({ state: 'gone', ending: { how: 'down', reason: 'A person ordered it.' } });
  });
});

describe('bills', () => {
  it('are asked for until the provider knows, and noted once', async () => {
    const world = new World();
    world.open('job', { runSec: 600 });
    world.cloud.rent('r', 'job');
    await world.run(3_600);
    expect(world.entry()).toMatchObject({ state: 'gone', actualMicroUsd: null });
    world.cloud.bills.set(jobId, { currency: 'USD', amount: 0.61, source: 'bill 7' });
    const before = world.ledger.lines;
    await world.run(7_200);
    expect(world.entry()).toMatchObject({ actualMicroUsd: 610_000, committedMicroUsd: 610_000 });
    await world.run(86_400);
    expect(world.ledger.lines).toBe(before + 1);
  });

  it('in a currency that nobody can convert wait for a rate', async () => {
    const world = new World();
    world.open('job', { runSec: 600 });
    world.cloud.rent('r', 'job');
    world.cloud.bills.set(jobId, { currency: 'EUR', amount: 1, source: 'bill 7' });
    await world.run(3_600);
    expect(world.entry().actualMicroUsd).toBeNull();
    expect(world.told).toContain('warn: a bill is in a currency without a rate');
    world.settings.usdPer = { EUR: 1.25 };
    await world.run(7_200);
    expect(world.entry().actualMicroUsd).toBe(1_250_000);
  });

  it('that do not come in thirty days do not come', async () => {
    const world = new World();
    world.open('job', { runSec: 600 });
    world.cloud.rent('r', 'job');
    await world.run(1_200);
    world.pass(31 * 86_400);
    world.cloud.bills.set(jobId, { currency: 'USD', amount: 1, source: 'bill 7' });
    await world.run(7_200);
    expect(world.entry().actualMicroUsd).toBeNull();
  });
});

describe('resting', () => {
  it('looks seldom while nothing costs, and every period from the moment in which something does', async () => {
    const world = new World();
    world.cloud.rent('x', 'cluster', foreign);
    await world.run(6_000);
    expect(world.cloud.lists).toBe(11);
    world.open('job');
    await world.run(300);
    expect(world.cloud.lists).toBeGreaterThanOrEqual(11 + 9);
    expect(world.cloud.lists).toBeLessThanOrEqual(11 + 12);
  });

  it('a look that is asked for during another begins after it, and many share one', async () => {
    const world = new World();
    await Promise.all([1, 2, 3, 4].map(() => world.supervisor.tick()));
    expect(world.cloud.lists).toBe(2);
  });
});
