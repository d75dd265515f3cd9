import { expect, it } from 'vitest';
import type { CallName, Calls } from './calls.ts';
import { Provider } from './provider.ts';

const start = Date.parse('2026-03-01T00:00:00Z');

function rig() {
  let now = start;
  const provider = new Provider(() => now);
  const ask = <N extends CallName>(name: N, input: Calls[N]['in'], signal = new AbortController().signal) =>
    provider.ask(name, input, signal);
  const launch = (label: string, machine = 'small', mode: 'job' | 'cluster' = 'job') =>
    ask('launch', { label, name: label, machine, mode, nodes: 1, autostop: { runSec: 3_600, idleSec: 600 } });
  return { provider, ask, launch, turn: (sec: number) => void (now += sec * 1_000) };
}

it('bills from when machines run until they have ended, and says so later', async () => {
  const { ask, launch, turn } = rig();
  const { id } = await launch('a');
  turn(10);
  expect((await ask('list', {})).resources).toMatchObject([{ id, state: 'starting', startedAt: null }]);
  turn(20);
  expect((await ask('list', {})).resources).toMatchObject([
    { state: 'running', startedAt: '2026-03-01T00:00:30.000Z' },
  ]);
  turn(95);
  await ask('end', { id, how: 'cancel' });
  expect((await ask('list', {})).resources).toMatchObject([{ state: 'stopping' }]);
  turn(5);
  expect((await ask('list', {})).resources).toEqual([]);
  expect(await ask('actual', { label: 'a' })).toBeNull();
  turn(3_600);
  expect(await ask('actual', { label: 'a' })).toEqual({ currency: 'USD', amount: 100 / 3_600 });
});

it('bills steps, at least the minimum, and the disk of what is stopped', async () => {
  const { provider, ask, launch, turn } = rig();
  const { id } = await launch('a', 'large', 'cluster');
  turn(30 + 56);
  await ask('end', { id, how: 'stop' });
  turn(5);
  // 61 s of running are two minutes.
  expect(provider.rentals()[0]?.bill(provider.now())).toBeCloseTo((4 * 120) / 3_600 + (8 * 61) / 2_628_000, 12);
  turn(86_400);
  expect((await ask('list', {})).resources).toMatchObject([{ state: 'stopped', hourly: { amount: 0 } }]);
  expect(provider.rentals()[0]?.bill(provider.now())).toBeCloseTo((4 * 120) / 3_600 + (8 * 86_461) / 2_628_000, 12);
});

it('ends by itself when the time is up, unless that is broken', async () => {
  for (const works of [true, false]) {
    const { provider, launch, turn } = rig();
    provider.autostopWorks = works;
    await launch('a');
    turn(30 + 3_600 + 4);
    expect(provider.rentals()[0]?.state).toBe(works ? 'stopping' : 'running');
    turn(1);
    expect(provider.rentals()[0]?.state).toBe(works ? 'gone' : 'running');
  }
});

it('gives the same machines to the same label, once', async () => {
  const { provider, launch } = rig();
  expect(await launch('a')).toEqual(await launch('a'));
  expect(await launch('b')).not.toEqual(await launch('a'));
  expect(provider.rentals()).toHaveLength(2);
});

it.each(['refuse', 'unreachable', 'hang', 'lose', 'late'] as const)('a launch with the fault “%s”', async (kind) => {
  const { provider, launch, turn } = rig();
  provider.fault('launch', kind, { afterMs: 60_000 });
  if (kind === 'hang') {
    const stop = new AbortController();
    const stopped = provider.ask('launch', {} as Calls['launch']['in'], stop.signal);
    stop.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
  } else await expect(launch('a')).rejects.toMatchObject({ code: expect.stringContaining('backend_') as string });
  const count = () => provider.rentals().length;
  expect(count()).toBe(kind === 'lose' ? 1 : 0);
  turn(60);
  expect(count()).toBe(kind === 'lose' || kind === 'late' ? 1 : 0);
  // The fault was for one call.
  await launch('b');
});

it('keeps quiet about an order that it ignores, and lists what was', async () => {
  const { provider, ask, launch, turn } = rig();
  const { id } = await launch('a');
  turn(60);
  provider.fault('end', 'ignore', { times: null });
  await ask('end', { id, how: 'cancel' });
  turn(60);
  expect(provider.rentals()[0]?.state).toBe('running');
  provider.lift('end');
  await launch('b');
  provider.fault('list', 'stale', { afterMs: 30_000 });
  expect((await ask('list', {})).resources.map(({ name }) => name)).toEqual(['a']);
  expect((await ask('list', {})).resources.map(({ name }) => name)).toEqual(['a', 'b']);
});
