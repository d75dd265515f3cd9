import type { Cost } from '../../../src-shared/job.ts';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import { isRented } from './needs.ts';

const perUsd = 1e6;

/** Of a job that may have cost something, when nobody can say what. */
export const unknownCost: Cost = { currency: 'USD', estimate: null, bound: null, actual: null };

/** What a job costs, in USD, from its entry in the ledger: its meter is no bill. One that has no entry costs nothing. Pure. */
export function costOf(entry: LedgerEntry | null): Cost {
  if (entry === null) return { currency: 'USD', estimate: 0, bound: 0, actual: 0 };
  const isFree = entry.boundMicroUsd === 0 && !isRented(entry.needs);
  const actual = entry.actualMicroUsd ?? (isFree ? 0 : null);
  return {
    currency: 'USD',
    estimate: entry.estimateMicroUsd === null ? null : entry.estimateMicroUsd / perUsd,
    bound: entry.boundMicroUsd / perUsd,
    actual: actual === null ? null : actual / perUsd,
  };
}
