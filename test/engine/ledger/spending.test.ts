import { rmSync, writeFileSync } from 'node:fs';
import { parse } from 'papaparse';
import { describe, expect, it } from 'vitest';
import { Spending, spendingRoutes } from '../../../src-shared/api/spending.ts';
import type { LedgerEventData } from '../../../src-shared/ledger.ts';
import { openDataRoot } from '../../../src-main/client/data-root.ts';
import { Ledger } from '../../../src-main/engine/ledger/ledger.ts';
import { spendingHandlers } from '../../../src-main/engine/server/spending-handlers.ts';
import type { CallContext } from '../../../src-main/engine/server/handlers.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { HandClock, gone, jobId, machine, opened, seen } from './support.ts';

const daySec = 86_400;
const caller = { caller: 'agent', signal: new AbortController().signal } as unknown as CallContext;

function place() {
  const root = openDataRoot(tempFolder());
  const clock = new HandClock();
  const open = () => {
    const ledger = new Ledger({ root, clock, onDamage: (cause) => expect.fail(String(cause)) });
    const caps = () => [
      { of: 'day' as const, limitMicroUsd: 5e7, usedMicroUsd: ledger.used(clock.wall).dayMicroUsd, from: 'default' },
    ];
    return {
      ledger,
      handlers: spendingHandlers({ ledger, clock, caps, waiting: () => 3, problem: () => null }),
    };
  };
  return { root, clock, open };
}

/** Five entries over three days: gone with a bill, gone, running, stopped, open. */
function filled() {
  const at = place();
  const { ledger, handlers } = at.open();
  const { clock } = at;
  ledger.append(opened(0));
  ledger.append(gone(jobId(0), 1_000_000));
  ledger.append({ type: 'entry.reconciled', entryId: jobId(0), actualMicroUsd: 900_000, source: 'bill' });
  ledger.append(opened(1, { estimateMicroUsd: null }));
  ledger.append(gone(jobId(1), 2_000_000));
  clock.pass(daySec);
  ledger.append(opened(2));
  ledger.append(seen(jobId(2), 'running', clock.wall));
  clock.pass(daySec - 1);
  ledger.append(opened(3));
  ledger.append(seen(jobId(3), 'stopped', clock.wall));
  ledger.append(opened(4));
  clock.pass(1);
  return { ...at, ledger, handlers };
}

async function answers(handlers: ReturnType<typeof spendingHandlers>) {
  const csv: string[] = [];
  for await (const piece of handlers.ledgerCsv({}, caller) as AsyncIterable<string>) csv.push(piece);
  return {
    spending: await handlers.spending({}, caller),
    ledger: await handlers.ledger({}, caller),
    csv: csv.join(''),
  };
}

describe('what costs now', () => {
  it('is what is not gone, the most urgent first, with the sum per hour', async () => {
    const { handlers } = filled();
    const { spending } = await answers(handlers);
    expect(Spending.parse(spending)).toEqual(spending);
    expect(spending.open.map(({ id, isOverdue }) => [id, isOverdue])).toEqual([
      [jobId(2), true],
      [jobId(4), false],
      [jobId(3), false],
    ]);
    expect(spending).toMatchObject({
      hourlyMicroUsd: 3_700_000 + 3_700_000 + 100_000,
      overdue: 1,
      waiting: 3,
      problem: null,
    });
    expect(spending.caps).toHaveLength(1);
  });

  it('what ends sooner is before what ends later', async () => {
    const { open, clock } = place();
    const { ledger, handlers } = open();
    for (const [index, ago] of [100, 300, 200].entries()) {
      ledger.append(opened(index));
      clock.pass(0);
      ledger.append({ type: 'entry.seen', entryId: jobId(index), resourceId: 'r', state: 'running', startedAt: null });
      ledger.append({ type: 'entry.metered', entryId: jobId(index), runningSec: ago, stoppedSec: 0 });
    }
    const { open: shown } = await handlers.spending({}, caller);
    expect(shown.map(({ id }) => id)).toEqual([jobId(1), jobId(2), jobId(0)]);
  });
});

describe('the ledger', () => {
  it('is told newest first, with sums by day and of the workspace', async () => {
    const { handlers, ledger } = filled();
    const told = await handlers.ledger({}, caller);
    expect(spendingRoutes.ledger.answer.schema.parse(told)).toEqual(told);
    expect(told.entries.map(({ id }) => id)).toEqual([4, 3, 2, 1, 0].map(jobId));
    expect(told.days.map(({ key, entries }) => [key, entries])).toEqual([
      ['2026-03-12', 2],
      ['2026-03-11', 1],
      ['2026-03-10', 2],
    ]);
    expect(told.days[2]).toEqual({
      key: '2026-03-10',
      entries: 2,
      estimateMicroUsd: 1_000_000,
      boundMicroUsd: 2 * opened(0).bound.totalMicroUsd,
      meteredMicroUsd: 3_000_000,
      actualMicroUsd: 900_000,
      committedMicroUsd: 2_900_000,
    });
    expect(told.workspace.committedMicroUsd).toBe(ledger.used(0).workspaceMicroUsd);
    expect(told.days.reduce((sum, { committedMicroUsd }) => sum + committedMicroUsd, 0)).toBe(
      told.workspace.committedMicroUsd,
    );
  });

  it('is told for some days, or one job; the workspace’s sum stays that of all', async () => {
    const { handlers } = filled();
    const ids = async (query: Parameters<typeof handlers.ledger>[0]) =>
      (await handlers.ledger(query, caller)).entries.map(({ id }) => id);
    expect(await ids({ from: '2026-03-11' })).toEqual([4, 3, 2].map(jobId));
    expect(await ids({ to: '2026-03-10' })).toEqual([1, 0].map(jobId));
    expect(await ids({ from: '2026-03-11', to: '2026-03-11' })).toEqual([jobId(2)]);
    expect(await ids({ job: jobId(1) })).toEqual([jobId(1)]);
    expect(await ids({ job: jobId(9) })).toEqual([]);
    expect((await handlers.ledger({ job: jobId(1) }, caller)).workspace.entries).toBe(5);
  });

  it('without entries is empty', async () => {
    const { handlers } = place().open();
    const { ledger, spending, csv } = await answers(handlers);
    expect(ledger).toMatchObject({ entries: [], days: [], workspace: { entries: 0, committedMicroUsd: 0 } });
    expect(spending).toMatchObject({ open: [], hourlyMicroUsd: 0, overdue: 0 });
    expect(csv.split('\r\n')).toHaveLength(2);
  });

  it('is the same after the index was deleted in the middle of the month', async () => {
    const { handlers, root, open } = filled();
    const before = await answers(handlers);
    writeFileSync(root.indexFile, 'an index');
    rmSync(root.engine, { recursive: true });
    expect(await answers(open().handlers)).toEqual(before);
  });
});

describe('the CSV', () => {
  const rows = async (events: readonly LedgerEventData[]) => {
    const { ledger, handlers } = place().open();
    for (const event of events) ledger.append(event);
    const { csv } = await answers(handlers);
    const { data, errors } = parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true });
    expect(errors).toEqual([]);
    expect(csv.endsWith('\r\n')).toBe(true);
    return data;
  };

  it('has one row for each entry, amounts in dollars, times in UTC', async () => {
    const [row] = await rows([
      opened(0),
      seen(jobId(0), 'running', null),
      { type: 'entry.metered', entryId: jobId(0), runningSec: 99.5, stoppedSec: 0 },
      gone(jobId(0), 1_234_567),
    ]);
    expect(row).toMatchObject({
      entry: jobId(0),
      job: jobId(0),
      name: 'run 0',
      needs: 'billed',
      state: 'gone',
      opened_at: '2026-03-10T12:00:00.000Z',
      running_s: '100',
      estimate_usd: '1.000000',
      metered_usd: '1.234567',
      committed_usd: '1.234567',
      actual_usd: '',
      machines: '1 × m1',
      approval: 'approval-0',
    });
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1', '=HYPERLINK("http://x","y")'])(
    'never gives %j to a spreadsheet as a formula',
    async (name) => {
      const [row] = await rows([opened(0, { taskName: name, candidate: machine({ label: '=2+2' }) })]);
      const isNumber = name === '+1' || name === '-1';
      expect(row).toMatchObject({ name: isNumber ? name : `'${name}`, machines: "'=2+2" });
    },
  );

  it('keeps commas, quotes and line ends in their cell', async () => {
    const name = 'a, "b"\r\nc\n';
    const data = await rows([opened(0, { taskName: name }), opened(1)]);
    expect(data.map((row) => row.name)).toEqual(['run 1', name]);
  });
});
