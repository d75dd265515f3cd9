import type { JobResult } from '../../../src-shared/job.ts';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import type { MicroUsd } from '../../../src-shared/money/micro-usd.ts';
import { microUsd, usdText } from '../../../src-shared/money/micro-usd.ts';

interface CostParts {
  readonly main: string;
  readonly more: readonly string[];
}

type EntryAmounts = Pick<
  LedgerEntry,
  'state' | 'estimateMicroUsd' | 'boundMicroUsd' | 'meteredMicroUsd' | 'actualMicroUsd'
>;

/**
 * What a job costs, in words: the bill; else the meter by rate and time; else, before anything was started, the most it can cost.
 * @param cost of the job's result; in US dollars as far as the ledger made it
 * @param entry the job's line in the ledger; null while nothing of it was launched
 * @param bound of the last decision on it
 */
export function costParts(cost: JobResult['cost'] | null, entry: EntryAmounts | null, bound: MicroUsd): CostParts {
  const most = entry?.boundMicroUsd ?? bound;
  const estimate = entry?.estimateMicroUsd ?? fromDollars(cost?.estimate ?? null);
  const said = estimate === null ? [] : [`estimated ${usdText(estimate)}`];
  const limits = [...said, `at most ${usdText(most)}`];
  const billed = entry?.actualMicroUsd ?? null;
  if (billed !== null) return { main: `${usdText(billed)} billed`, more: limits };
  if (entry === null || entry.state === 'open')
    return { main: most === 0 ? 'Nothing' : `At most ${usdText(most)}`, more: said };
  if (most === 0 && entry.meteredMicroUsd === 0) return { main: 'Nothing', more: [] };
  const when = entry.state === 'gone' ? 'by rate and time; the bill may come later' : 'up to now, by rate and time';
  return { main: usdText(entry.meteredMicroUsd), more: [when, ...limits] };
}

function fromDollars(usd: number | null): MicroUsd | null {
  return usd === null ? null : microUsd(usd);
}
