import type { Cost } from '../../../src-shared/job.ts';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';

const perUsd = 1e6;

/** Of a job that may have cost something, when nobody can say what. */
export const unknownCost: Cost = { currency: 'USD', estimate: null, bound: null, actual: null };

/** What a job costs, in USD, from its entry in the ledger. One that has none costs nothing. Pure. */
export function costOf(entry: LedgerEntry | null): Cost {
  if (entry === null) return { currency: 'USD', estimate: 0, bound: 0, actual: 0 };
  return {
    currency: 'USD',
    estimate: entry.estimateMicroUsd === null ? null : entry.estimateMicroUsd / perUsd,
    bound: entry.boundMicroUsd / perUsd,
    actual: (entry.actualMicroUsd ?? entry.meteredMicroUsd) / perUsd,
  };
}
