import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { toAppError } from '../../../src-shared/errors.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job, JobResult } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { WorkerStatus, workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { Backend, Ending, Handle, LaunchSpec, Launched } from '../backends/backend.ts';
import { writeFileAtomic } from '../store/files.ts';
import type { JobStore } from '../store/job-store.ts';
import type { WorkerBundle } from '../worker-bundle.ts';
import { jobResult } from './job-result.ts';
import type { Intent, Outcome } from './outcome.ts';
import { readOutcome, readRunFile } from './outcome.ts';

/** How long the worker has to end in order after it was asked, before it is killed. */
const graceMs = 10_000;
/** The worker keeps its own deadline; the engine steps in this much later. */
const deadlineSlackMs = 30_000;
/** The longest delay that a timer takes. */
const maxTimerMs = 2 ** 31 - 1;

interface Active {
  readonly handle: Promise<Handle>;
  intent: Intent;
}

/** Runs one attempt of a job on a back end, from launch (or re-attachment) to its recorded end. */
export class JobRunner {
  readonly #store: JobStore;
  readonly #bundle: WorkerBundle;
  readonly #log: Logger;
  readonly #stop: AbortSignal;
  readonly #active = new Map<JobId, Active>();

  constructor(store: JobStore, bundle: WorkerBundle, log: Logger, stop: AbortSignal) {
    this.#store = store;
    this.#bundle = bundle;
    this.#log = log;
    this.#stop = stop;
  }

  /** Launches a queued job and stays with it. Resolves when its end is recorded; never rejects but for the engine's stop. */
  async launch(spec: LaunchSpec, backend: Backend): Promise<void> {
    await this.#guard(spec, async () => {
      this.#store.move(spec.jobId, 'submitting');
      // Write-ahead: whatever happens next, a restarted engine knows that a worker may exist.
      this.#store.append(spec.jobId, {
        type: 'job.launching',
        attempt: spec.attempt,
        workerVersion: this.#bundle.version,
        bundleSha256: this.#bundle.sha256,
      });
      await this.#follow(spec, backend, backend.submit(spec));
    });
  }

  /** Takes up a job that an earlier engine had launched. */
  async reattach(spec: LaunchSpec, backend: Backend): Promise<void> {
    await this.#guard(spec, async () => {
      const recorded = this.#store.events(spec.jobId).findLast(({ data }) => data.type === 'job.launched')?.data;
      if (recorded?.type === 'job.launched') {
        this.#store.append(spec.jobId, { type: 'job.attached', found: 'by its recorded handle' });
        await this.#follow(
          spec,
          backend,
          Promise.resolve({ handle: recorded.handle as Handle, isolation: recorded.isolation }),
          true,
        );
        return;
      }
      const found = await backend.find(spec);
      if (found !== null) {
        this.#store.append(spec.jobId, { type: 'job.attached', found: 'by its status file' });
        await this.#follow(spec, backend, Promise.resolve(found));
        return;
      }
      await this.#end(
        spec,
        { exitCode: null, signal: null, found: 'its launch was cut short and no worker was found' },
        null,
      );
    });
  }

  /** Asks a running job's worker to end, and kills it after a grace. Returns at once. */
  cancel(id: JobId, backend: Backend, intent: 'cancel' | 'deadline'): void {
    const active = this.#active.get(id);
    if (active === undefined || active.intent !== null) return;
    active.intent = intent;
    void (async () => {
      const handle = await active.handle;
      await backend.cancel(handle, 'term');
      await sleep(graceMs, undefined, { signal: this.#stop, ref: false });
      if (this.#active.has(id)) await backend.cancel(handle, 'kill');
    })().catch((cause: unknown) => {
      if (!this.#stop.aborted) this.#log.error({ jobId: id, cause }, 'cancel failed');
    });
  }

  async #follow(spec: LaunchSpec, backend: Backend, launching: Promise<Launched>, known = false): Promise<void> {
    const active: Active = { handle: launching.then(({ handle }) => handle), intent: null };
    active.handle.catch(() => undefined);
    this.#active.set(spec.jobId, active);
    const { handle, isolation } = await launching;
    if (!known) this.#store.append(spec.jobId, { type: 'job.launched', attempt: spec.attempt, handle, isolation });
    const { state } = this.#store.require(spec.jobId);
    if (state === 'submitting') this.#store.move(spec.jobId, 'running');
    if (state === 'cancelling') this.cancel(spec.jobId, backend, 'cancel');
    const deadline = this.#armDeadline(spec, backend);
    const ending = await backend.watch(spec, handle, this.#stop).finally(() => {
      clearTimeout(deadline);
    });
    await this.#end(spec, ending, active.intent);
    await backend.cleanup(spec, handle);
  }

  #armDeadline(spec: LaunchSpec, backend: Backend): NodeJS.Timeout | undefined {
    if (spec.timeoutSec === 0) return undefined;
    const started = Date.parse(
      readRunFile(spec.folder, workerFiles.status, WorkerStatus)?.startedAt ?? new Date().toISOString(),
    );
    const delay = started + spec.timeoutSec * 1000 + deadlineSlackMs - Date.now();
    return setTimeout(
      () => {
        this.cancel(spec.jobId, backend, 'deadline');
      },
      Math.min(Math.max(delay, 0), maxTimerMs),
    ).unref();
  }

  /** Records the end of a job whose worker is gone. */
  async #end(spec: LaunchSpec, ending: Ending, intent: Intent): Promise<void> {
    const outcome = await readOutcome(spec, ending, intent, new Date());
    if (outcome.statusToWrite !== null) this.#writeEnd(spec, outcome, ending);
    const events = this.#store.events(spec.jobId);
    const result: JobResult = jobResult(this.#store.require(spec.jobId), events, outcome);
    if (result.error !== undefined) this.#store.append(spec.jobId, { type: 'job.problem', error: result.error });
    this.#store.append(spec.jobId, { type: 'job.result', result });
    const job = this.#store.require(spec.jobId);
    if (job.state === 'submitting' && outcome.state !== 'failed' && outcome.state !== 'lost')
      this.#store.move(spec.jobId, 'running');
    this.#store.move(spec.jobId, outcome.state, ending.found);
    this.#active.delete(spec.jobId);
  }

  #writeEnd(spec: LaunchSpec, outcome: Outcome, ending: Ending): void {
    try {
      writeFileAtomic(
        join(spec.folder, workerFiles.status),
        `${JSON.stringify(outcome.statusToWrite, null, 2)}\n`,
        0o644,
      );
      appendFileSync(
        join(spec.folder, workerFiles.logs),
        `${outcome.endedAt} error The engine found the worker gone: ${ending.found}.\n`,
      );
    } catch (cause) {
      this.#log.error({ jobId: spec.jobId, cause }, 'the final status could not be written');
    }
  }

  /** A failure of the engine's own work on a job ends that job, not the engine. */
  async #guard(spec: LaunchSpec, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      if (this.#stop.aborted) return;
      const error = toAppError(cause);
      this.#log.error({ jobId: spec.jobId, cause }, 'job failed in the engine');
      this.#active.delete(spec.jobId);
      const job: Job = this.#store.require(spec.jobId);
      if (isFinal(job.state)) return;
      this.#store.append(spec.jobId, { type: 'job.problem', error: error.toData() });
      this.#store.move(spec.jobId, 'failed', error.message);
    }
  }
}
