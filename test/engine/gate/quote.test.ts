import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Backend } from '../../../src-main/engine/backends/backend.ts';
import type { Billing, QuoteAsk } from '../../../src-main/engine/backends/billing.ts';
import { quoteOf } from '../../../src-main/engine/gate/quote.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { Candidate } from '../../../src-shared/money/price.ts';
import { bench, machine, never, taskOf } from './bench.ts';

type Quote = (ask: QuoteAsk, signal: AbortSignal) => Promise<readonly Candidate[]>;

const ask: QuoteAsk = { task: taskOf(60).task, timeoutSec: 60 };
const quoted = (quote: Quote, signal: AbortSignal = never) =>
  quoteOf({ id: 'skypilot', billing: { need: 'billed', quote } as unknown as Billing }, ask, signal);
const hang: Quote = () => new Promise(() => undefined);

describe('a quote', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is asked for the task and its time, and is given with what defaults add', async () => {
    const quote = vi.fn<Quote>(() => Promise.resolve([machine('small', 1)]));
    expect(await quoted(quote)).toEqual([machine('small', 1)]);
    expect(quote.mock.calls[0]?.[0]).toBe(ask);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is none where nothing is billed', async () => {
    expect(await quoteOf({ id: 'process' }, ask, never)).toEqual([]);
  });

  it('that does not come within 20 s closes the gate', async () => {
    const refused = expect(quoted(hang)).rejects.toMatchObject({
      code: 'gate_closed',
      message: expect.stringContaining('no answer within 20 s'),
      retryable: true,
    });
    await vi.advanceTimersByTimeAsync(19_999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await refused;
  });

  it('that nobody waits for any more ends with the reason, also where the provider does not listen', async () => {
    for (const answer of [hang, () => Promise.reject(new Error('aborted there'))]) {
      const stop = new AbortController();
      const reason = new Error('The window was closed.');
      const ended = expect(quoted(answer, stop.signal)).rejects.toBe(reason);
      stop.abort(reason);
      await ended;
    }
  });

  it('tells the provider when it is not waited for any more', async () => {
    const stop = new AbortController();
    let heard: unknown = null;
    const listening: Quote = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          heard = signal.reason;
          reject(heard);
        });
      });
    const ended = expect(quoted(listening, stop.signal)).rejects.toThrow('enough');
    stop.abort(new Error('enough'));
    await ended;
    expect(heard).toBe(stop.signal.reason);
  });

  it('that is refused closes the gate with its own remedy; a failure can be tried again', async () => {
    const refusal = new AppError('denied', 'no such account', { remedy: 'Log in.', retryable: false });
    await expect(quoted(() => Promise.reject(refusal))).rejects.toMatchObject({
      ...{ code: 'gate_closed', remedy: 'Log in.', retryable: false },
    });
    await expect(quoted(() => Promise.reject(new Error('reset')))).rejects.toMatchObject({
      ...{ code: 'gate_closed', remedy: 'Try again later.', retryable: true },
    });
  });
});

it('an offer asks for the time of the task, or of the workspace, and says when prices were asked', async () => {
  const { offer, planned, rental, clock } = bench();
  const quote = vi.spyOn(rental.billing as Billing, 'quote');
  const shown = await offer(planned(7_200));
  expect(quote.mock.calls[0]?.[0]).toMatchObject({ task: { task_name: 'paid' }, timeoutSec: 7_200 });
  expect(shown.pricedAt).toBe(new Date(clock.wall).toISOString());
  expect(shown.candidates).toMatchObject([{ hourlyMicroUsd: 1_000_000 }, { hourlyMicroUsd: 4_000_000 }]);
  const free = planned(7_200);
  const without = { ...free, backend: { id: 'process', plan: () => ({}) } as unknown as Backend };
  expect(await offer(without)).toMatchObject({ pricedAt: null, estimate: { microUsd: 0 } });
});

it('an offer is planned when its back end has settled what it stands for, and not before', async () => {
  const { offer, planned, rental } = bench();
  const of = planned(60);
  const settle = vi.fn(() => {
    rental.launches = 'settled';
    return Promise.resolve();
  });
  Object.assign(rental, { settle });
  expect((await offer(of)).plan?.launch).toMatchObject({ run: 'settled' });
  expect(settle).toHaveBeenCalledWith({ task: of.task, offline: false }, expect.anything());
});
