import type { Spending } from '../../src-shared/api/spending.ts';
import { LedgerEntry } from '../../src-shared/ledger.ts';
import type { Candidate } from '../../src-shared/money/price.ts';

const candidate: Candidate = {
  ...{ id: 'small', label: '1 × small', provider: 'priced', region: null, instance: 'small', cpus: 2, memoryGb: 4 },
  ...{ gpus: null, nodes: 1, spot: false, currency: 'USD', rates: [], unknowns: [] },
  ...{ end: 'stop', endWords: 'it is stopped', unavailable: null },
};

/** An entry of the ledger as the engine tells it: a cluster that runs for $1.00 per hour, unless said otherwise. */
export function entry(more: Partial<LedgerEntry> & { end?: Candidate['end'] } = {}): LedgerEntry {
  const { end, ...rest } = more;
  return LedgerEntry.parse({
    ...{ id: 'e1', jobId: null, name: 'Forest', backend: 'skypilot', mode: 'cluster', needs: ['billed'] },
    ...{ approvalId: null, planSha256: null, candidate: { ...candidate, ...(end !== undefined && { end }) } },
    ...{ bound: null, state: 'running', resourceId: 'r-1', openedAt: '2026-01-01T00:00:00Z', startedAt: null },
    ...{ goneAt: null, runningSec: 60, stoppedSec: 0, endings: 0, ending: null, estimateMicroUsd: null },
    ...{ boundMicroUsd: 3_200_000, meteredMicroUsd: 1, actualMicroUsd: null, committedMicroUsd: 3_200_000 },
    ...{ hourlyMicroUsd: 1_000_000, endAt: null, isOverdue: false },
    ...rest,
  });
}

/** What the engine says that costs money, with these entries. */
export function spendingOf(open: readonly LedgerEntry[], more: Partial<Spending> = {}): Spending {
  return {
    at: '2026-01-01T00:00:00Z',
    open: [...open],
    hourlyMicroUsd: open.reduce((sum, { hourlyMicroUsd }) => sum + (hourlyMicroUsd ?? 0), 0),
    overdue: open.filter(({ isOverdue }) => isOverdue).length,
    ...{ waiting: 0, caps: [], problem: null },
    ...more,
  };
}
