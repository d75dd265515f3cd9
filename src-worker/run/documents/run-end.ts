import type { AppError } from '../../../src-shared/errors.ts';
import type { Artefact, JobState, Validity } from '../../../src-shared/job.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { WorkerIdentity } from '../../bundle.ts';
import type { Outcome, RunFacts } from '../messages.ts';

/** What a run is, known from its start. */
export interface RunIdentity {
  readonly jobId: string;
  /** Null when the task is not valid. */
  readonly task: Task | null;
  /** task.yaml, byte for byte; null when the folder holds none. */
  readonly taskBytes: Buffer | null;
  readonly worker: WorkerIdentity;
  readonly offline: boolean;
  readonly startedAt: Date;
}

/** How it ended. `outcome` is null unless it succeeded. */
export interface RunEnd {
  readonly state: JobState;
  readonly validity: readonly Validity[];
  readonly exitCode: number;
  readonly error: AppError | null;
  readonly outcome: Outcome | null;
  readonly facts: RunFacts | null;
  readonly artefacts: readonly Artefact[];
  readonly endedAt: Date;
}
