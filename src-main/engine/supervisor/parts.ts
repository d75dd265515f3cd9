import type { Logger } from 'pino';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { BackendId, JobState } from '../../../src-shared/job.ts';
import type { LedgerEntry, LedgerEventData } from '../../../src-shared/ledger.ts';
import type { AppError } from '../../../src-shared/errors.ts';
import type { Backend } from '../backends/backend.ts';
import type { Clock } from '../clock.ts';

/** What the supervisor needs of the ledger. */
export interface SupervisedLedger {
  /** Why it can't be written any more; null while all is well. */
  readonly problem: AppError | null;
  entries(): readonly LedgerEntry[];
  entry(id: string): LedgerEntry | null;
  append(data: LedgerEventData): void;
}

/** Why the supervisor ends a job; the words go into its record. */
export interface JobEnd {
  readonly state: 'timed_out' | 'cancelled';
  readonly words: string;
}

/** What the supervisor needs of the jobs whose work costs money. */
export interface SupervisedJobs {
  /** Null for a job that there is no record of. */
  state(jobId: JobId): JobState | null;
  /** Whether the back end has said that its launch went through: what a listing lacks of it then is over, not late. */
  launched?(jobId: JobId): boolean;
  /** When it ended; null while it has not. */
  endedAt(jobId: JobId): string | null;
  /** Asks for its end and returns at once. Harmless when it has ended. */
  cancel(jobId: JobId, why: JobEnd): void;
}

export interface SupervisorSettings {
  /** How often it looks, s. */
  readonly superviseSeconds: number;
  /** USD for one unit of another currency. */
  readonly usdPer: Readonly<Record<string, number>>;
}

export interface SupervisorParts {
  readonly ledger: SupervisedLedger;
  readonly backends: ReadonlyMap<BackendId, Backend>;
  readonly clock: Clock;
  readonly jobs: SupervisedJobs;
  /** Read anew at every look. */
  readonly settings: () => SupervisorSettings;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Aborted when the engine stops. */
  readonly stop: AbortSignal;
  /** How long one answer of a back end is waited for, ms. */
  readonly answerMs?: number;
  /** Waits so many ms; rejects when the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}
