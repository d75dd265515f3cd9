import { describe, expect, it } from 'vitest';
import { World, jobId } from './support.ts';

describe('deadlines', () => {
  it('a job is told to end in order shortly before its time is over, and ended at the very second', async () => {
    const world = new World();
    world.obeys = false;
    world.open('job', { runSec: 3_600 });
    world.cloud.rent('r', 'job');
    await world.run(3_500);
    expect(world.cancelled).toEqual([]);
    expect(world.cloud.orders).toEqual([]);
    await world.run(200);
    expect(world.cancelled[0]).toMatchObject({ jobId, why: { state: 'timed_out' } });
    expect(world.cancelled[0]?.why.words).toBe('Its time of 1 h is over: what was approved pays for no more.');
    expect(world.cancelled[0]?.at).toBeCloseTo(3_570, 1);
    expect(world.cloud.orders).toHaveLength(1);
    expect(world.cloud.orders[0]).toMatchObject({ id: 'r', how: 'cancel' });
    expect(world.cloud.goneAt.get('r')).toBeCloseTo(3_600, 1);
    const entry = world.entry();
    expect(entry).toMatchObject({ state: 'gone', endings: 1, isOverdue: false });
    // 3.60 and 0.036 USD an hour; a listing of a moment later is the first that lacks it.
    expect(entry.meteredMicroUsd).toBeGreaterThanOrEqual(3_636_000);
    expect(entry.meteredMicroUsd).toBeLessThan(3_636_000 * 1.01);
  });

  it('time counts from when the machines bill, not from when they were asked for', async () => {
    const world = new World();
    world.open('job', { runSec: 600 });
    world.cloud.rent('r', 'job', { state: 'starting', startedAt: null });
    await world.run(1_000);
    expect(world.entry()).toMatchObject({ state: 'open', resourceId: 'r', meteredMicroUsd: 0 });
    const startedAt = new Date(world.wall).toISOString();
    world.cloud.change('r', { state: 'running', startedAt });
    await world.run(500);
    expect(world.cloud.orders).toEqual([]);
    expect(world.entry()).toMatchObject({ state: 'running', startedAt });
    await world.run(200);
    expect(world.cloud.goneAt.get('r')).toBeCloseTo(1_600, 0);
  });

  it('machines that are still being made bill from the moment in which the back end says so', async () => {
    const world = new World();
    world.open('job', { runSec: 600 });
    world.cloud.rent('r', 'job', { state: 'starting', startedAt: null });
    await world.ticks(2);
    expect(world.entry().state).toBe('open');
    const startedAt = new Date(world.wall).toISOString();
    world.cloud.change('r', { startedAt });
    await world.ticks(1);
    expect(world.entry()).toMatchObject({ state: 'running', startedAt });
  });

  it('where nobody says since when it bills, all the time since its launch counts', async () => {
    const world = new World();
    world.cloud.saysTime = false;
    world.open('job', { runSec: 600 });
    await world.run(100);
    world.cloud.rent('r', 'job', { startedAt: null });
    await world.run(600);
    expect(world.cloud.goneAt.get('r')).toBeCloseTo(600, 0);
  });

  it('a job that ends in time takes its machines with it, and is gone after two lists', async () => {
    const world = new World();
    world.open('job');
    world.cloud.rent('r', 'job');
    await world.run(1_000);
    world.jobEnds();
    world.cloud.remove('r');
    await world.run(90);
    expect(world.cloud.orders).toEqual([]);
    expect(world.entry()).toMatchObject({ state: 'gone', endings: 0 });
    expect(world.supervisor.hasWork()).toBe(false);
  });

  it('what a job leaves is ended', async () => {
    const world = new World();
    world.open('job');
    world.cloud.rent('r', 'job');
    await world.run(1_000);
    world.jobEnds(jobId, 'lost');
    await world.run(60);
    expect(world.cloud.orders).toMatchObject([{ id: 'r', how: 'cancel' }]);
    expect(world.entry().ending).toMatchObject({ how: 'cancel', reason: 'Its job ended.', problem: null });
  });

  it('a cluster’s job is told to end when its time is over, and the cluster is stopped after its idle time', async () => {
    const world = new World();
    world.open('cluster', { runSec: 3_600, idleSec: 600 });
    world.cloud.rent('c', 'cluster');
    await world.run(3_599);
    expect(world.cancelled).toEqual([]);
    await world.run(2);
    expect(world.cancelled).toMatchObject([{ why: { state: 'timed_out' } }]);
    await world.run(590);
    expect(world.cloud.orders).toEqual([]);
    await world.run(60);
    expect(world.cloud.orders).toHaveLength(1);
    expect(world.cloud.orders[0]?.at).toBeCloseTo(4_200, 0);
    expect(world.cloud.orders[0]?.how).toBe('stop');
    expect(world.entry()).toMatchObject({ state: 'stopped', isOverdue: false });
  });

  it('the idle time of a cluster whose job ended early begins then, to the second', async () => {
    const world = new World();
    world.open('cluster', { runSec: 3_600, idleSec: 600 });
    world.cloud.rent('c', 'cluster');
    await world.run(1_000);
    world.jobEnds();
    await world.run(700);
    expect(world.cloud.orders).toHaveLength(1);
    expect(world.cloud.orders[0]?.at).toBeCloseTo(1_600, 0);
  });

  it('a stopped cluster is left in peace, costs its disk, and is overdue when more disk is kept than was approved', async () => {
    const world = new World();
    world.open('cluster', { runSec: 600, idleSec: 0 });
    world.cloud.rent('c', 'cluster');
    await world.run(700);
    expect(world.cloud.orders).toHaveLength(1);
    expect(world.supervisor.hasWork()).toBe(false);
    world.settings.superviseSeconds = 600;
    await world.ticks(120);
    expect(world.entry()).toMatchObject({ state: 'stopped', isOverdue: false, hourlyMicroUsd: 36_000 });
    expect(world.supervisor.conditions()).toEqual([]);
    await world.ticks(30);
    expect(world.entry()).toMatchObject({ state: 'stopped', isOverdue: true });
    expect(world.supervisor.conditions()).toMatchObject([{ id: `overdue-${jobId}`, level: 'blocking' }]);
    expect(world.supervisor.conditions()[0]?.message).toBe(
      'The disk of mean-ndvi on SkyPilot has been kept for longer than was approved: $0.04/h until it is gone.',
    );
    expect(world.cloud.orders).toHaveLength(1);
  });

  it('machines that can’t be stopped are taken down, as was approved', async () => {
    const world = new World();
    world.open('cluster', { runSec: 600, end: 'down' });
    world.cloud.rent('c', 'cluster');
    await world.run(700);
    expect(world.cloud.orders).toMatchObject([{ id: 'c', how: 'down' }]);
    expect(world.entry().state).toBe('gone');
  });

  it('a cluster that somebody starts again after its end is stopped again', async () => {
    const world = new World();
    world.open('cluster', { runSec: 600 });
    world.cloud.rent('c', 'cluster');
    await world.run(700);
    world.cloud.change('c', { state: 'running' });
    await world.run(60);
    expect(world.cloud.orders.map(({ how }) => how)).toEqual(['stop', 'stop']);
    expect(world.cloud.states()).toEqual({ c: 'stopped' });
  });

  it('a look every period and no sooner: nothing outlives its time by more than one', async () => {
    for (const runSec of [601, 615, 629]) {
      const world = new World();
      world.open('job', { runSec });
      world.cloud.rent('r', 'job');
      await world.ticks(24);
      const over = (world.cloud.goneAt.get('r') ?? Infinity) - runSec;
      expect(over).toBeGreaterThanOrEqual(-30);
      expect(over).toBeLessThanOrEqual(30);
    }
  });
});
