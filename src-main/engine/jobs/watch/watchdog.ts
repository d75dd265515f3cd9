import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../../src-shared/errors.ts';
import { WorkerStatus, workerFiles } from '../../../../src-shared/worker-protocol.ts';
import type { LaunchSpec } from '../../backends/backend.ts';
import type { Intent } from '../outcome.ts';
import { timedOut } from '../outcome.ts';
import { readRunFile } from '../run-folder.ts';
import { folderSize } from './folder-size.ts';
import { Silence } from './silence.ts';

/** The worker keeps its own deadline; the engine steps in this much later. */
const deadlineSlackMs = 30_000;
/** Logs, events, documents and what the file system adds, on top of what a task may write. */
const folderSlackBytes = 128 * 1_048_576;
const tickMs = 2_000;

export interface WatchLimits {
  /** Seconds without a sign of life after which a run is given up. */
  readonly heartbeatSeconds: number;
  /** Entries that a run's folder may hold. */
  readonly maxFiles: number;
}

/**
 * Looks at a run from outside until `stop` is aborted, and gives the reason why it must be ended, or null when it was stopped
 * first: no sign of life, past its deadline, too many or too large files. The worker keeps the same limits itself; this is for
 * one that does not. Clocks that are set, and a machine that slept, change nothing.
 */
export async function watchRun(spec: LaunchSpec, limits: WatchLimits, stop: AbortSignal): Promise<Intent | null> {
  const silence = new Silence(tickMs);
  let ranMs = startedAgo(spec);
  let before = performance.now();
  const maxBytes = spec.task.limits.max_output_bytes + folderSlackBytes;
  for (;;) {
    await sleep(tickMs, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return null;
    ranMs += performance.now() - before;
    before = performance.now();
    if (spec.timeoutSec > 0 && ranMs > spec.timeoutSec * 1_000 + deadlineSlackMs) return timedOut(spec.timeoutSec);
    const silentMs = silence.tick(readRunFile(spec.folder, workerFiles.status, WorkerStatus)?.heartbeatAt ?? null);
    if (silentMs > limits.heartbeatSeconds * 1_000) return silent(limits.heartbeatSeconds);
    const { files, bytes, cut } = await folderSize(spec.folder, limits.maxFiles);
    if (files > limits.maxFiles)
      return tooMuch(
        `more than ${limits.maxFiles} files`,
        'Write fewer files, or raise the setting local.max_run_files.',
      );
    if (bytes > maxBytes)
      return tooMuch(`more than ${spec.task.limits.max_output_bytes} bytes`, 'Raise limits.max_output_bytes.');
    if (cut) return tooMuch('folders that cannot be read', 'Let the program write plain, readable folders.');
  }
}

/** Milliseconds that the run has taken by its own account, for an engine that takes it up later. */
function startedAgo(spec: LaunchSpec): number {
  const status = readRunFile(spec.folder, workerFiles.status, WorkerStatus);
  // A clock that was set back gives no negative time, and one that was set ahead no more than a whole run.
  return status === null
    ? 0
    : Math.min(Math.max(Date.now() - Date.parse(status.startedAt), 0), spec.timeoutSec * 1_000);
}

function silent(seconds: number): Intent {
  const error = new AppError('job_failed', `The worker gave no sign of life for ${seconds} s.`, {
    remedy: 'Run the task again. If its machine was only slow, raise the setting local.heartbeat_seconds.',
  });
  return { state: 'lost', error };
}

function tooMuch(what: string, remedy: string): Intent {
  return { state: 'failed', error: new AppError('over_limit', `The run wrote ${what}.`, { remedy }) };
}
