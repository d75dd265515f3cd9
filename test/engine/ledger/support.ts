import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { LedgerEventData } from '../../../src-shared/ledger.ts';
import type { BoundAsk } from '../../../src-shared/money/bound.ts';
import { boundOf } from '../../../src-shared/money/bound.ts';
import { Candidate } from '../../../src-shared/money/price.ts';
import { Ledger } from '../../../src-main/engine/ledger/ledger.ts';
import type { Clock } from '../../../src-main/engine/clock.ts';
import { tempFolder } from '../../helpers/temp.ts';

type Opened = Extract<LedgerEventData, { type: 'entry.opened' }>;

/** Noon of a day, UTC. */
export const noon = Date.UTC(2026, 2, 10, 12);
const sha = 'a'.repeat(64);

/** Both clocks of a machine, turned by the test. */
export class HandClock implements Clock {
  wall = noon;
  mono = 1_000;
  now = () => this.wall;
  monotonic = () => this.mono;
  /** Time goes by on both. */
  pass(seconds: number): void {
    this.wall += seconds * 1_000;
    this.mono += seconds * 1_000;
  }
}

/** A machine of 3.60 USD per hour (0.001 USD per second) with a disk that stays when it is stopped: 0.73 USD per GB and month. */
export function machine(more: Partial<Candidate> = {}): Candidate {
  return Candidate.parse({
    id: 'm1',
    label: '1 × m1',
    provider: 'test',
    region: null,
    instance: 'm1',
    cpus: 2,
    memoryGb: 8,
    gpus: null,
    nodes: 1,
    spot: false,
    currency: 'USD',
    rates: [
      { kind: 'compute', label: 'm1', per: 'node_hour', amount: 3.6 },
      { kind: 'disk', label: 'disk', per: 'gb_month', amount: 0.73, gb: 100, whenStopped: true },
    ],
    unknowns: [],
    end: 'stop',
    endWords: 'It is stopped.',
    unavailable: null,
    ...more,
  });
}

export const ask = (candidate: Candidate, more: Partial<BoundAsk> = {}): BoundAsk => ({
  candidate,
  timeoutSec: 3_600,
  idleSec: 600,
  stoppedSec: 86_400,
  usdPer: {},
  smallestCap: 1e9,
  ...more,
});

export function jobId(index: number): JobId {
  return `20260310t120000z-run-aaaa${String.fromCharCode(97 + Math.floor(index / 26), 97 + (index % 26))}` as JobId;
}

export function opened(index: number, more: Partial<Opened> = {}): Opened {
  return {
    type: 'entry.opened',
    entryId: jobId(index),
    jobId: jobId(index),
    taskName: `run ${index}`,
    backend: 'skypilot',
    mode: 'cluster',
    needs: ['billed'],
    approvalId: `approval-${index}`,
    planSha256: sha,
    candidate: machine(),
    bound: boundOf(ask(machine())),
    estimateMicroUsd: 1_000_000,
    approvals: index + 1,
    ...more,
  };
}

export function seen(
  entryId: string,
  state: 'starting' | 'running' | 'stopping' | 'stopped',
  startedAt: number | null,
): LedgerEventData {
  return {
    type: 'entry.seen',
    entryId,
    resourceId: `r-${entryId}`,
    state,
    startedAt: startedAt === null ? null : new Date(startedAt).toISOString(),
  };
}

export const gone = (entryId: string, meteredMicroUsd: number): LedgerEventData => ({
  type: 'entry.gone',
  entryId,
  found: 'not in the listing',
  meteredMicroUsd,
});

/** A workspace’s records folder, and how to open its ledger as often as is wanted. */
export function books(clock: HandClock = new HandClock()) {
  const records = join(tempFolder(), 'records');
  mkdirSync(records);
  const damages: unknown[] = [];
  const open = () => new Ledger({ root: { records }, clock, onDamage: (cause) => damages.push(cause) });
  return { records, path: join(records, 'ledger.ndjson'), clock, damages, open };
}
