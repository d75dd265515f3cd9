import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError, toAppError } from '../../../src-shared/errors.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { ReadCache } from '../cache/read-cache.ts';
import type { BackendId, Job } from '../../../src-shared/job.ts';
import type { Settings } from '../../../src-shared/settings.ts';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { WorkerInputs, workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { Backend, LaunchSpec } from '../backends/backend.ts';
import { readRegularFile } from '../store/untrusted-files.ts';
import type { DiskRoom } from './disk-room.ts';
import type { JobRunner } from './job-runner.ts';
import type { Lane } from './lanes.ts';
import { Lanes, recordedLane } from './lanes.ts';
import { unstartedOutcome } from './outcome.ts';
import type { EndRecorder } from './record-end.ts';
import { recordEnd } from './record-end.ts';
import { readRunFile } from './run-folder.ts';

export interface JobQueueParts extends EndRecorder {
  readonly runner: JobRunner;
  readonly backends: ReadonlyMap<BackendId, Backend>;
  readonly settings: Settings;
  readonly maxRunning: number;
  readonly room: DiskRoom;
  /** How often a disk without room is looked at again, ms. */
  readonly recheckMs?: number;
  /** Values of a task's secrets by environment name. @throws AppError `not_found` naming one that is not stored */
  readonly secrets: (task: Task) => Promise<ReadonlyMap<string, string>>;
  /** Called after a job has ended. */
  readonly onEnded: (id: JobId) => void;
  /** What runs have read; without it nothing is kept. */
  readonly cache?: Pick<ReadCache, 'foldersOf'>;
}

const usualRecheckMs = 5_000;

/**
 * The jobs that wait and the jobs that are worked on, at most `maxRunning` at once. Submitters take turns, and the oldest of
 * each comes first. Nothing is started while the disk has no room; it goes on by itself.
 */
export class JobQueue {
  readonly #parts: JobQueueParts;
  readonly #working = new Set<JobId>();
  readonly #waiting = new Lanes();
  #recheck: NodeJS.Timeout | undefined;
  #isHeld = false;

  constructor(parts: JobQueueParts) {
    this.#parts = parts;
  }

  counts(): { running: number; queued: number } {
    return { running: this.#working.size, queued: this.#waiting.size() };
  }

  /** Refuses what would wait without end. @throws AppError `over_limit`, `storage` */
  admit(lane: Lane): void {
    const { settings, room } = this.#parts;
    room.require();
    if (this.#waiting.size(lane) < settings.max_queued_jobs) return;
    throw new AppError('over_limit', `${settings.max_queued_jobs} jobs are waiting already.`, {
      remedy: 'Wait for some to end, or cancel some. The bound is the setting local.max_queued.',
      retryable: true,
    });
  }

  /** Takes a job that has been queued, and starts it when its turn comes. */
  add(lane: Lane, id: JobId): void {
    this.#waiting.add(lane, id);
    this.fill();
  }

  /** Takes up what an earlier engine left: drafts are closed, launched jobs re-attached, queued ones queued again. */
  reconcile(): void {
    const { store, log, runner } = this.#parts;
    for (const job of store.inStates('draft')) this.close(job, 'cancelled', 'Its creation was cut short.');
    for (const job of store.inStates('submitting', 'running', 'cancelling')) {
      log.info({ jobId: job.id, state: job.state }, 're-attaching');
      this.#work(job, async () => runner.reattach(this.#launchSpec(job, 'launched'), this.#backend(job)));
    }
    for (const { id } of store.inStates('queued')) this.#waiting.add(recordedLane(store.events(id)), id);
    this.fill();
  }

  /** Starts waiting jobs while there is room for them. */
  fill(): void {
    const { store, maxRunning, runner, stop, room } = this.#parts;
    while (!stop.aborted && this.#working.size < maxRunning && this.#waiting.size() > 0) {
      if (room.shortage() !== null) {
        this.#lookAgain();
        return;
      }
      this.#isHeld = false;
      const id = this.#waiting.take();
      if (id === undefined) return;
      const job = store.require(id);
      this.#work(job, async () => runner.launch(this.#launchSpec(job, 'new'), this.#backend(job)));
    }
  }

  #lookAgain(): void {
    if (this.#recheck !== undefined) return;
    const { log, recheckMs = usualRecheckMs } = this.#parts;
    if (!this.#isHeld)
      log.warn({ waiting: this.#waiting.size() }, 'the disk has no room; nothing is started until it has');
    this.#isHeld = true;
    this.#recheck = setTimeout(() => {
      this.#recheck = undefined;
      this.fill();
    }, recheckMs);
    this.#recheck.unref();
  }

  /** Ends a job that no worker has been launched for. It is ended when this returns, unless the disk is full. */
  close(job: Job, state: 'cancelled' | 'failed', message: string): void {
    this.#waiting.remove(job.id);
    const error = new AppError(state === 'cancelled' ? 'cancelled' : 'internal', message);
    this.#work(job, () => recordEnd(this.#parts, job.id, () => unstartedOutcome(job, state, error, new Date())));
  }

  /** Asks the worker of a launched job to end. */
  cancel(id: JobId): void {
    this.#parts.runner.cancel(id);
  }

  /** Works on a job and on nobody else's behalf: whatever goes wrong ends this job, never the engine. */
  #work(job: Job, work: () => Promise<void>): void {
    const { stop, log, onEnded } = this.#parts;
    this.#working.add(job.id);
    void (async () => {
      try {
        await work();
      } catch (cause) {
        stop.throwIfAborted();
        log.error({ jobId: job.id, cause }, 'a job could not be started');
        const outcome = () => unstartedOutcome(job, 'failed', toAppError(cause), new Date());
        await recordEnd(this.#parts, job.id, outcome);
      }
    })()
      .catch(() => undefined)
      .finally(() => {
        this.#working.delete(job.id);
        if (stop.aborted) return;
        onEnded(job.id);
        this.fill();
      });
  }

  /** A run that was launched is held to the task as it was admitted, whatever has become of the one in its folder. */
  #launchSpec(job: Job, run: 'new' | 'launched'): LaunchSpec {
    const { root, settings } = this.#parts;
    const folder = root.jobFolder(job.id);
    const given = readRegularFile(join(folder, workerFiles.task), 1_000_000);
    const admitted = readRegularFile(join(root.jobRecords(job.id), workerFiles.task), 1_000_000) ?? given;
    if (admitted === null || (run === 'new' && given === null))
      throw new AppError('not_found', `${job.folder}/task.yaml is gone.`, { remedy: 'Submit the task again.' });
    if (
      run === 'new' &&
      createHash('sha256')
        .update(given ?? '')
        .digest('hex') !== job.taskSha256
    )
      throw new AppError('bad_data', `${job.folder}/task.yaml has been changed since it was submitted.`, {
        remedy: 'Submit the task again.',
      });
    const { task } = requireTask(admitted);
    const inputs = readRunFile(root.jobRecords(job.id), 'inputs.json', WorkerInputs);
    return {
      jobId: job.id,
      taskName: job.taskName,
      folder,
      records: root.jobRecords(job.id),
      offline: job.offline,
      timeoutSec: task.limits.timeout_sec ?? settings.default_timeout_sec,
      memoryMb: task.limits.memory_mb,
      attempt: job.attempt,
      task,
      inputs: inputs?.files ?? [],
      cache: this.#parts.cache?.foldersOf(job.id, task) ?? null,
      secrets: () => this.#parts.secrets(task),
    };
  }

  #backend(job: Job): Backend {
    const backend = this.#parts.backends.get(job.backend);
    if (backend !== undefined) return backend;
    throw new AppError('backend_unavailable', `The back end ${job.backend} of job ${job.id} is not available here.`);
  }
}
