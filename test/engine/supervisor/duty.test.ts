import { describe, expect, it } from 'vitest';
import type { Situation } from '../../../src-main/engine/supervisor/duty.ts';
import { dutyOf, gentlest, howToEnd } from '../../../src-main/engine/supervisor/duty.ts';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import type { EndHow } from '../../../src-shared/money/price.ts';
import { entryOf as entry } from './entries.ts';
import { machines } from './support.ts';

const now = Date.parse('2026-08-01T12:00:00Z');
const nothing = { job: null, end: null, dueInSec: null };

const duty = (of: LedgerEntry, more: Partial<Situation> = {}) =>
  dutyOf({ entry: of, overSec: null, now, periodSec: 30, ends: null, ...more });
const order = (how: EndHow, reason: string) => ({ how, reason, actor: { by: 'engine', how: 'rule' } });
const timedOut = { state: 'timed_out', words: 'Its time of 1 h is over: what was approved pays for no more.' };

describe('of a job that goes on', () => {
  it.each([
    [0, null, null, 3_570],
    [3_569, null, null, 1],
    [3_570, timedOut, null, 30],
    [3_599, timedOut, null, 1],
    [3_600, timedOut, order('cancel', 'Its time of 1 h is over.'), null],
    [9_999, timedOut, order('cancel', 'Its time of 1 h is over.'), null],
  ])(
    'after %d s of an hour: it is told half a minute before, and ended at its end',
    (runningSec, job, end, dueInSec) => {
      expect(duty(entry('job', { runningSec }))).toEqual({ job, end, dueInSec });
    },
  );

  it('is told no sooner than one look before, nor than a tenth of its time', () => {
    expect(duty(entry('job', { runningSec: 3_594 }), { periodSec: 5 })).toMatchObject({ job: null, dueInSec: 1 });
    expect(duty(entry('job', { runningSec: 3_595 }), { periodSec: 5 }).job).toEqual(timedOut);
    expect(duty(entry('job', { runningSec: 3_569 }), { periodSec: 300 })).toMatchObject({ job: null, dueInSec: 1 });
    expect(duty(entry('job', { runningSec: 89 }, 100))).toMatchObject({ job: null, dueInSec: 1 });
    expect(duty(entry('job', { runningSec: 90 }, 100)).job).toMatchObject({ state: 'timed_out' });
  });

  it('on a cluster is told when its time is over, and the cluster ended after its idle time', () => {
    const at = (runningSec: number) => duty(entry('cluster', { runningSec }));
    expect(at(3_599)).toEqual({ ...nothing, dueInSec: 1 });
    expect(at(3_600)).toEqual({ ...nothing, job: timedOut, dueInSec: 600 });
    expect(at(4_199)).toEqual({ ...nothing, job: timedOut, dueInSec: 1 });
    expect(at(4_200)).toEqual({ ...nothing, job: timedOut, end: order('stop', 'Its time of 1 h 10 min is over.') });
  });

  it('has all its time as long as nothing bills, or nothing holds it', () => {
    expect(duty(entry('job', { state: 'open', runningSec: 9_999 }))).toEqual(nothing);
    expect(duty(entry('job', { bound: null, runningSec: 9_999 }))).toEqual(nothing);
    expect(duty(entry('job', { state: 'gone', runningSec: 9_999 }))).toEqual(nothing);
  });
});

describe('of what a job left', () => {
  it.each<[string, LedgerEntry, number, number, ReturnType<typeof order> | null, number | null]>([
    ['goes by itself for half a minute', entry('job'), 29, 60, null, 1],
    ['is ended then', entry('job'), 30, 60, order('cancel', 'Its job ended.'), null],
    ['goes by itself for one look', entry('job'), 4, 5, null, 1],
    ['is ended at the next', entry('job'), 5, 5, order('cancel', 'Its job ended.'), null],
    ['may idle', entry('cluster'), 599, 30, null, 1],
    ['is stopped after its idle time', entry('cluster'), 600, 30, order('stop', 'Its job ended 10 min ago.'), null],
    ['may not idle unbounded', entry('cluster', { bound: null }), 0, 30, order('stop', 'Its job ended.'), null],
    ['has no more than its time', entry('cluster', { runningSec: 4_190 }), 10, 30, null, 10],
    ['is not there yet', entry('job', { state: 'open' }), 29, 60, null, 1],
    ['may still appear', entry('job', { state: 'open' }), 30, 60, order('cancel', 'Its job ended.'), null],
  ])('%s', (_, of, overSec, periodSec, end, dueInSec) => {
    expect(duty(of, { overSec, periodSec })).toEqual({ job: null, end, dueInSec });
  });

  it('is ended at the end of its time at the latest', () => {
    const end = order('stop', 'Its time of 1 h 10 min is over.');
    expect(duty(entry('cluster', { runningSec: 4_200 }), { overSec: 10 })).toEqual({ ...nothing, end });
  });

  it('is left in peace when it is stopped, which was approved; machines that are to be taken down are not', () => {
    const candidate = machines('down');
    for (const overSec of [null, 9_999]) {
      expect(duty(entry('cluster', { state: 'stopped', runningSec: 9_999 }), { overSec })).toEqual(nothing);
      expect(duty(entry('cluster', { state: 'stopped', runningSec: 9_999, candidate }), { overSec }).end?.how).toBe(
        'down',
      );
    }
  });
});

describe('of what a person took over', () => {
  const taken = (endAt: number | null, more: Partial<LedgerEntry> = {}) =>
    entry('cluster', {
      jobId: null,
      bound: null,
      candidate: null,
      endAt: endAt === null ? null : new Date(endAt).toISOString(),
      ...more,
    });

  it('is to end it at the time that was given, if one was', () => {
    expect(duty(taken(null))).toEqual(nothing);
    expect(duty(taken(now + 60_000))).toEqual({ ...nothing, dueInSec: 60 });
    const end = order('stop', 'The time that a person gave it is over.');
    expect(duty(taken(now))).toEqual({ ...nothing, end });
    expect(duty(taken(now - 1_000))).toEqual({ ...nothing, end });
  });
});

describe('of what was ordered before', () => {
  const ending = { how: 'stop', reason: 'A person did.', problem: null, at: '2026-08-01T11:00:00.000Z' } as const;
  const cancelled = { state: 'cancelled', words: 'What it runs on is ended. A person did.' };

  it('stands until it is carried out, and ends its job', () => {
    const end = order('stop', 'A person did.');
    expect(duty(entry('cluster', { ending }))).toEqual({ job: cancelled, end, dueInSec: null });
    expect(duty(entry('cluster', { ending }), { overSec: 0 })).toEqual({ ...nothing, end });
    expect(duty(entry('cluster', { ending, jobId: null }))).toEqual({ ...nothing, end });
  });

  it('is carried out when a listing says so', () => {
    expect(duty(entry('cluster', { ending, state: 'gone' }))).toEqual(nothing);
    expect(duty(entry('cluster', { ending, state: 'stopped' }))).toEqual(nothing);
    const down = { ...ending, how: 'down' } as const;
    expect(duty(entry('cluster', { ending: down, state: 'stopped' })).end?.how).toBe('down');
  });
});

it.each<[EndHow[], EndHow | null]>([
  [[], null],
  [['down'], 'down'],
  [['down', 'cancel'], 'cancel'],
  [['down', 'cancel', 'stop'], 'stop'],
])('of %j the gentlest is %s', (ends, how) => {
  expect(gentlest(ends)).toBe(how);
});

it('ends things as was approved, else as gently as is possible there', () => {
  expect(howToEnd(entry('cluster', { candidate: machines('down') }), ['stop'])).toBe('down');
  expect(howToEnd(entry('cluster', { candidate: null }), ['down'])).toBe('down');
  expect(howToEnd(entry('cluster', { candidate: null }), null)).toBe('stop');
  expect(howToEnd(entry('job', { candidate: null }), [])).toBe('cancel');
});
