import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  costTail,
  costWords,
  endWhen,
  endingWords,
  fineUsd,
  justGone,
  meterNow,
  promisedMicroUsd,
  shapeOf,
  stateWords,
  waysToEnd,
} from '../../../src-renderer/costs/entry-words.ts';
import { at, entry, resource } from './support.ts';

const now = Date.parse(at);

describe('the meter on the page', () => {
  it('goes on by rate and time from what the engine read', () => {
    expect(meterNow(entry(), at, now)).toBe(190_000);
    expect(meterNow(entry(), at, now + 1_800_000)).toBe(285_000);
    expect(meterNow(entry({ state: 'stopped', hourlyMicroUsd: 10_000 }), at, now + 3_600_000)).toBe(200_000);
  });

  it('stands still for what does not bill, and where the rate is not known', () => {
    for (const one of [entry({ state: 'open' }), entry({ state: 'gone' }), entry({ hourlyMicroUsd: null })])
      expect(meterNow(one, at, now + 3_600_000)).toBe(190_000);
  });

  it('never goes below what the engine read, whatever the clock does, and never back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }), (jump, later) => {
        const first = meterNow(entry(), at, now + jump);
        expect(first).toBeGreaterThanOrEqual(190_000);
        expect(meterNow(entry(), at, now + jump + later)).toBeGreaterThanOrEqual(first);
      }),
    );
  });

  it('shows ten-thousandths, and never more than there is', () => {
    expect(fineUsd(0)).toBe('$0.0000');
    expect(fineUsd(99)).toBe('$0.0000');
    expect(fineUsd(190_050)).toBe('$0.1900');
    expect(fineUsd(12_345_678)).toBe('$12.3456');
  });
});

describe('the words of an entry', () => {
  it('say when it ends, when it should have ended, and that nothing ends it', () => {
    expect(endWhen(entry())).toBe('At the latest 2026-11-22 12:00:00 UTC+00:00');
    expect(endWhen(entry({ isOverdue: true }))).toBe('Should have ended 2026-11-22 12:00:00 UTC+00:00');
    expect(endWhen(entry({ state: 'stopped' }))).toBe('Counted as overdue from 2026-11-22 12:00:00 UTC+00:00 on');
    expect(endWhen(entry({ endAt: null }))).toBe('Nothing ends it by itself: you do');
    expect(endWhen(entry({ endAt: null, isOverdue: true }))).toBe('Should have ended');
  });

  it('say what came of the orders to end it', () => {
    const ending = { how: 'cancel', reason: 'its time was over', problem: null, at } as const;
    expect(endingWords(entry())).toBeNull();
    expect(endingWords(entry({ endings: 1, ending }))).toBe(
      'Asked once to cancel it, last 2026-11-22 10:00:00 UTC+00:00 (its time was over). It is looked for until it is gone.',
    );
    expect(
      endingWords(entry({ endings: 3, ending: { ...ending, how: 'down', problem: 'The provider says 500' } })),
    ).toBe(
      'Asked 3 times to take it down, last 2026-11-22 10:00:00 UTC+00:00 (its time was over): The provider says 500. It is asked again.',
    );
  });

  it('say what has no meter, and why', () => {
    const here = entry({ backend: 'docker', state: 'open', needs: ['service'] });
    expect(stateWords(here)).toBe('On this machine');
    expect(stateWords(entry({ state: 'open' }))).toBe('Asked for, not seen yet');
    expect(costTail(here)).toEqual({ isMetered: false, words: 'Nothing: it runs on this machine.' });
    expect(costTail({ ...here, needs: ['requester_pays'] }).words).toContain('At most $0.57.');
    expect(costTail(entry({ hourlyMicroUsd: null })).words).toBe('up to now; its rate is not known. At most $0.57.');
    expect(costTail(entry()).words).toContain('at $0.19/h, by rate and time: the bill may come later.');
  });

  it('take the bill before the meter', () => {
    expect(costWords(entry())).toBe('$0.1900 by rate and time');
    expect(costWords(entry({ actualMicroUsd: 200_000 }))).toBe('$0.2000 on the bill');
  });
});

describe('the ways to end something', () => {
  it('are those of its back end, without a second stop', () => {
    expect(waysToEnd(entry(), resource())).toEqual(['stop', 'down']);
    expect(waysToEnd(entry({ state: 'stopped' }), resource({ state: 'stopped' }))).toEqual(['down']);
  });

  it('are its job’s end while no back end has shown it, and none once it is gone', () => {
    expect(waysToEnd(entry({ state: 'open' }), undefined)).toEqual(['cancel']);
    expect(waysToEnd(entry({ jobId: null }), undefined)).toEqual([]);
    expect(waysToEnd(entry({ state: 'gone' }), resource())).toEqual([]);
  });
});

it('what has ended stays in sight for an hour, the newest first', () => {
  const gone = (minutes: number) =>
    entry({ id: `m-${minutes}`, state: 'gone', goneAt: new Date(now - minutes * 60_000).toISOString() });
  const shown = justGone([entry(), gone(59), gone(61), gone(5)], now);
  expect(shown.map(({ id }) => id)).toEqual(['m-5', 'm-59']);
});

it('open work promises what its bound leaves beyond its meter, and never less than nothing', () => {
  expect(promisedMicroUsd([entry(), entry({ committedMicroUsd: 200_000 })])).toBe(390_000);
  expect(promisedMicroUsd([entry({ meteredMicroUsd: 600_000, committedMicroUsd: 570_000 })])).toBe(0);
});

it('the list is asked for again when an entry comes, goes or changes its state, and not when its meter does', () => {
  expect(shapeOf([entry()])).toBe(shapeOf([entry({ meteredMicroUsd: 191_000 })]));
  expect(shapeOf([entry()])).not.toBe(shapeOf([entry({ state: 'stopped' })]));
  expect(shapeOf([entry()])).not.toBe(shapeOf([]));
});
