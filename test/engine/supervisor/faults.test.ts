import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cloud, World, jobId, machines, otherJob } from './support.ts';

const orders = (world: World) => world.lines().filter(({ data }) => data.type === 'entry.ending');

/** A job whose time is over, at a back end that does not do what it is told. */
async function overdue(world: World): Promise<void> {
  world.open('job', { runSec: 600 });
  world.cloud.rent('r', 'job');
  await world.run(700);
}

describe('an order to end', () => {
  it('that is refused is given again every period, and it stays red with what it costs until a list lacks it', async () => {
    const world = new World();
    world.cloud.faults.end = 'fail';
    await overdue(world);
    expect(world.entry()).toMatchObject({ isOverdue: true, ending: { problem: 'The cloud refuses.' } });
    expect(world.supervisor.conditions()).toMatchObject([{ id: `overdue-${jobId}`, level: 'blocking' }]);
    expect(world.supervisor.conditions()[0]?.message).toBe(
      'mean-ndvi on SkyPilot should have ended and still costs: $3.64/h until it is gone. Its end does not get through: The cloud refuses.',
    );
    await world.run(3_000);
    const given = world.cloud.orders.length;
    expect(given).toBeGreaterThan(100);
    // The first, its problem, and doublings: not one line for each.
    expect(orders(world).length).toBeLessThan(12);
    expect(world.supervisor.hasWork()).toBe(true);
    world.cloud.faults = {};
    await world.run(90);
    expect(world.entry()).toMatchObject({ state: 'gone', isOverdue: false });
    expect(world.supervisor.conditions()).toEqual([]);
  });

  it('whose answer is lost is found to have been carried out', async () => {
    const world = new World();
    world.cloud.faults.end = 'lose';
    await overdue(world);
    expect(world.cloud.orders).toHaveLength(1);
    expect(world.entry()).toMatchObject({ state: 'gone', ending: { problem: 'The cloud does not answer.' } });
  });

  it('that is taken and not carried out becomes red after a while', async () => {
    const world = new World();
    world.cloud.faults.end = 'ignore';
    await overdue(world);
    expect(world.entry().isOverdue).toBe(true);
    await world.run(600);
    expect(world.entry().ending?.problem).toBe('The order is taken each time, and it is still there.');
    expect(world.cloud.states()).toEqual({ r: 'running' });
  });

  it('is not repeated while the back end says that it goes down', async () => {
    const world = new World();
    world.cloud.faults.end = 'ignore';
    world.open('job', { runSec: 600 });
    world.cloud.rent('r', 'job');
    await world.run(605);
    world.cloud.change('r', { state: 'stopping' });
    await world.run(200);
    expect(world.cloud.orders).toHaveLength(1);
    await world.run(200);
    expect(world.cloud.orders.length).toBeGreaterThan(1);
  });

  it('is given to a back end that can’t be listed, and a person is told that it can’t be seen', async () => {
    const world = new World();
    world.open('job', { runSec: 600 });
    world.cloud.rent('r', 'job');
    await world.run(300);
    world.cloud.faults.list = 'fail';
    await world.run(400);
    expect(world.cloud.orders[0]).toMatchObject({ id: 'r', how: 'cancel' });
    expect(world.cloud.orders[0]?.at).toBeCloseTo(600, 0);
    expect(world.entry().state).toBe('running');
    const conditions = world.supervisor.conditions();
    expect(conditions.map(({ id, level }) => ({ id, level }))).toContainEqual({
      id: 'unheard-skypilot',
      level: 'warning',
    });
    expect(world.supervisor.resources().backends).toMatchObject([
      { backend: 'skypilot', problem: 'The cloud does not answer.' },
    ]);
    world.cloud.faults = {};
    await world.run(90);
    expect(world.entry().state).toBe('gone');
  });

  it('that is broken off because the engine ends is no problem of the back end', async () => {
    const world = new World();
    world.cloud.faults.end = 'hang';
    world.open('job', { runSec: 600 });
    world.cloud.rent('r', 'job');
    await world.run(610);
    expect(world.cloud.orders).toHaveLength(1);
    world.restart();
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.entry().ending).toMatchObject({ how: 'cancel', problem: null });
  });

  it('goes on after a restart in the middle, also one that a person gave', async () => {
    const world = new World();
    world.open('cluster', { runSec: 6_000 });
    world.cloud.rent('c', 'cluster');
    await world.run(60);
    world.cloud.faults.end = 'fail';
    await world.supervisor.end('skypilot', 'c', 'down', { by: 'owner', how: 'click' });
    expect(world.cancelled).toMatchObject([{ jobId, why: { state: 'cancelled' } }]);
    world.restart();
    world.cloud.faults = {};
    await world.run(1);
    // Once by the person, and once by the new engine.
    expect(world.cloud.orders.map(({ how }) => how)).toEqual(['down', 'down']);
    await world.run(60);
    expect(world.entry().state).toBe('gone');
  });
});

describe('a back end that hangs', () => {
  it('holds up no other', async () => {
    const other = new Cloud();
    const world = new World([['kubernetes', other]]);
    world.answerMs = 50;
    world.restart();
    world.open('job', { runSec: 600 });
    world.cloud.rent('r', 'job');
    other.faults.list = 'hang';
    await world.run(700);
    expect(world.cloud.goneAt.get('r')).toBeCloseTo(600, 0);
    expect(other.lists).toBeGreaterThan(0);
  });

  it('is let go after its time, and asked again', async () => {
    const world = new World();
    world.answerMs = 20;
    world.restart();
    world.cloud.faults.list = 'hang';
    await world.supervisor.tick();
    expect(world.supervisor.resources().backends[0]).toMatchObject({
      at: null,
      problem: 'The back end did not answer within 0.02 s.',
    });
    world.cloud.faults = {};
    await world.supervisor.tick();
    expect(world.supervisor.resources().backends[0]?.problem).toBeNull();
  });
});

describe('what does not appear, or late', () => {
  it('a launch that still goes on is waited for without end', async () => {
    const world = new World();
    world.open('job');
    await world.run(5_000);
    expect(world.entry()).toMatchObject({ state: 'open' });
    expect(world.supervisor.hasWork()).toBe(true);
  });

  it('a launch whose answer was lost appears after its job has ended, and is ended', async () => {
    const world = new World();
    world.open('job');
    await world.run(60);
    world.jobEnds(jobId, 'failed');
    await world.run(500);
    expect(world.entry().state).toBe('open');
    world.cloud.rent('late', 'job');
    await world.run(60);
    expect(world.cloud.orders).toMatchObject([{ id: 'late', how: 'cancel' }]);
    expect(world.entry()).toMatchObject({ resourceId: 'late' });
    await world.run(60);
    expect(world.entry().state).toBe('gone');
  });

  it('a launch of which nothing appears keeps its bound for an hour, and is then gone and cost nothing', async () => {
    const world = new World();
    world.open('job');
    world.jobEnds(jobId, 'failed');
    await world.run(3_550);
    expect(world.entry().state).toBe('open');
    expect(world.entry().committedMicroUsd).toBe(world.entry().boundMicroUsd);
    await world.run(120);
    expect(world.entry()).toMatchObject({ state: 'gone', meteredMicroUsd: 0, committedMicroUsd: 0, endings: 0 });
  });

  it('what was taken for gone and appears after all is ours again, and is ended', async () => {
    const world = new World();
    world.open('job');
    world.jobEnds(jobId, 'failed');
    await world.run(3_700);
    expect(world.entry().state).toBe('gone');
    world.cloud.rent('late', 'job');
    await world.supervisor.tick();
    expect(world.entry()).toMatchObject({ state: 'running', resourceId: 'late' });
    await world.run(60);
    expect(world.cloud.states()).toEqual({});
    expect(world.entry().state).toBe('gone');
  });

  it('one list that lacks what runs means nothing', async () => {
    const world = new World();
    world.open('job');
    world.cloud.rent('r', 'job');
    await world.ticks(2);
    world.cloud.faults.list = 'empty';
    await world.ticks(1);
    expect(world.supervisor.resources().missing).toMatchObject([{ id: jobId }]);
    // Nor do two that are asked for at the same moment.
    await world.supervisor.tick();
    expect(world.entry().state).toBe('running');
    world.cloud.faults = {};
    await world.ticks(1);
    expect(world.entry().state).toBe('running');
    expect(world.supervisor.resources().missing).toEqual([]);
    world.cloud.faults.list = 'empty';
    await world.ticks(1);
    expect(world.entry().state).toBe('running');
    await world.ticks(1);
    expect(world.entry().state).toBe('gone');
  });

  it('a launch that went through twice: the second is counted and ended, the first goes on', async () => {
    const world = new World();
    world.open('job');
    world.cloud.rent('a', 'job');
    await world.ticks(1);
    world.cloud.rent('b', 'job');
    await world.ticks(2);
    expect(world.cloud.orders).toMatchObject([{ id: 'b', how: 'cancel' }]);
    expect(world.cloud.states()).toEqual({ a: 'running' });
    const second = world.ledger.entries().find(({ id }) => id !== jobId);
    expect(second).toMatchObject({ jobId: null, resourceId: 'b', candidate: machines('cancel') });
    expect(second?.id).toMatch(/^adopted-/);
    await world.ticks(3);
    expect(world.ledger.entries().map(({ state }) => state)).toEqual(['running', 'gone']);
  });

  it('… which is counted once, also when the first is gone and the second stays', async () => {
    const world = new World();
    world.open('job');
    world.cloud.rent('a', 'job');
    await world.ticks(1);
    world.cloud.faults.end = 'fail';
    world.cloud.rent('b', 'job');
    await world.ticks(2);
    world.cloud.remove('a');
    world.jobEnds();
    await world.ticks(4);
    const standing = world.ledger.entries().map(({ state, resourceId }) => `${resourceId} ${state}`);
    expect(standing).toEqual(['a gone', 'b running']);
  });

  it('machines that take the place of others are not taken for a second launch', async () => {
    const world = new World();
    world.open('job');
    world.cloud.rent('a', 'job');
    await world.ticks(1);
    world.cloud.change('a', { state: 'stopping' });
    world.cloud.rent('b', 'job');
    await world.ticks(2);
    world.cloud.remove('a');
    await world.ticks(2);
    expect(world.cloud.orders).toEqual([]);
    expect(world.ledger.entries()).toMatchObject([{ state: 'running', resourceId: 'b' }]);
  });
});

describe('a ledger that can’t be written', () => {
  it('keeps nothing from being ended, and a person is told', async () => {
    const world = new World();
    world.open('job', { runSec: 600 });
    world.cloud.rent('r', 'job');
    await world.run(300);
    truncateSync(join(world.records, 'ledger.ndjson'), 100);
    await world.run(320);
    expect(world.cloud.goneAt.get('r')).toBeCloseTo(600, 0);
    expect(world.supervisor.conditions()).toMatchObject([{ id: 'ledger', level: 'blocking' }]);
    expect(world.told).toContain('error: the ledger could not be written');
  });

  it('that is damaged is supervised as far as it can be read', async () => {
    const world = new World();
    world.open('job', { runSec: 600 });
    world.cloud.rent('r', 'job');
    await world.run(300);
    const path = join(world.records, 'ledger.ndjson');
    writeFileSync(
      path,
      readFileSync(path, 'utf8')
        .replace(/.$/s, '')
        .replace(/"state":"running"/, '"state":"rumning"'),
    );
    world.restart();
    expect(world.ledger.problem).not.toBeNull();
    await world.run(400);
    expect(world.supervisor.conditions()).toMatchObject([{ id: 'ledger', level: 'blocking' }]);
  });

  it('a launch of another job is no business of this one', async () => {
    const world = new World();
    world.open('job', { runSec: 600 });
    world.open('job', { runSec: 6_000, id: otherJob });
    world.cloud.rent('a', 'job');
    world.cloud.rent('b', 'job', { entryId: otherJob });
    await world.run(700);
    expect(world.cloud.states()).toEqual({ b: 'running' });
    expect(world.entry(otherJob)).toMatchObject({ state: 'running', resourceId: 'b', endings: 0 });
  });
});
