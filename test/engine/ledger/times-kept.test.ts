import { describe, expect, it } from 'vitest';
import { productMicroUsd } from '../../../src-shared/money/micro-usd.ts';
import type { LedgerEventData } from '../../../src-shared/ledger.ts';
import { boundOf } from '../../../src-shared/money/bound.ts';
import { ask, books, gone, jobId, machine, noon, opened, seen } from './support.ts';

const day = 86_400_000;
const midnight = noon + day / 2;
const id = jobId(0);
const ending: LedgerEventData = {
  ...{
    type: 'entry.ending',
    entryId: id,
    how: 'stop',
    reason: 'x',
    actor: { by: 'engine', how: 'rule' },
    problem: 'no',
  },
};

function running() {
  const at = books();
  const ledger = at.open();
  ledger.append(opened(0));
  ledger.append(seen(id, 'running', noon));
  return { ...at, ledger };
}

describe('what has run by one clock is kept', () => {
  it('over a line that notes no time, while the clock is set back', () => {
    const { ledger, clock } = running();
    clock.mono += 100_000;
    clock.wall -= day;
    expect(ledger.entry(id)?.runningSec).toBe(100);
    ledger.append(ending);
    expect(ledger.entry(id)?.runningSec).toBe(100);
  });

  it('as long as anybody was told so', () => {
    const { ledger, clock } = running();
    clock.wall += 3_600_000;
    expect(ledger.entry(id)?.runningSec).toBe(3_600);
    clock.wall -= day;
    expect(ledger.entry(id)?.runningSec).toBe(3_600);
  });

  it('as far as a line of its own dates it, when the clock is set back and the engine begins anew', () => {
    const { ledger, clock, open } = running();
    clock.pass(100);
    ledger.append(ending);
    clock.wall -= day;
    clock.mono = 5_000;
    const again = open();
    // What goes by before anybody looks counts too.
    clock.mono += 50_000;
    clock.wall -= day;
    expect(again.entry(id)?.runningSec).toBe(150);
  });

  it('by what is there again after it was taken for gone, whatever the clocks say', () => {
    const { ledger, clock } = running();
    clock.pass(100);
    ledger.append(gone(id, 0));
    clock.mono += 60_000;
    clock.wall -= day;
    ledger.append(seen(id, 'running', noon));
    expect(ledger.entry(id)?.state).toBe('running');
    expect(ledger.entry(id)?.runningSec).toBeGreaterThanOrEqual(100);
  });
});

describe('a day counts', () => {
  it('what ended in its first moment', () => {
    const { ledger, clock } = running();
    clock.wall = midnight;
    ledger.append(gone(id, 7_000_000));
    const { dayMicroUsd } = ledger.used();
    expect(dayMicroUsd).toBeGreaterThanOrEqual(7_000_000);
    clock.wall = midnight + day - 1;
    expect(ledger.used().dayMicroUsd).toBe(dayMicroUsd);
    clock.wall = midnight + day;
    expect(ledger.used().dayMicroUsd).toBe(0);
    expect(ledger.used().workspaceMicroUsd).toBe(dayMicroUsd);
  });

  it('what was written after a line that is dated in it, whatever the clock said of it', () => {
    const { clock, open } = books();
    const first = open();
    clock.wall = midnight + 1_000;
    first.append(opened(0));
    first.append(gone(jobId(0), 1_000_000));
    // Set back before midnight: another entry comes and goes.
    clock.wall = noon;
    first.append(opened(1));
    first.append(gone(jobId(1), 2_000_000));
    clock.wall = midnight + 2_000;
    expect(first.used().dayMicroUsd).toBe(3_000_000);
    expect(open().used().dayMicroUsd).toBe(3_000_000);
  });
});

describe('a meter', () => {
  it('counts time stopped as well as time run, whatever is said of its end', () => {
    const { ledger, clock } = running();
    clock.pass(10);
    ledger.append(seen(id, 'stopped', noon));
    clock.pass(1_000);
    ledger.append(seen(id, 'stopped', noon));
    const before = ledger.entry(id)?.meteredMicroUsd ?? 0;
    ledger.append(gone(id, 0));
    expect(before).toBeGreaterThan(0);
    expect(ledger.entry(id)?.meteredMicroUsd).toBeGreaterThanOrEqual(before);
  });

  it('counts a single second, and rates by the hour as well as by the machine', () => {
    const hourly = machine({ rates: [{ ...machine().rates[0]!, per: 'hour', amount: 3.6 }] });
    const { clock, open } = books();
    const ledger = open();
    ledger.append(opened(0, { candidate: hourly, bound: boundOf(ask(hourly)) }));
    ledger.append(seen(id, 'running', noon));
    expect(ledger.entry(id)?.hourlyMicroUsd).toBe(3_600_000);
    clock.pass(1);
    ledger.append(seen(id, 'running', noon));
    ledger.append(gone(id, 0));
    expect(ledger.entry(id)?.meteredMicroUsd).toBe(1_000);
  });

  it('in another currency goes by the rate of the bound', () => {
    const euro = machine({ currency: 'EUR', rates: [{ ...machine().rates[0]!, amount: 3.6 }] });
    const { clock, open } = books();
    const ledger = open();
    ledger.append(opened(0, { candidate: euro, bound: boundOf(ask(euro, { usdPer: { EUR: 1.25 } })) }));
    ledger.append(seen(id, 'running', noon));
    clock.pass(100);
    expect(ledger.entry(id)).toMatchObject({
      meteredMicroUsd: productMicroUsd([3.6, 1.25, 100], 3_600),
      hourlyMicroUsd: 4_500_000,
    });
  });

  it('of what was taken over goes by what it costs per hour, where one of its prices is not known', () => {
    const { clock, open } = books();
    const ledger = open();
    const rates = [machine().rates[0]!, { ...machine().rates[1]!, amount: null }];
    ledger.append({
      ...{ type: 'entry.adopted', entryId: 'adopted-1', backend: 'skypilot', resourceId: 'x', name: 'somebody’s' },
      ...{ candidate: machine({ rates }), hourlyMicroUsd: 9_000_000, startedAt: null, endAt: null },
      actor: { by: 'owner', how: 'dialog' },
    });
    clock.pass(3_600);
    expect(ledger.entry('adopted-1')).toMatchObject({ meteredMicroUsd: 9_000_000, hourlyMicroUsd: 9_000_000 });
  });

  it('is no less than a bill, where what was billed is there again', () => {
    const { ledger } = running();
    ledger.append(gone(id, 0));
    ledger.append({ type: 'entry.reconciled', entryId: id, actualMicroUsd: 1e9, source: 'bill' });
    ledger.append(seen(id, 'running', noon));
    expect(ledger.entry(id)).toMatchObject({ state: 'running', committedMicroUsd: 1e9 });
  });
});
