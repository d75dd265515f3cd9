import { describe, expect, it } from 'vitest';
import { World, jobId } from './support.ts';

const day = 86_400_000;

describe('clocks', () => {
  it('a clock that is set back a day takes nothing away from what has run', async () => {
    const world = new World();
    world.open('job', { runSec: 3_600 });
    world.cloud.rent('r', 'job');
    await world.run(1_000);
    world.wall -= day;
    await world.run(2_700);
    expect(world.cloud.goneAt.get('r')).toBeCloseTo(3_600, 0);
  });

  it('… nor does it with a restart, by the provider’s clock', async () => {
    const world = new World();
    world.open('job', { runSec: 3_600 });
    world.cloud.rent('r', 'job');
    await world.run(1_000);
    world.wall -= day;
    world.restart();
    await world.run(2_700);
    expect(world.cloud.goneAt.get('r')).toBeCloseTo(3_600, 0);
  });

  it('… nor, where the provider has no clock, by more than what was not yet noted', async () => {
    const world = new World();
    world.cloud.saysTime = false;
    world.open('job', { runSec: 3_600 });
    world.cloud.rent('r', 'job');
    await world.run(1_000);
    world.wall -= day;
    world.restart();
    await world.run(3_100);
    expect(world.cloud.goneAt.get('r')).toBeLessThanOrEqual(3_600 + 300);
  });

  it('a clock that was a day ahead when it was launched does not delay its end', async () => {
    const world = new World();
    world.wall += day;
    world.open('job', { runSec: 3_600 });
    world.wall -= day;
    world.cloud.rent('r', 'job');
    await world.run(3_700);
    expect(world.cloud.goneAt.get('r')).toBeCloseTo(3_600, 0);
  });

  it('of all clocks the one counts that says the most: one that is set ahead ends it at once, never too late', async () => {
    const world = new World();
    world.open('job', { runSec: 3_600 });
    world.cloud.rent('r', 'job');
    await world.run(1_000);
    world.wall += day;
    await world.run(5);
    expect(world.cloud.goneAt.get('r')).toBeLessThan(1_005);
    expect(world.cancelled).toMatchObject([{ why: { state: 'timed_out' } }]);
  });

  it('a machine that has slept acts as soon as it is awake', async () => {
    const world = new World();
    world.open('job', { runSec: 3_600 });
    world.cloud.rent('r', 'job');
    await world.run(1_000);
    const asleep = 7_200;
    world.cloud.seconds += asleep;
    world.wall += asleep * 1_000;
    await world.run(2);
    expect(world.cloud.goneAt.get('r')).toBeLessThan(1_000 + asleep + 2);
  });

  it('an engine that was away for long acts when it is there again, and the day’s sleep is on the meter', async () => {
    const world = new World();
    world.open('job', { runSec: 3_600 });
    world.cloud.rent('r', 'job');
    await world.run(60);
    world.pass(86_400);
    world.restart();
    world.cloud.faults.end = 'fail';
    await world.run(5);
    expect(world.cloud.orders[0]?.id).toBe('r');
    expect(world.entry()).toMatchObject({ isOverdue: true });
    expect(world.entry().meteredMicroUsd).toBeGreaterThan(24 * 3_600_000);
  });

  it('what has run is noted every five minutes and when the engine ends', async () => {
    const world = new World();
    world.open('job', { runSec: 36_000 });
    world.cloud.rent('r', 'job');
    await world.run(1_900);
    expect(world.ledger.lines).toBeGreaterThanOrEqual(2 + 6);
    expect(world.ledger.lines).toBeLessThan(2 + 9);
    const before = world.ledger.lines;
    world.supervisor.noteMeters();
    expect(world.ledger.lines).toBe(before + 1);
    world.restart();
    world.wall -= 30 * day;
    expect(world.entry().runningSec).toBeCloseTo(1_900, 0);
    expect(world.entry(jobId).meteredMicroUsd).toBeGreaterThanOrEqual(Math.floor(3_636_000 * (1_900 / 3_600)));
  });
});
