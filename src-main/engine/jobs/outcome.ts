import { createHash } from 'node:crypto';
import { createReadStream, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ErrorData } from '../../../src-shared/errors.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { Artefact, JobState, Validity } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { RunResult, WorkerStatus, workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { z } from 'zod';
import type { Ending, LaunchSpec } from '../backends/backend.ts';
import { readRegularFile } from '../store/files.ts';

/** How a run ended, read from its folder and from what the back end saw. */
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
  /** Set when the worker did not write its own end: the status that the engine has to write in its place. */
  readonly statusToWrite: WorkerStatus | null;
}

/** Why the engine ended the worker, when it did. */
export type Intent = 'cancel' | 'deadline' | null;

/** A folder's small JSON files are not trusted: absent, broken, oversized or odd ones count as absent. */
export function readRunFile<S extends z.ZodType>(
  folder: string,
  name: string,
  schema: S,
  maxBytes = 20_000_000,
): z.infer<S> | null {
  try {
    const bytes = readRegularFile(join(folder, name), maxBytes);
    return bytes === null ? null : schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return null;
  }
}

/** Reads the end of a run whose worker is proved to be gone. */
export async function readOutcome(spec: LaunchSpec, ending: Ending, intent: Intent, now: Date): Promise<Outcome> {
  const status = readRunFile(spec.folder, workerFiles.status, WorkerStatus);
  const result = readRunFile(spec.folder, workerFiles.result, RunResult);
  if (status === null || !isFinal(status.state)) return endedByEngine(spec, status, ending, intent, now);
  const base = {
    state: status.state,
    validity: status.validity,
    exitCode: status.exitCode,
    signal: ending.signal,
    startedAt: status.startedAt,
    endedAt: status.endedAt ?? now.toISOString(),
    outputs: result?.outputs ?? [],
    rootSha256: result?.rootSha256 ?? null,
    error: status.error,
    statusToWrite: null,
  };
  const damage = status.state === 'succeeded' ? await outputsProblem(spec.folder, result) : null;
  if (damage === null) return base;
  return { ...base, state: 'failed', validity: [], error: damage.toData() };
}

/** The worker is gone and left no end of its own: SIGKILL, out of memory, power loss, or a lost host. */
function endedByEngine(
  spec: LaunchSpec,
  status: WorkerStatus | null,
  ending: Ending,
  intent: Intent,
  now: Date,
): Outcome {
  const { state, error } = judge(spec, ending, intent);
  const endedAt = now.toISOString();
  const common = { state, exitCode: ending.exitCode, signal: ending.signal, endedAt, error: error.toData() };
  return {
    ...common,
    validity: [],
    startedAt: status?.startedAt ?? null,
    outputs: [],
    rootSha256: null,
    statusToWrite: {
      v: 1,
      jobId: spec.jobId,
      taskName: spec.taskName,
      workerVersion: status?.workerVersion ?? 'unknown',
      pid: status?.pid ?? null,
      progress: status?.progress ?? null,
      startedAt: status?.startedAt ?? endedAt,
      heartbeatAt: status?.heartbeatAt ?? endedAt,
      ...common,
      validity: [],
      by: 'engine',
    },
  };
}

function judge(spec: LaunchSpec, ending: Ending, intent: Intent): { state: JobState; error: AppError } {
  if (intent === 'cancel')
    return {
      state: 'cancelled',
      error: new AppError('cancelled', 'The job was cancelled; the worker had to be killed.'),
    };
  if (intent === 'deadline')
    return {
      state: 'timed_out',
      error: new AppError('timed_out', `The job did not end within ${spec.timeoutSec} s and had to be killed.`, {
        remedy: 'Raise limits.timeout_sec or make the task smaller.',
      }),
    };
  if (ending.signal !== null)
    return {
      state: 'failed',
      error: new AppError('job_failed', `The worker was killed by ${ending.signal}.`, {
        remedy:
          ending.signal === 'SIGKILL'
            ? 'Something outside Transect killed it; often the system does when memory runs out. Lower limits.memory_mb or free memory.'
            : 'See logs.txt and worker.log of the job’s records.',
      }),
    };
  if (ending.exitCode !== null)
    return {
      state: 'failed',
      error: new AppError(
        'job_failed',
        `The worker ended with exit code ${ending.exitCode} and without a final status.`,
        { remedy: 'See logs.txt, and worker.log of the job’s records.' },
      ),
    };
  return {
    state: 'lost',
    error: new AppError(
      'job_failed',
      `The worker ended while no engine was watching, without a final status: ${ending.found}.`,
      { remedy: 'Run the task again.' },
    ),
  };
}

/** Compares every listed output with the file on disk. */
async function outputsProblem(folder: string, result: RunResult | null): Promise<AppError | null> {
  if (result === null)
    return new AppError('job_failed', 'The worker reported success but left no readable result.json.', {
      remedy: 'Run the task again.',
    });
  for (const { path, bytes, sha256 } of result.outputs) {
    const file = join(folder, path);
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() !== true || stat.size !== bytes || (await sha256Of(file)) !== sha256)
      return new AppError('bad_data', `The output ${path} is missing or is not what the worker wrote.`, {
        remedy: 'Run the task again; something else changes files in its folder.',
      });
  }
  return null;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
