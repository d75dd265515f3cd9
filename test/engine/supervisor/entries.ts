import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import { boundOf } from '../../../src-shared/money/bound.ts';
import { jobId, machines } from './support.ts';

/** A running entry of the ledger as it could be: a job of an hour, or a cluster of an hour with 10 minutes of idle time. */
export function entryOf(mode: 'job' | 'cluster', more: Partial<LedgerEntry> = {}, runSec = 3_600): LedgerEntry {
  const candidate = machines(mode === 'job' ? 'cancel' : 'stop');
  const idleSec = mode === 'cluster' ? 600 : 0;
  const bound = boundOf({ candidate, timeoutSec: runSec, idleSec, stoppedSec: 0, usdPer: {}, smallestCap: 1e9 });
  return {
    ...{ id: jobId, jobId, name: 'mean-ndvi', backend: 'skypilot', mode, needs: ['billed'], approvalId: 'approval' },
    ...{ planSha256: 'a'.repeat(64), candidate, bound, state: 'running', resourceId: 'r' },
    ...{ openedAt: '2026-08-01T12:00:00.000Z', startedAt: '2026-08-01T12:00:00.000Z', goneAt: null },
    ...{ runningSec: 0, stoppedSec: 0, endings: 0, ending: null, estimateMicroUsd: null },
    ...{ boundMicroUsd: bound.totalMicroUsd, meteredMicroUsd: 0, actualMicroUsd: null },
    ...{ committedMicroUsd: bound.totalMicroUsd, hourlyMicroUsd: 3_636_000, endAt: null, isOverdue: false },
    ...more,
  };
}
