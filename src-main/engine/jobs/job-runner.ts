import { setTimeout as sleep } from 'node:timers/promises';
import { toAppError } from '../../../src-shared/errors.ts';
import type { JobEvent } from '../../../src-shared/job-events.ts';
import { isolationOf } from '../../../src-shared/isolation-walls.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { WorkerStatus, workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { Backend, Handle, LaunchSpec, Launched } from '../backends/backend.ts';
import type { WorkerBundle } from '../worker-bundle.ts';
import type { Intent } from './outcome.ts';
import { readOutcome, unstartedOutcome } from './outcome.ts';
import type { EndRecorder } from './record-end.ts';
import { recordEnd, whenStored } from './record-end.ts';
import { readRunFile } from './run-folder.ts';

/** How long the worker has to end in order after it was asked, before it is killed. */
const graceMs = 10_000;
/** The worker keeps its own deadline; the engine steps in this much later. */
const deadlineSlackMs = 30_000;
/** The longest delay that a timer takes; a longer one would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

interface Active {
  readonly handle: Promise<Handle>;
  intent: Intent;
}

/** Runs one attempt of a job on a back end, from launch (or re-attachment) to its recorded end. */
export class JobRunner {
  readonly #parts: EndRecorder;
  readonly #bundle: WorkerBundle;
  readonly #active = new Map<JobId, Active>();

  constructor(parts: EndRecorder, bundle: WorkerBundle) {
    this.#parts = parts;
    this.#bundle = bundle;
  }

  /** Launches a queued job and stays with it until its end is recorded. Rejects only when the engine stops. */
  async launch(spec: LaunchSpec, backend: Backend): Promise<void> {
    await this.#orFail(spec, async () => {
      const { store } = this.#parts;
      store.move(spec.jobId, 'submitting');
      // Write-ahead: whatever happens next, a restarted engine knows that a worker may exist.
      store.append(spec.jobId, {
        type: 'job.launching',
        attempt: spec.attempt,
        workerVersion: this.#bundle.version,
        bundleSha256: this.#bundle.sha256,
        plan: backend.plan(spec),
      });
      await this.#follow(spec, backend, backend.submit(spec));
    });
  }

  /** Takes up a job that an earlier engine had launched. */
  async reattach(spec: LaunchSpec, backend: Backend): Promise<void> {
    await this.#orFail(spec, async () => {
      const { store } = this.#parts;
      const recorded = store.events(spec.jobId).findLast(({ data }) => data.type === 'job.launched')?.data;
      const known = recorded?.type === 'job.launched';
      const found = known ? { handle: recorded.handle as Handle } : await backend.find(spec);
      if (found === null) {
        const ending = { exitCode: null, signal: null, found: 'its launch was cut short and no worker was found' };
        await recordEnd(this.#parts, spec.jobId, () => readOutcome(spec, ending, null, new Date()));
        return;
      }
      store.append(spec.jobId, { type: 'job.attached', found: known ? 'by its handle' : 'by looking for it' });
      await this.#follow(spec, backend, Promise.resolve(found));
    });
  }

  /** Asks a running job's worker to end, and kills it after a grace. Returns at once. */
  cancel(id: JobId, backend: Backend, intent: 'cancel' | 'deadline'): void {
    const { stop, log } = this.#parts;
    const active = this.#active.get(id);
    if (active === undefined || active.intent !== null) return;
    active.intent = intent;
    void (async () => {
      const handle = await active.handle;
      await backend.cancel(handle, 'term');
      await sleep(graceMs, undefined, { signal: stop, ref: false });
      if (this.#active.has(id)) await backend.cancel(handle, 'kill');
    })().catch((cause: unknown) => {
      if (!stop.aborted) log.error({ jobId: id, cause }, 'cancel failed');
    });
  }

  async #follow(spec: LaunchSpec, backend: Backend, launching: Promise<Launched | Pick<Launched, 'handle'>>) {
    const { store, stop } = this.#parts;
    const active: Active = { handle: launching.then(({ handle }) => handle), intent: null };
    // A failed launch is dealt with below; a cancel that waits for the handle hears of it too.
    active.handle.catch(() => undefined);
    this.#active.set(spec.jobId, active);
    try {
      const launched = await launching;
      const { handle } = launched;
      await whenStored(this.#parts, spec.jobId, () => {
        if ('isolation' in launched && !launchedIs(store.events(spec.jobId), spec.attempt))
          store.append(spec.jobId, {
            type: 'job.launched',
            attempt: spec.attempt,
            handle,
            isolation: isolationOf(launched.isolation, null),
            imageDigest: launched.imageDigest,
          });
        if (store.require(spec.jobId).state === 'submitting') store.move(spec.jobId, 'running');
      });
      if (store.require(spec.jobId).state === 'cancelling') this.cancel(spec.jobId, backend, 'cancel');
      const deadline = this.#armDeadline(spec, backend);
      const ending = await backend.watch(spec, handle, stop).finally(() => {
        clearTimeout(deadline);
      });
      await recordEnd(this.#parts, spec.jobId, () => readOutcome(spec, ending, active.intent, new Date()));
      await backend.cleanup(spec, handle);
    } finally {
      this.#active.delete(spec.jobId);
    }
  }

  #armDeadline(spec: LaunchSpec, backend: Backend): NodeJS.Timeout | undefined {
    if (spec.timeoutSec === 0) return undefined;
    const status = readRunFile(spec.folder, workerFiles.status, WorkerStatus);
    const started = status === null ? Date.now() : Date.parse(status.startedAt);
    const delay = started + spec.timeoutSec * 1000 + deadlineSlackMs - Date.now();
    const timer = setTimeout(
      () => {
        this.cancel(spec.jobId, backend, 'deadline');
      },
      Math.min(Math.max(delay, 0), maxTimerMs),
    );
    return timer.unref();
  }

  /** A failure of the engine's own work on a job ends that job, and nothing else. */
  async #orFail(spec: LaunchSpec, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      const { stop, log } = this.#parts;
      stop.throwIfAborted();
      log.error({ jobId: spec.jobId, cause }, 'a job failed in the engine');
      const job = { id: spec.jobId, taskName: spec.taskName };
      const outcome = () => unstartedOutcome(job, 'failed', toAppError(cause), new Date());
      await recordEnd(this.#parts, spec.jobId, outcome);
    }
  }
}

/** Whether this attempt's launch is recorded already: a disk that was full in between makes us come here twice. */
function launchedIs(events: readonly JobEvent[], attempt: number): boolean {
  return events.some(({ data }) => data.type === 'job.launched' && data.attempt === attempt);
}
