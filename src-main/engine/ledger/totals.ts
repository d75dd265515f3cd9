import type { SpendingTotal } from '../../../src-shared/api/spending.ts';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import { sumMicroUsd } from '../../../src-shared/money/micro-usd.ts';

/** The UTC day on which an entry was opened: `2026-03-10`. */
export function dayOf({ openedAt }: LedgerEntry): string {
  return new Date(openedAt).toISOString().slice(0, 10);
}

/** Sums over entries. What is not known of one (an estimate, a bill) adds nothing. */
export function totalOf(key: string, entries: readonly LedgerEntry[]): SpendingTotal {
  const sum = (amount: (entry: LedgerEntry) => number | null) =>
    sumMicroUsd(entries.map((entry) => amount(entry) ?? 0));
  return {
    key,
    entries: entries.length,
    estimateMicroUsd: sum(({ estimateMicroUsd }) => estimateMicroUsd),
    boundMicroUsd: sum(({ boundMicroUsd }) => boundMicroUsd),
    meteredMicroUsd: sum(({ meteredMicroUsd }) => meteredMicroUsd),
    actualMicroUsd: sum(({ actualMicroUsd }) => actualMicroUsd),
    committedMicroUsd: sum(({ committedMicroUsd }) => committedMicroUsd),
  };
}

/** A sum for each UTC day on which an entry was opened, the newest first. */
export function totalsByDay(entries: readonly LedgerEntry[]): SpendingTotal[] {
  const days = Map.groupBy(entries, dayOf);
  return [...days].sort(([a], [b]) => (a < b ? 1 : -1)).map(([day, opened]) => totalOf(day, opened));
}
