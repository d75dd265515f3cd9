import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { books, gone, jobId, opened, seen } from './support.ts';

describe('an entry', () => {
  it('is open, runs, stops and is gone, with its times and meter', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(opened(0));
    expect(ledger.entry(jobId(0))).toMatchObject({
      state: 'open',
      boundMicroUsd: 4_200_000 + Math.ceil(((0.73 * 100) / (730 * 3_600)) * (4_200 + 86_400) * 1e6 - 1e-6),
      meteredMicroUsd: 0,
      endAt: null,
      isOverdue: false,
      hourlyMicroUsd: 3_600_000 + 100_000,
    });
    clock.pass(60);
    ledger.append(seen(jobId(0), 'running', clock.wall - 30_000));
    clock.pass(70);
    expect(ledger.entry(jobId(0))).toMatchObject({
      state: 'running',
      runningSec: 100,
      meteredMicroUsd: 100_000 + Math.ceil((100_000 * 100) / 3_600),
      endAt: new Date(clock.wall + 4_100_000).toISOString(),
    });
    ledger.append(seen(jobId(0), 'stopped', null));
    clock.pass(3_600);
    const stopped = ledger.entry(jobId(0))!;
    expect(stopped).toMatchObject({
      state: 'stopped',
      runningSec: 100,
      stoppedSec: 3_600,
      hourlyMicroUsd: 100_000,
      endAt: null,
    });
    expect(stopped.meteredMicroUsd).toBe(100_000 + Math.ceil((100_000 * 3_700) / 3_600));
    expect(stopped.committedMicroUsd).toBe(stopped.boundMicroUsd);
    ledger.append({ type: 'entry.metered', entryId: jobId(0), runningSec: 100, stoppedSec: 3_600 });
    ledger.append(gone(jobId(0), stopped.meteredMicroUsd));
    clock.pass(10_000);
    expect(ledger.entry(jobId(0))).toMatchObject({
      state: 'gone',
      stoppedSec: 3_600,
      meteredMicroUsd: stopped.meteredMicroUsd,
      committedMicroUsd: stopped.meteredMicroUsd,
      hourlyMicroUsd: 0,
      isOverdue: false,
    });
    ledger.append({ type: 'entry.reconciled', entryId: jobId(0), actualMicroUsd: 123, source: 'the bill' });
    expect(ledger.entry(jobId(0))).toMatchObject({ actualMicroUsd: 123, committedMicroUsd: 123 });
  });

  it('counts more than its bound once the meter is above it', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(opened(0));
    ledger.append(seen(jobId(0), 'running', clock.wall));
    clock.pass(100_000);
    const entry = ledger.entry(jobId(0))!;
    expect(entry.meteredMicroUsd).toBeGreaterThan(entry.boundMicroUsd);
    expect(entry.committedMicroUsd).toBe(entry.meteredMicroUsd);
  });

  it('is overdue from the very second on at which its time is over, and no earlier', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(opened(0));
    ledger.append(seen(jobId(0), 'running', clock.wall));
    clock.pass(4_199);
    expect(ledger.entry(jobId(0))?.isOverdue).toBe(false);
    clock.pass(1);
    expect(ledger.entry(jobId(0))?.isOverdue).toBe(true);
    ledger.append(seen(jobId(0), 'stopped', null));
    expect(ledger.entry(jobId(0))?.isOverdue).toBe(false);
    clock.pass(86_399);
    expect(ledger.entry(jobId(0))?.isOverdue).toBe(false);
    clock.pass(1);
    expect(ledger.entry(jobId(0))?.isOverdue).toBe(true);
  });

  it('that was stopped and runs again keeps both times apart', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(opened(0));
    ledger.append(seen(jobId(0), 'running', clock.wall));
    clock.pass(10);
    ledger.append(seen(jobId(0), 'stopped', null));
    clock.pass(200);
    ledger.append(seen(jobId(0), 'running', null));
    clock.pass(30);
    for (const book of [ledger, open()])
      expect(book.entry(jobId(0))).toMatchObject({
        runningSec: 40,
        stoppedSec: 200,
        endAt: new Date(clock.wall + 4_160_000).toISOString(),
      });
  });

  it('is overdue while an order to end it did not get through', () => {
    const { open } = books();
    const ledger = open();
    ledger.append(opened(0));
    const ending = (problem: string | null) => ({
      type: 'entry.ending' as const,
      entryId: jobId(0),
      how: 'stop' as const,
      reason: 'asked for',
      actor: { by: 'owner' as const, how: 'dialog' as const },
      problem,
    });
    ledger.append(ending('no answer'));
    expect(ledger.entry(jobId(0))).toMatchObject({ isOverdue: true, endings: 1, ending: { problem: 'no answer' } });
    ledger.append(ending(null));
    expect(ledger.entry(jobId(0))).toMatchObject({ isOverdue: false, endings: 2, ending: { problem: null } });
    ledger.append(ending('no answer'));
    ledger.append(seen(jobId(0), 'stopped', null));
    expect(ledger.entry(jobId(0))?.isOverdue).toBe(false);
    ledger.append({ ...ending('no answer'), how: 'down' });
    expect(ledger.entry(jobId(0))?.isOverdue).toBe(true);
    ledger.append(gone(jobId(0), 1));
    expect(ledger.entry(jobId(0))?.isOverdue).toBe(false);
  });

  it('that waits for machines runs from when the back end says', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(opened(0));
    clock.pass(100);
    ledger.append(seen(jobId(0), 'starting', null));
    clock.pass(100);
    expect(ledger.entry(jobId(0))).toMatchObject({ state: 'open', runningSec: 0, resourceId: `r-${jobId(0)}` });
    ledger.append(seen(jobId(0), 'starting', clock.wall));
    clock.pass(10);
    expect(ledger.entry(jobId(0))).toMatchObject({ state: 'running', runningSec: 10 });
  });

  it('of which nobody says since when it runs has run since it was asked for', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(opened(0));
    clock.pass(100);
    ledger.append(seen(jobId(0), 'running', null));
    expect(ledger.entry(jobId(0))?.runningSec).toBe(100);
  });

  it('never ran before it was asked for, whatever the provider’s clock says', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(opened(0));
    clock.pass(5);
    ledger.append(seen(jobId(0), 'running', clock.wall - 86_400_000));
    expect(ledger.entry(jobId(0))?.runningSec).toBe(5);
    ledger.append(opened(1));
    ledger.append(seen(jobId(1), 'running', clock.wall + 86_400_000));
    expect(ledger.entry(jobId(1))?.runningSec).toBe(0);
  });

  it('that was taken for gone and is there again is open again, and has run all the time', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(opened(0));
    ledger.append(seen(jobId(0), 'running', clock.wall));
    clock.pass(50);
    ledger.append(gone(jobId(0), 1));
    ledger.append({ type: 'entry.reconciled', entryId: jobId(0), actualMicroUsd: 2, source: 'the bill' });
    clock.pass(50);
    ledger.append(seen(jobId(0), 'running', null));
    const entry = ledger.entry(jobId(0))!;
    expect(entry).toMatchObject({ state: 'running', goneAt: null, runningSec: 100 });
    expect(entry.committedMicroUsd).toBe(entry.boundMicroUsd);
  });

  it('that is gone cost at least what was noted before', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(opened(0));
    ledger.append(seen(jobId(0), 'running', clock.wall));
    ledger.append({ type: 'entry.metered', entryId: jobId(0), runningSec: 1_000, stoppedSec: 0 });
    ledger.append(gone(jobId(0), 0));
    expect(ledger.entry(jobId(0))?.committedMicroUsd).toBeGreaterThanOrEqual(1_000_000);
    // What was never there cost nothing.
    ledger.append(opened(1));
    ledger.append(gone(jobId(1), 0));
    expect(ledger.entry(jobId(1))?.committedMicroUsd).toBe(0);
  });

  it('without machines counts its whole bound until its end says otherwise', () => {
    const { open } = books();
    const ledger = open();
    const bound = { ...opened(0).bound, totalMicroUsd: 2_500_000, terms: [] };
    ledger.append(opened(0, { backend: 'process', needs: ['requester_pays'], candidate: null, bound }));
    expect(ledger.entry(jobId(0))).toMatchObject({
      meteredMicroUsd: 2_500_000,
      committedMicroUsd: 2_500_000,
      hourlyMicroUsd: 0,
    });
    ledger.append(gone(jobId(0), 700_000));
    expect(ledger.entry(jobId(0))?.committedMicroUsd).toBe(700_000);
  });
});

describe('what makes no sense', () => {
  const cases = {
    'an entry opened twice': [opened(0), opened(0, { approvalId: 'other' })],
    'an approval used twice': [opened(0), opened(1, { approvalId: 'approval-0' })],
    'a sight of an unknown entry': [seen(jobId(0), 'running', null)],
    'times of an unknown entry': [{ type: 'entry.metered', entryId: jobId(0), runningSec: 1, stoppedSec: 0 }],
    'an end of an unknown entry': [gone(jobId(0), 0)],
    'an end twice': [opened(0), gone(jobId(0), 0), gone(jobId(0), 0)],
    'times of a gone entry': [
      opened(0),
      gone(jobId(0), 0),
      { type: 'entry.metered', entryId: jobId(0), runningSec: 1, stoppedSec: 0 },
    ],
    'a bill before the end': [
      opened(0),
      { type: 'entry.reconciled', entryId: jobId(0), actualMicroUsd: 0, source: 'x' },
    ],
  } as const;

  it.each(Object.keys(cases) as (keyof typeof cases)[])('%s is refused, and nothing is written', (name) => {
    const { open, path } = books();
    const ledger = open();
    const events = [...cases[name]];
    const last = events.pop()!;
    for (const event of events) ledger.append(event);
    const before = [ledger.lines, ledger.entries(), events.length > 0 && readFileSync(path, 'utf8')];
    expect(() => ledger.append(last)).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect([ledger.lines, ledger.entries(), events.length > 0 && readFileSync(path, 'utf8')]).toEqual(before);
  });

  it('an amount that is none is refused by the file’s own schema', () => {
    const ledger = books().open();
    ledger.append(opened(0));
    expect(() => ledger.append(gone(jobId(0), -1))).toThrow();
    expect(() => ledger.append(gone(jobId(0), 0.5))).toThrow();
    expect(ledger.entry(jobId(0))?.state).toBe('open');
    ledger.append(gone(jobId(0), 1));
    expect(ledger.lines).toBe(2);
  });
});
