import type { Resource } from '../../../src-shared/api/spending.ts';
import { makeJobId } from '../../../src-shared/job-id.ts';
import { LedgerEntry } from '../../../src-shared/ledger.ts';

/** The moment at which the engine of these tests reads its meters. */
export const at = '2026-11-22T10:00:00.000Z';

const jobId = makeJobId('priced', new Date('2026-11-22T09:00:00.000Z'), new Uint8Array(6));

/** An entry that has run for an hour at 0.19 USD/h, with what a test says otherwise. */
export function entry(more: Partial<LedgerEntry> = {}): LedgerEntry {
  return LedgerEntry.parse({
    id: jobId,
    jobId,
    name: 'priced',
    backend: 'skypilot',
    mode: 'job',
    needs: ['billed'],
    approvalId: 'a',
    planSha256: 'a'.repeat(64),
    candidate: null,
    bound: null,
    state: 'running',
    resourceId: 'r-1',
    openedAt: '2026-11-22T08:59:00.000Z',
    startedAt: '2026-11-22T09:00:00.000Z',
    goneAt: null,
    runningSec: 3_600,
    stoppedSec: 0,
    endings: 0,
    ending: null,
    estimateMicroUsd: null,
    boundMicroUsd: 570_000,
    meteredMicroUsd: 190_000,
    actualMicroUsd: null,
    committedMicroUsd: 570_000,
    hourlyMicroUsd: 190_000,
    endAt: '2026-11-22T12:00:00.000Z',
    isOverdue: false,
    ...more,
  });
}

export function resource(more: Partial<Resource> = {}): Resource {
  return {
    id: 'r-1',
    backend: 'skypilot',
    name: 'priced',
    what: '2 × small',
    state: 'running',
    startedAt: '2026-11-22T09:00:00.000Z',
    hourlyMicroUsd: 190_000,
    label: null,
    entryId: null,
    ends: ['stop', 'down'],
    ...more,
  };
}
