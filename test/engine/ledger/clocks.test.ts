import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandClock, books, gone, jobId, noon, opened, seen } from './support.ts';

const day = 86_400;

function running() {
  const place = books();
  const ledger = place.open();
  ledger.append(opened(0));
  ledger.append(seen(jobId(0), 'running', place.clock.wall));
  return { ...place, ledger };
}

describe('a clock that is set', () => {
  it('back while it runs takes nothing off', () => {
    const { ledger, clock } = running();
    clock.pass(100);
    clock.wall -= 2 * day * 1_000;
    clock.pass(50);
    expect(ledger.entry(jobId(0))).toMatchObject({ runningSec: 150 });
    // The end is told by the clock as it now is.
    expect(Date.parse(ledger.entry(jobId(0))!.endAt!)).toBe(clock.wall + 4_050_000);
  });

  it('back before a restart takes off nothing that a line proves', () => {
    const { ledger, clock, open } = running();
    clock.pass(1_000);
    ledger.append(opened(1));
    clock.wall -= day * 1_000;
    expect(open().entry(jobId(0))?.runningSec).toBe(1_000);
    ledger.append(opened(2));
    expect(open().entry(jobId(0))?.runningSec).toBe(1_000);
    ledger.append({ type: 'entry.metered', entryId: jobId(0), runningSec: 1_500, stoppedSec: 0 });
    const again = open();
    expect(again.entry(jobId(0))?.runningSec).toBe(1_500);
    clock.pass(10);
    expect(again.entry(jobId(0))?.runningSec).toBe(1_510);
  });

  it('forward while the machine slept counts, since nobody else can tell', () => {
    const { ledger, clock } = running();
    clock.wall += 5_000_000;
    expect(ledger.entry(jobId(0))).toMatchObject({ runningSec: 5_000, isOverdue: true });
  });

  it('forward by mistake and right again does no harm to what begins after it', () => {
    const { ledger, clock, open } = running();
    clock.wall += 365 * day * 1_000;
    ledger.append(opened(1));
    ledger.append(gone(jobId(1), 0));
    clock.wall -= 365 * day * 1_000;
    ledger.append(opened(2));
    ledger.append(seen(jobId(2), 'running', null));
    clock.pass(10);
    for (const book of [ledger, open()])
      expect(book.entry(jobId(2))).toMatchObject({ runningSec: 10, isOverdue: false });
  });

  it('never makes a noted time less: the larger of what is noted and what is known counts', () => {
    const { ledger, clock } = running();
    clock.pass(100);
    ledger.append({ type: 'entry.metered', entryId: jobId(0), runningSec: 40, stoppedSec: 0 });
    expect(ledger.entry(jobId(0))?.runningSec).toBe(100);
    ledger.append(seen(jobId(0), 'stopped', null));
    clock.pass(50);
    ledger.append({ type: 'entry.metered', entryId: jobId(0), runningSec: 0, stoppedSec: 20 });
    expect(ledger.entry(jobId(0))).toMatchObject({ runningSec: 100, stoppedSec: 50 });
    ledger.append({ type: 'entry.metered', entryId: jobId(0), runningSec: 300, stoppedSec: 70 });
    expect(ledger.entry(jobId(0))).toMatchObject({ runningSec: 300, stoppedSec: 70 });
  });

  it('back before it is stopped: what the other clock says is noted first, and stays', () => {
    const { ledger, clock, open } = running();
    clock.wall -= day * 1_000;
    clock.pass(100);
    ledger.append(seen(jobId(0), 'stopped', null));
    clock.pass(7);
    for (const book of [ledger, open()]) expect(book.entry(jobId(0))).toMatchObject({ runningSec: 100, stoppedSec: 7 });
  });
});

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), sec: fc.integer({ min: 0, max: 5_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sleep' as const), sec: fc.integer({ min: 0, max: 90_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('jump' as const), sec: fc.integer({ min: -200_000, max: 200_000 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('note' as const, 'other' as const, 'toggle' as const, 'restart' as const),
    }),
  },
);

/** What a supervisor does: notes the times that the ledger itself tells. */
it('over random clocks, notes and restarts, times never go back and are never less than what went by', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const clock = new HandClock();
      const { open } = books(clock);
      let ledger = open();
      ledger.append(opened(0));
      ledger.append(seen(jobId(0), 'running', clock.wall));
      let isRunning = true;
      const real = { runningSec: 0, stoppedSec: 0 };
      let told = { runningSec: 0, stoppedSec: 0 };
      const goBy = (sec: number) => {
        if (isRunning) real.runningSec += sec;
        else real.stoppedSec += sec;
      };
      let others = 0;
      let wasSetBack = false;
      for (const one of steps) {
        if (one.do === 'pass') {
          clock.pass(one.sec);
          goBy(one.sec);
        } else if (one.do === 'sleep') {
          // The other clock stands still; a clock set back as well would leave no trace of it.
          if (!wasSetBack) {
            clock.wall += one.sec * 1_000;
            goBy(one.sec);
          }
        } else if (one.do === 'jump') {
          clock.wall += one.sec * 1_000;
          wasSetBack ||= one.sec < 0;
        } else if (one.do === 'note') {
          ledger.append({ type: 'entry.metered', entryId: jobId(0), ...pick(ledger.entry(jobId(0))!) });
        } else if (one.do === 'other') {
          others += 1;
          ledger.append(opened(others));
        } else if (one.do === 'toggle') {
          isRunning = !isRunning;
          ledger.append(seen(jobId(0), isRunning ? 'running' : 'stopped', null));
        } else {
          // A supervisor that ends in order notes the times.
          ledger.append({ type: 'entry.metered', entryId: jobId(0), ...pick(ledger.entry(jobId(0))!) });
          ledger = open();
        }
        const now = pick(ledger.entry(jobId(0))!);
        expect(now.runningSec).toBeGreaterThanOrEqual(told.runningSec - 1e-6);
        expect(now.stoppedSec).toBeGreaterThanOrEqual(told.stoppedSec - 1e-6);
        expect(now.runningSec).toBeGreaterThanOrEqual(real.runningSec - 1e-6);
        expect(now.stoppedSec).toBeGreaterThanOrEqual(real.stoppedSec - 1e-6);
        told = now;
      }
      expect(pick(open().entry(jobId(0))!).runningSec).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 300 },
  );
});

function pick({ runningSec, stoppedSec }: { runningSec: number; stoppedSec: number }) {
  return { runningSec, stoppedSec };
}

describe('what counts', () => {
  /** Days since the first, and what was gone on which. */
  function threeDays() {
    const place = books();
    const ledger = place.open();
    const { clock } = place;
    ledger.append(opened(0));
    ledger.append(gone(jobId(0), 1_000_000));
    clock.pass(day);
    ledger.append(opened(1));
    ledger.append(opened(2));
    clock.pass(day);
    ledger.append(gone(jobId(1), 10_000_000));
    return { ...place, ledger, bound: ledger.entry(jobId(2))!.committedMicroUsd };
  }

  it('on a day is what is open and what was open on it; in the workspace, all of it', () => {
    const { ledger, clock, bound, open } = threeDays();
    for (const book of [ledger, open()]) {
      expect(book.used(clock.wall)).toEqual({ dayMicroUsd: 10_000_000 + bound, workspaceMicroUsd: 11_000_000 + bound });
      expect(book.used(clock.wall + day * 1_000).dayMicroUsd).toBe(bound);
    }
  });

  it('on a day is also what is dated later: setting the clock back frees nothing', () => {
    const { ledger, clock, bound } = threeDays();
    clock.wall -= 10 * day * 1_000;
    expect(ledger.used(clock.wall)).toEqual({ dayMicroUsd: 11_000_000 + bound, workspaceMicroUsd: 11_000_000 + bound });
  });

  it('changes at midnight UTC, to the millisecond', () => {
    const { ledger } = threeDays();
    const midnight = Date.UTC(2026, 2, 11);
    expect(midnight - noon).toBe((day / 2) * 1_000);
    const of = (now: number) => ledger.used(now).dayMicroUsd;
    expect(of(midnight - 1) - of(midnight)).toBe(1_000_000);
  });

  it('a bill that comes another day does not move what it is for', () => {
    const { ledger, clock, bound } = threeDays();
    ledger.append({ type: 'entry.reconciled', entryId: jobId(0), actualMicroUsd: 2_000_000, source: 'bill' });
    expect(ledger.used(clock.wall)).toEqual({ dayMicroUsd: 10_000_000 + bound, workspaceMicroUsd: 12_000_000 + bound });
  });
});
