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
import type { Gate } from '../gate/gate.ts';
import type { Planned } from '../gate/plan-launch.ts';
import { readRegularFile } from '../store/untrusted-files.ts';
import type { DiskRoom } from './disk-room.ts';
import type { JobRunner } from './job-runner.ts';
import type { Lane } from './lanes.ts';
import { Lanes, recordedLane } from './lanes.ts';
import type { Intent } from './outcome.ts';
import { unstartedOutcome } from './outcome.ts';
import type { EndRecorder } from './record-end.ts';
import { recordEnd } from './record-end.ts';
import { readRunFile } from './run-folder.ts';

export interface JobQueueParts extends EndRecorder {
  readonly runner: JobRunner;
  readonly backends: ReadonlyMap<BackendId, Backend>;
  readonly settings: Settings;
  /** Runs on this machine at once. */
  readonly maxRunning: number;
  /** Nothing that needs an approval is launched without it. */
  readonly gate: Gate;
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
/** Runs elsewhere at once: they take little of this machine, and their money has caps of its own. */
const maxElsewhere = 32;

type Place = 'here' | 'elsewhere';

/**
 * The jobs that wait and the jobs that are worked on, at most `maxRunning` at once on this machine. Submitters take turns, and the
 * oldest of each comes first. Nothing is started while the disk has no room; it goes on by itself.
 */
export class JobQueue {
  readonly #parts: JobQueueParts;
  readonly #working = new Set<{ readonly place: Place }>();
  readonly #waiting: Readonly<Record<Place, Lanes>> = { here: new Lanes(), elsewhere: new Lanes() };
  #recheck: NodeJS.Timeout | undefined;
  #isHeld = false;

  constructor(parts: JobQueueParts) {
    this.#parts = parts;
  }

  counts(): { running: number; queued: number } {
    return { running: this.#working.size, queued: this.#size() };
  }

  /** Refuses what would wait without end. @throws AppError `over_limit`, `storage` */
  admit(lane: Lane): void {
    const { settings, room } = this.#parts;
    room.require();
    if (this.#size(lane) < settings.max_queued_jobs) return;
    throw new AppError('over_limit', `${settings.max_queued_jobs} jobs are waiting already.`, {
      remedy: 'Wait for some to end, or cancel some. The bound is the setting local.max_queued.',
      retryable: true,
    });
  }

  /** Takes a job that has been queued, and starts it when its turn comes. */
  add(lane: Lane, id: JobId): void {
    this.#waiting[this.#placeOf(this.#parts.store.require(id))].add(lane, id);
    this.fill();
  }

  /** Takes out a job that shall not run now. */
  remove(id: JobId): void {
    for (const lanes of Object.values(this.#waiting)) lanes.remove(id);
  }

  /** A waiting job's task as it would be launched. @throws AppError `not_found`, `bad_data`, `backend_unavailable` */
  planned(id: JobId): Planned {
    const job = this.#parts.store.require(id);
    const { task, inputs, offline } = this.#launchSpec(job, 'new');
    return { task, taskSha256: job.taskSha256, inputs, offline, backend: this.#backend(job) };
  }

  /** Takes up what an earlier engine left: drafts are closed, launched jobs re-attached, queued ones queued again. */
  reconcile(): void {
    const { store, log, runner, gate } = this.#parts;
    for (const job of store.inStates('draft')) this.close(job, 'cancelled', 'Its creation was cut short.');
    for (const job of store.inStates('submitting', 'running', 'cancelling')) {
      log.info({ jobId: job.id, state: job.state }, 're-attaching');
      this.#work(job, async () => {
        const backend = this.#backend(job);
        const again = () => gate.again(this.#launchSpec(job, 'new'), backend);
        await runner.reattach(gate.again(this.#launchSpec(job, 'launched'), backend), again, backend);
      });
    }
    for (const job of store.inStates('queued'))
      this.#waiting[this.#placeOf(job)].add(recordedLane(store.events(job.id)), job.id);
    this.fill();
  }

  /** Starts waiting jobs while there is room for them. */
  fill(): void {
    const { store, maxRunning, stop, room } = this.#parts;
    const most = { here: maxRunning, elsewhere: maxElsewhere };
    for (const place of ['here', 'elsewhere'] as const)
      while (!stop.aborted && this.#workingAt(place) < most[place] && this.#waiting[place].size() > 0) {
        if (room.shortage() !== null) {
          this.#lookAgain();
          return;
        }
        this.#isHeld = false;
        const id = this.#waiting[place].take();
        if (id === undefined) break;
        const job = store.require(id);
        this.#work(job, () => this.#launch(job));
      }
  }

  /** Launches a job if the gate lets it; one that has to wait for a person again is left where the gate put it. */
  async #launch(job: Job): Promise<void> {
    const { runner, gate, stop } = this.#parts;
    const [spec, backend] = [this.#launchSpec(job, 'new'), this.#backend(job)];
    const leave = await gate.prepare(spec, job.taskSha256, backend, stop);
    stop.throwIfAborted();
    if (leave.kind === 'free') await runner.launch(() => spec, spec, backend);
    else if (leave.kind === 'ready') {
      const { use } = leave;
      const last = () => {
        // Its files may have been changed while prices were asked for.
        this.#launchSpec(job, 'new');
        return use();
      };
      await runner.launch(last, spec, backend);
    }
  }

  #placeOf(job: Job): Place {
    return this.#parts.backends.get(job.backend)?.billing === undefined ? 'here' : 'elsewhere';
  }

  #workingAt(place: Place): number {
    return [...this.#working].filter((one) => one.place === place).length;
  }

  #size(lane?: Lane): number {
    return this.#waiting.here.size(lane) + this.#waiting.elsewhere.size(lane);
  }

  #lookAgain(): void {
    if (this.#recheck !== undefined) return;
    const { log, recheckMs = usualRecheckMs } = this.#parts;
    if (!this.#isHeld) log.warn({ waiting: this.#size() }, 'the disk has no room; nothing is started until it has');
    this.#isHeld = true;
    this.#recheck = setTimeout(() => {
      this.#recheck = undefined;
      this.fill();
    }, recheckMs);
    this.#recheck.unref();
  }

  /** Ends a job that no worker has been launched for. It is ended when this returns, unless the disk is full. */
  close(job: Job, state: 'cancelled' | 'failed', message: string): void {
    this.remove(job.id);
    const error = new AppError(state === 'cancelled' ? 'cancelled' : 'internal', message);
    this.#work(job, () => recordEnd(this.#parts, job.id, () => unstartedOutcome(job, state, error, new Date())));
  }

  /** Asks the worker of a launched job to end. */
  cancel(id: JobId): void {
    this.#parts.runner.cancel(id);
  }

  /** Ends a launched job for a reason that its record then tells. Harmless for any other. */
  end(id: JobId, intent: Intent): void {
    this.#parts.runner.end(id, intent);
  }

  /** Works on a job and on nobody else's behalf: whatever goes wrong ends this job, never the engine. */
  #work(job: Job, work: () => Promise<void>): void {
    const { stop, log, onEnded } = this.#parts;
    const working = { place: this.#placeOf(job) };
    this.#working.add(working);
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
        this.#working.delete(working);
        if (stop.aborted) return;
        onEnded(job.id);
        this.fill();
      });
  }

  /**
   * How a job is launched, by the very text that was submitted. A run that was launched is held to the task as it was admitted, whatever
   * has become of the one in its folder.
   */
  #launchSpec(job: Job, run: 'new' | 'launched'): LaunchSpec {
    const { root, settings } = this.#parts;
    const folder = root.jobFolder(job.id);
    const given = readRegularFile(join(folder, workerFiles.task), 1_000_000);
    const admitted = readRegularFile(join(root.jobRecords(job.id), workerFiles.task), 1_000_000) ?? given;
    if (admitted === null || (run === 'new' && given === null))
      throw new AppError('not_found', `${job.folder}/task.yaml is gone.`, { remedy: 'Submit the task again.' });
    const isSubmitted = (text: Buffer | null) =>
      text !== null && createHash('sha256').update(text).digest('hex') === job.taskSha256;
    // The worker reads the one, the gate and the limits go by the other.
    if (run === 'new' && !(isSubmitted(given) && isSubmitted(admitted)))
      throw new AppError(
        'bad_data',
        `${isSubmitted(given) ? 'The record of its task' : `${job.folder}/task.yaml`} has been changed since it was submitted.`,
        { remedy: 'Submit the task again.' },
      );
    const { task } = requireTask(given !== null && isSubmitted(given) ? given : admitted);
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
