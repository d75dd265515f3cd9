import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { toAppError } from '../../../src-shared/errors.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Cost, Job } from '../../../src-shared/job.ts';
import { canTransition, isFinal } from '../../../src-shared/job.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { JobStore } from '../store/job-store.ts';
import { jobResult } from './job-result.ts';
import type { Outcome } from './outcome.ts';
import { writeFinalStatus } from './run-folder.ts';

/** How long to wait before something that could not be written is tried again. */
const retryMs = 5_000;

export interface EndRecorder {
  readonly root: DataRoot;
  readonly store: JobStore;
  readonly log: Logger;
  /** Aborted when the engine stops. */
  readonly stop: AbortSignal;
  /** Closes what a job that has ended left at the gate, and gives what it has cost. */
  readonly settle: (job: Job) => Cost;
}

/** Does `work`, waiting out a full disk. @throws whatever else `work` throws, and the reason of the engine's stop */
export async function whenStored(parts: EndRecorder, jobId: JobId, work: () => void | Promise<void>): Promise<void> {
  for (;;) {
    try {
      const done = work();
      // Without a pause where there is nothing to wait for: nobody else gets at the job in between.
      if (done !== undefined) await done;
      return;
    } catch (cause) {
      parts.stop.throwIfAborted();
      const error = toAppError(cause);
      if (error.code !== 'storage' || !error.retryable) throw cause;
      parts.log.warn({ jobId, cause }, 'waiting for the disk');
      await sleep(retryMs, undefined, { signal: parts.stop });
    }
  }
}

/**
 * The one way in which a job ends: first its folder says so, then its record. What cannot be recorded at all (a damaged record)
 * is logged and left for the next start. Throws only the reason of the engine's stop.
 */
export async function recordEnd(
  parts: EndRecorder,
  jobId: JobId,
  outcome: () => Outcome | Promise<Outcome>,
): Promise<void> {
  try {
    await whenStored(parts, jobId, () => {
      const found = outcome();
      if (!(found instanceof Promise)) {
        writeEnd(parts, jobId, found);
        return;
      }
      return found.then((end) => {
        writeEnd(parts, jobId, end);
      });
    });
  } catch (cause) {
    parts.stop.throwIfAborted();
    parts.log.error({ jobId, cause }, 'the end of a job could not be recorded');
  }
}

function writeEnd(parts: EndRecorder, jobId: JobId, outcome: Outcome): void {
  const { store } = parts;
  const job = store.require(jobId);
  if (isFinal(job.state)) return;
  // An engine that died between the last two steps, or a disk that was full then, has said the end: it is not judged again.
  const state = job.result?.state ?? outcome.state;
  if (job.result === null) sayEnd(parts, job, outcome);
  // A fast worker can end before the engine saw it run.
  if (!canTransition(job.state, state)) store.move(jobId, 'running');
  store.move(jobId, state, outcome.found);
}

function sayEnd({ root, store, log, settle }: EndRecorder, job: Job, outcome: Outcome): void {
  const folder = root.jobFolder(job.id);
  if (outcome.statusToWrite !== null && existsSync(folder))
    try {
      writeFinalStatus(folder, outcome.statusToWrite, outcome.error?.message ?? outcome.found);
    } catch (cause) {
      // A full disk is waited out. A folder that its own run made unwritable must not keep the end from the record.
      if (toAppError(cause).retryable) throw cause;
      log.error({ jobId: job.id, cause }, 'the end of a run could not be written into its folder');
    }
  const cost = settle(job);
  store.append(job.id, { type: 'job.result', result: jobResult(job, store.events(job.id), outcome, cost) });
}
