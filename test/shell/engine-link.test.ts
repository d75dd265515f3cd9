import { expect, it } from 'vitest';
import type { Connection } from '../../src-main/client/connect.ts';
import { EngineLink } from '../../src-main/shell/engine-link.ts';
import { AppError } from '../../src-shared/errors.ts';

const connection = () => ({}) as Connection;
const failure = () => new AppError('backend_unavailable', 'It did not start.', { remedy: 'See the log.' });

/** A link over attempts that are settled by hand, with a clock that stands still. */
function arrange() {
  const attempts: PromiseWithResolvers<Connection>[] = [];
  const states: string[] = [];
  const clock = { now: 0 };
  const link = new EngineLink({
    connect: () => {
      const attempt = Promise.withResolvers<Connection>();
      attempts.push(attempt);
      return attempt.promise;
    },
    onState: ({ state, message }) => states.push(message === null ? state : `${state}: ${message}`),
    now: () => clock.now,
  });
  return { link, attempts, states, clock };
}

it('makes one attempt for all who wait, and keeps what it found', async () => {
  const { link, attempts, states } = arrange();
  const waiting = [link.connection(), link.connection(), link.connection()];
  const found = connection();
  attempts[0]!.resolve(found);
  for (const one of await Promise.all(waiting)) expect(one).toBe(found);
  expect(await link.connection()).toBe(found);
  expect(attempts).toHaveLength(1);
  expect(states).toEqual(['starting', 'ready']);
});

it('after a failure tells the reason at once, and tries again after longer and longer', async () => {
  const { link, attempts, states, clock } = arrange();
  let attempt = link.connection();
  for (const pause of [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
    const before = attempts.length;
    attempts.at(-1)!.reject(failure());
    await expect(attempt).rejects.toThrow('It did not start.');
    clock.now += pause - 1;
    await expect(link.connection()).rejects.toMatchObject({ message: 'It did not start.', remedy: 'See the log.' });
    expect(attempts).toHaveLength(before);
    clock.now += 1;
    attempt = link.connection();
    expect(attempts).toHaveLength(before + 1);
  }
  expect(states.slice(0, 3)).toEqual(['starting', 'failed: It did not start.', 'starting']);
});

it('tries at once when a person asks for it', async () => {
  const { link, attempts } = arrange();
  const first = link.connection();
  attempts[0]!.reject(failure());
  await expect(first).rejects.toThrow();
  const again = link.retry();
  attempts[1]!.resolve(connection());
  await again;
  expect(link.state.state).toBe('ready');
});

it('reaches for the engine again at once when it is lost, however many calls tell of it', async () => {
  const { link, attempts, states } = arrange();
  const first = connection();
  const waiting = link.connection();
  attempts[0]!.resolve(first);
  await waiting;
  link.lost(first);
  link.lost(first);
  const again = link.connection();
  expect(attempts).toHaveLength(2);
  const second = connection();
  attempts[1]!.resolve(second);
  expect(await again).toBe(second);
  // A call of the old engine tells late of what everybody knows.
  link.lost(first);
  expect(await link.connection()).toBe(second);
  expect(states.at(-1)).toBe('ready');
});

it('does not start an engine over and over that ends at once, but does again after it had lived', async () => {
  const { link, attempts, clock } = arrange();
  const live = async (forMs: number) => {
    const waiting = link.connection();
    const one = connection();
    attempts.at(-1)!.resolve(one);
    await waiting;
    clock.now += forMs;
    link.lost(one);
  };
  await live(100);
  await live(100);
  await expect(link.connection()).rejects.toThrow('ended again shortly');
  expect(link.state.state).toBe('failed');
  clock.now += 60_000;
  await live(60_000);
  await live(100);
  await expect(link.connection()).rejects.toThrow('ended again shortly');
});

it('has a thing done once more when the connection turns out to be dead, and for no other reason', async () => {
  const { link, attempts } = arrange();
  const [dead, alive] = [connection(), connection()];
  const done: Connection[] = [];
  const result = link.use((one) => {
    done.push(one);
    return one === dead ? Promise.reject(failure()) : Promise.resolve('done');
  });
  attempts[0]!.resolve(dead);
  await expect.poll(() => attempts.length).toBe(2);
  attempts[1]!.resolve(alive);
  expect(await result).toBe('done');
  expect(done).toEqual([dead, alive]);
  const refused = new AppError('denied', 'No.');
  await expect(link.use(() => Promise.reject(refused))).rejects.toBe(refused);
  expect(await link.connection()).toBe(alive);
});
