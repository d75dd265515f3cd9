import type { HandlerInput } from '../../../src-shared/api/contract.ts';
import type { Spending } from '../../../src-shared/api/spending.ts';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import type { Cap } from '../../../src-shared/money/caps.ts';
import { sumMicroUsd } from '../../../src-shared/money/micro-usd.ts';
import type { Clock } from '../clock.ts';
import { ledgerCsv } from '../ledger/csv.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { dayOf, totalOf, totalsByDay } from '../ledger/totals.ts';
import type { Handlers } from './handlers.ts';

type SpendingHandlers = Pick<Handlers, 'spending' | 'ledger' | 'ledgerCsv'>;

export interface SpendingParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** The caps with what is used and promised of them now. */
  readonly caps: () => readonly Cap[];
  /** Jobs that wait for a person. */
  readonly waiting: () => number;
  /** Why nothing that costs can be launched now, in one sentence; null when it can. */
  readonly problem: () => string | null;
}

/** What costs at this moment. */
export function spendingNow({ ledger, clock, caps, waiting, problem }: SpendingParts): Spending {
  const open = ledger.entries().filter(({ state }) => state !== 'gone');
  return {
    at: new Date(clock.now()).toISOString(),
    open: open.sort(byUrgency),
    hourlyMicroUsd: sumMicroUsd(open.map(({ hourlyMicroUsd }) => hourlyMicroUsd ?? 0)),
    overdue: open.filter(({ isOverdue }) => isOverdue).length,
    waiting: waiting(),
    caps: [...caps()],
    problem: problem(),
  };
}

/** What costs now, and what has cost. All of it can be read with any token; nothing here changes anything. */
export function spendingHandlers(parts: SpendingParts): SpendingHandlers {
  const { ledger } = parts;
  return {
    spending: () => spendingNow(parts),
    ledger: (query) => {
      const all = ledger.entries().reverse();
      const entries = all.filter(matches(query));
      return { entries, days: totalsByDay(entries), workspace: totalOf('workspace', all) };
    },
    ledgerCsv: (query) => once(ledgerCsv(ledger.entries().reverse().filter(matches(query)))),
  };
}

/** What is overdue, then what ends next, then what costs most. */
function byUrgency(a: LedgerEntry, b: LedgerEntry): number {
  const end = ({ endAt }: LedgerEntry) => (endAt === null ? Infinity : Date.parse(endAt));
  const hourly = ({ hourlyMicroUsd }: LedgerEntry) => hourlyMicroUsd ?? Infinity;
  return Number(b.isOverdue) - Number(a.isOverdue) || compare(end(a), end(b)) || compare(hourly(b), hourly(a));
}

/** Also for two infinities, whose difference is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function matches({ from, to, job }: HandlerInput<'ledger'>): (entry: LedgerEntry) => boolean {
  return (entry) =>
    (from === undefined || dayOf(entry) >= from) &&
    (to === undefined || dayOf(entry) <= to) &&
    (job === undefined || entry.jobId === job);
}

async function* once(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
}
