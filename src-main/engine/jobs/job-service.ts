import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { HandlerInput } from '../../../src-shared/api/contract.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { makeJobId } from '../../../src-shared/job-id.ts';
import type { BackendId, Job } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import type { Settings } from '../../../src-shared/settings.ts';
import { invalidTask, readTask, requireTask } from '../../../src-shared/task/read-task.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { WorkerStatus, workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { Backend, LaunchSpec } from '../backends/backend.ts';
import { readRegularFile, writeFileAtomic } from '../store/files.ts';
import type { JobStore } from '../store/job-store.ts';
import type { JobRunner } from './job-runner.ts';
import { resolveLocalInputs } from './local-inputs.ts';
import { readRunFile } from './outcome.ts';
import { chooseBackend } from './router.ts';

export interface JobServiceParts {
  readonly root: DataRoot;
  readonly store: JobStore;
  readonly runner: JobRunner;
  readonly backends: ReadonlyMap<BackendId, Backend>;
  readonly settings: Settings;
  readonly maxRunning: number;
  readonly log: Logger;
  /** Called after a job has ended. */
  readonly onEnded: () => void;
}

/** What can be done with jobs: submit, cancel, look, and the bounded queue between submit and launch. */
export class JobService {
  readonly #parts: JobServiceParts;
  readonly #running = new Set<JobId>();
  #stopping = false;

  constructor(parts: JobServiceParts) {
    this.#parts = parts;
  }

  /**
   * Makes a job of a task and queues it. Everything that can be refused is refused before anything is written.
   * @throws AppError `invalid_task`, `denied`, `not_found`, `backend_unavailable`, `gate_closed`, `over_limit`
   */
  async submit(input: HandlerInput<'submitJob'>, by: 'agent' | 'owner'): Promise<Job> {
    const { store, settings, root } = this.#parts;
    const { task, problems } = readTask(input.text);
    if (task === null) throw invalidTask(problems);
    const { backend, reason } = chooseBackend(task, input.backend, await this.#available(), settings);
    refuseUnsignedRun(task);
    const inputs = resolveLocalInputs(task, root, input.baseDir, input.grants);
    if (store.inStates('queued').length >= settings.max_queued_jobs)
      throw new AppError('over_limit', `${settings.max_queued_jobs} jobs are waiting already.`, {
        remedy: 'Wait for some to end, or cancel some.',
        retryable: true,
      });

    const id = makeJobId(task.task_name, new Date(), randomBytes(6));
    const text = Buffer.from(input.text);
    store.append(id, {
      type: 'job.created',
      taskName: task.task_name,
      taskSha256: createHash('sha256').update(text).digest('hex'),
      backend,
      backendReason: reason,
      mode: task.mode,
      offline: input.offline,
      by,
    });
    writeFileAtomic(join(root.jobRecords(id), 'inputs.json'), `${JSON.stringify(inputs, null, 2)}\n`);
    mkdirSync(root.jobFolder(id), { mode: 0o755 });
    writeFileAtomic(join(root.jobFolder(id), workerFiles.task), text, 0o644);
    const job = store.move(id, 'queued');
    this.#fill();
    return job;
  }

  /** Cancels a job; an ended one is returned as it is. */
  cancel(id: JobId): Job {
    const { store, runner } = this.#parts;
    const job = store.require(id);
    if (isFinal(job.state) || job.state === 'cancelling') return job;
    if (job.state === 'submitting' || job.state === 'running') {
      const next = store.move(id, 'cancelling', 'asked for');
      runner.cancel(id, this.#backend(job), 'cancel');
      return next;
    }
    this.#writeNeverStarted(job);
    return store.move(id, 'cancelled', 'asked for before it started');
  }

  /** A job with the progress that its worker last reported. */
  get(id: JobId): Job {
    return this.#withProgress(this.#parts.store.require(id));
  }

  list(query: HandlerInput<'listJobs'>): { jobs: Job[]; total: number } {
    const limit = Math.min(Math.max(query.limit, 1), 1_000);
    const { jobs, total } = this.#parts.store.list({ state: query.state, before: query.before, limit });
    return { jobs: jobs.map((job) => this.#withProgress(job)), total };
  }

  counts(): { running: number; queued: number } {
    return { running: this.#running.size, queued: this.#parts.store.inStates('queued').length };
  }

  /** Takes up what an earlier engine left: drafts are closed, launched jobs re-attached, queued ones queued again. */
  reconcile(): void {
    const { store, log } = this.#parts;
    for (const job of store.inStates('draft')) store.move(job.id, 'cancelled', 'its creation was cut short');
    for (const job of store.inStates('submitting', 'running', 'cancelling')) {
      log.info({ jobId: job.id, state: job.state }, 're-attaching');
      this.#start(job, (spec, backend) => this.#parts.runner.reattach(spec, backend));
    }
    this.#fill();
  }

  /** No further job is started; running workers go on. */
  stop(): void {
    this.#stopping = true;
  }

  #fill(): void {
    const { store, maxRunning, runner } = this.#parts;
    if (this.#stopping) return;
    for (const job of store.inStates('queued')) {
      if (this.#running.size >= maxRunning) return;
      if (!this.#running.has(job.id)) this.#start(job, (spec, backend) => runner.launch(spec, backend));
    }
  }

  #start(job: Job, work: (spec: LaunchSpec, backend: Backend) => Promise<void>): void {
    this.#running.add(job.id);
    void (async () => {
      try {
        await work(this.#launchSpec(job), this.#backend(job));
      } catch (cause) {
        this.#parts.log.error({ jobId: job.id, cause }, 'job could not be started');
        const { state } = this.#parts.store.require(job.id);
        if (!isFinal(state)) this.#parts.store.move(job.id, 'failed', (cause as Error).message);
      } finally {
        this.#running.delete(job.id);
        if (!this.#stopping) this.#parts.onEnded();
        this.#fill();
      }
    })();
  }

  #launchSpec(job: Job): LaunchSpec {
    const { root, settings } = this.#parts;
    const folder = root.jobFolder(job.id);
    const bytes = readRegularFile(join(folder, workerFiles.task), 1_000_000);
    if (bytes === null)
      throw new AppError('not_found', `${job.folder}/task.yaml is gone.`, { remedy: 'Submit the task again.' });
    const { task } = requireTask(bytes);
    return {
      jobId: job.id,
      taskName: job.taskName,
      folder,
      records: root.jobRecords(job.id),
      offline: job.offline,
      timeoutSec: task.limits.timeout_sec ?? settings.default_timeout_sec,
      memoryMb: task.limits.memory_mb,
      attempt: job.attempt,
    };
  }

  #backend(job: Job): Backend {
    const backend = this.#parts.backends.get(job.backend);
    if (backend === undefined)
      throw new AppError('backend_unavailable', `The back end ${job.backend} of job ${job.id} is not available here.`);
    return backend;
  }

  async #available(): Promise<Set<BackendId>> {
    const checks = await Promise.all(
      [...this.#parts.backends.values()].map(async (backend) => ({
        id: backend.id,
        ...(await backend.check(AbortSignal.timeout(5_000))),
      })),
    );
    return new Set(checks.filter(({ available }) => available).map(({ id }) => id));
  }

  #withProgress(job: Job): Job {
    if (job.state !== 'running' && job.state !== 'cancelling') return job;
    return {
      ...job,
      progress: readRunFile(this.#parts.root.jobFolder(job.id), workerFiles.status, WorkerStatus)?.progress ?? null,
    };
  }

  /** A job that never ran still ends with an honest folder. */
  #writeNeverStarted(job: Job): void {
    const folder = this.#parts.root.jobFolder(job.id);
    if (!existsSync(folder)) return;
    const now = new Date().toISOString();
    const error = new AppError('cancelled', 'The job was cancelled before it started.').toData();
    const status: WorkerStatus = {
      v: 1,
      jobId: job.id,
      taskName: job.taskName,
      state: 'cancelled',
      validity: [],
      by: 'engine',
      workerVersion: 'none',
      pid: null,
      progress: null,
      startedAt: now,
      heartbeatAt: now,
      endedAt: now,
      exitCode: null,
      signal: null,
      error,
    };
    writeFileAtomic(join(folder, workerFiles.status), `${JSON.stringify(status, null, 2)}\n`, 0o644);
  }
}

/** Downstream use needs a signed run; nothing can be signed before review exists, so this gate is closed. */
function refuseUnsignedRun(task: Task): void {
  if (!('run' in task.inputs)) return;
  throw new AppError(
    'gate_closed',
    `The run ${task.inputs.run} is not signed, and unsigned results are not used as inputs.`,
    {
      remedy: 'A run becomes usable once a person has reviewed and signed it, which this version cannot do yet.',
    },
  );
}
