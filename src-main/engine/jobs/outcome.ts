import { AppError } from '../../../src-shared/errors.ts';
import type { ErrorData } from '../../../src-shared/errors.ts';
import { exitCodeOf } from '../../../src-shared/exit-codes.ts';
import type { Artefact, Job, JobState, Validity } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { RunResult, WorkerStatus, workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { IsolationProbe } from '../../../src-shared/isolation.ts';
import type { Ending, LaunchSpec } from '../backends/backend.ts';
import { outputsProblem, readRunFile } from './run-folder.ts';

/** How a job ended. */
export interface Outcome {
  readonly state: JobState;
  readonly validity: Validity[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string;
  readonly outputs: Artefact[];
  readonly rootSha256: string | null;
  readonly error: ErrorData | null;
  /** What the worker measured of its walls, if it came so far. */
  readonly probe: IsolationProbe | null;
  /** In words, for the record. */
  readonly found: string;
  /** The status that the engine has to write, because the worker's own is missing, not final, or proved wrong. */
  readonly statusToWrite: WorkerStatus | null;
}

/** Why the engine ended the worker, when it did: what the job then is, and the reason for its record. */
export interface Intent {
  readonly state: 'cancelled' | 'timed_out' | 'failed' | 'lost';
  readonly error: AppError;
}

/** Reads the end of a run whose worker is proved to be gone. */
export async function readOutcome(
  spec: LaunchSpec,
  ending: Ending,
  intent: Intent | null,
  now: Date,
): Promise<Outcome> {
  const status = readRunFile(spec.folder, workerFiles.status, WorkerStatus);
  if (status === null || !isFinal(status.state)) {
    const { state, error } = judge(ending, intent);
    return engineOutcome(spec, status, state, error, { ...ending, endedAt: now.toISOString() });
  }
  const endedAt = status.endedAt ?? now.toISOString();
  // The worker only knows that it was told to stop; why it was told is known here.
  if (status.state === 'cancelled' && intent !== null && intent.state !== 'cancelled' && status.by === 'worker')
    return engineOutcome(spec, status, intent.state, intent.error, { ...ending, endedAt });
  const result = readRunFile(spec.folder, workerFiles.result, RunResult);
  const damage = status.state === 'succeeded' ? await outputsProblem(spec.folder, status, result) : null;
  if (damage !== null) return engineOutcome(spec, status, 'failed', damage, { ...ending, endedAt });
  return {
    state: status.state,
    validity: status.validity,
    exitCode: status.exitCode,
    signal: ending.signal ?? status.signal,
    startedAt: status.startedAt,
    endedAt,
    outputs: result?.outputs ?? [],
    rootSha256: result?.rootSha256 ?? null,
    error: status.error,
    probe: status.isolation,
    found: ending.found,
    statusToWrite: null,
  };
}

/** The end of a job whose worker never ran. */
export function unstartedOutcome(
  job: Pick<Job, 'id' | 'taskName'>,
  state: 'cancelled' | 'failed' | 'lost',
  error: AppError,
  now: Date,
): Outcome {
  const spec = { jobId: job.id, taskName: job.taskName };
  const ending = { exitCode: exitCodeOf(error.code), signal: null, found: error.message, endedAt: now.toISOString() };
  return { ...engineOutcome(spec, null, state, error, ending), startedAt: null };
}

/** An end that the engine found or judged, and has to write into the folder itself. */
function engineOutcome(
  spec: Pick<LaunchSpec, 'jobId' | 'taskName'>,
  status: WorkerStatus | null,
  state: JobState,
  error: AppError,
  { exitCode, signal, found, endedAt }: Ending & { readonly endedAt: string },
): Outcome {
  const common = { state, validity: [], exitCode, signal, endedAt, error: error.toData() };
  const startedAt = status?.startedAt ?? endedAt;
  return {
    ...common,
    startedAt,
    outputs: [],
    rootSha256: null,
    probe: status?.isolation ?? null,
    found,
    statusToWrite: {
      v: 1,
      jobId: spec.jobId,
      taskName: spec.taskName,
      workerVersion: status?.workerVersion ?? 'none',
      pid: status?.pid ?? null,
      progress: status?.progress ?? null,
      startedAt,
      heartbeatAt: status?.heartbeatAt ?? endedAt,
      ...common,
      isolation: status?.isolation ?? null,
      by: 'engine',
    },
  };
}

/** What it means that the worker is gone without an end of its own: SIGKILL, out of memory, power loss, a lost host. */
function judge(ending: Ending, intent: Intent | null): { state: JobState; error: AppError } {
  if (intent !== null) return intent;
  if (ending.outOfMemory === true)
    return {
      state: 'failed',
      error: new AppError('over_limit', 'The worker was killed because it reached its memory limit.', {
        remedy: 'Raise limits.memory_mb, or make the task smaller.',
      }),
    };
  const seeLogs = 'See logs.txt, and worker.log in the job’s records.';
  if (ending.signal !== null) {
    const outside =
      'Something outside Transect killed it; often the system does when memory runs out. Lower limits.memory_mb or free memory.';
    const remedy = ending.signal === 'SIGKILL' ? outside : seeLogs;
    return {
      state: 'failed',
      error: new AppError('job_failed', `The worker was killed by ${ending.signal}.`, { remedy }),
    };
  }
  if (ending.exitCode !== null) {
    const message = `The worker ended with exit code ${ending.exitCode} and without a final status.`;
    return { state: 'failed', error: new AppError('job_failed', message, { remedy: seeLogs }) };
  }
  const message = `The worker ended while no engine was watching, without a final status: ${ending.found}.`;
  return { state: 'lost', error: new AppError('job_failed', message, { remedy: 'Run the task again.' }) };
}

/** A person, or a script, asked for the end. */
export function cancelled(): Intent {
  const message = 'The job was cancelled; the worker had to be killed.';
  return { state: 'cancelled', error: new AppError('cancelled', message) };
}

/** The worker did not keep its own deadline. */
export function timedOut(timeoutSec: number): Intent {
  const error = new AppError('timed_out', `The job did not end within ${timeoutSec} s.`, {
    remedy: 'Raise limits.timeout_sec or make the task smaller.',
  });
  return { state: 'timed_out', error };
}
