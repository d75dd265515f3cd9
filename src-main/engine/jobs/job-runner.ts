import { readdirSync } from 'node:fs';
import { AppError, toAppError } from '../../../src-shared/errors.ts';
import { isolationOf } from '../../../src-shared/isolation-walls.ts';
import type { JobEvent } from '../../../src-shared/job-events.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { Backend, Handle, LaunchSpec, Launched } from '../backends/backend.ts';
import { needsOf } from '../gate/needs.ts';
import { Permit } from '../gate/permit.ts';
import { isAsApproved } from '../gate/plan-launch.ts';
import type { WorkerBundle } from '../worker-bundle.ts';
import { ActiveRun } from './active-run.ts';
import type { Intent } from './outcome.ts';
import { cancelled, readOutcome, unstartedOutcome } from './outcome.ts';
import type { EndRecorder } from './record-end.ts';
import { recordEnd, whenStored } from './record-end.ts';
import type { WatchLimits } from './watch/watchdog.ts';
import { watchRun } from './watch/watchdog.ts';

/** A launch that is cut short again and again has another reason than chance. */
const maxAttempts = 3;
const defaultPatienceMs = 60_000;
/** A worker that was heard of so lately may well live. */
const recentMs = 10_000;

export interface JobRunnerParts extends EndRecorder {
  readonly bundle: WorkerBundle;
  readonly limits: WatchLimits;
  /** Told when something of an ended run could not be removed. */
  readonly onLeft?: (backend: Backend) => void;
  /** How long an order to end is repeated to a back end that does not answer, before the job is given up. */
  readonly patienceMs?: number;
}

type Found = Launched | Pick<Launched, 'handle'>;

/** Runs a job on a back end, from launch (or re-attachment) to its recorded end. */
export class JobRunner {
  readonly #parts: JobRunnerParts;
  readonly #active = new Map<JobId, ActiveRun>();

  constructor(parts: JobRunnerParts) {
    this.#parts = parts;
  }

  /**
   * Launches a queued job and stays with it until its end is recorded. Rejects only when the engine stops.
   * @param use gives what to launch in the moment of the launch, or null for nothing: see `Leave`
   */
  async launch(use: () => LaunchSpec | null, job: LaunchSpec, backend: Backend): Promise<void> {
    await this.#orFail(job, async () => {
      // From here to the back end's `submit` there is no pause in which anything could change.
      const spec = use();
      if (spec === null) return;
      this.#parts.store.move(spec.jobId, 'submitting');
      await this.#attempt(spec, backend);
    });
  }

  /**
   * Takes up a job that an earlier engine had launched.
   * @param again gives what to launch in the moment of another launch; throws when it is not what was submitted
   */
  async reattach(spec: LaunchSpec, again: () => LaunchSpec, backend: Backend): Promise<void> {
    await this.#orFail(spec, async () => {
      const { store } = this.#parts;
      const recorded = store
        .events(spec.jobId)
        .findLast(({ data }) => data.type === 'job.launched' && data.attempt === spec.attempt)?.data;
      const known = recorded?.type === 'job.launched' ? { handle: recorded.handle as Handle } : null;
      const followed = await this.#follow(spec, backend, async (active) => {
        const found = known ?? (await active.patiently(() => backend.find(spec)));
        const how = known === null ? 'by looking for it' : 'by its handle';
        if (found !== null) store.append(spec.jobId, { type: 'job.attached', found: how });
        return found;
      });
      if (followed) return;
      const ending = { exitCode: null, signal: null, found: 'its launch was cut short and no worker was found' };
      const { state } = store.require(spec.jobId);
      const intent = state === 'cancelling' ? cancelled() : null;
      // Nothing of it ever ran, so nothing can happen twice; of machines that are rented nobody can know that.
      const isAgain = intent === null && backend.billing === undefined && isUntouched(spec);
      if (isAgain && spec.attempt < maxAttempts) {
        await backend.settle?.(spec, this.#parts.stop);
        await this.#attempt({ ...again(), attempt: spec.attempt + 1 }, backend);
      } else await recordEnd(this.#parts, spec.jobId, () => readOutcome(spec, ending, intent, new Date()));
    });
  }

  /** Asks a running job's worker to end because somebody wants it, and kills it after a grace. Returns at once. */
  cancel(id: JobId): void {
    void this.#active.get(id)?.end(cancelled());
  }

  /** Ends a running job for another reason than that somebody wants it. Returns at once. */
  end(id: JobId, intent: Intent): void {
    void this.#active.get(id)?.end(intent);
  }

  async #attempt(spec: LaunchSpec, backend: Backend): Promise<void> {
    const { store, bundle } = this.#parts;
    requireLeave(spec, backend, bundle);
    // Write-ahead: whatever happens next, a restarted engine knows that a worker may exist.
    store.append(spec.jobId, {
      type: 'job.launching',
      attempt: spec.attempt,
      workerVersion: bundle.version,
      bundleSha256: bundle.sha256,
      plan: backend.plan(spec),
    });
    await this.#follow(spec, backend, ({ unwanted }) => backend.submit(spec, unwanted));
  }

  /** Stays with a run until its end is recorded. False when `launching` found nothing to stay with. */
  async #follow(
    spec: LaunchSpec,
    backend: Backend,
    launching: (active: ActiveRun) => Promise<Found | null>,
  ): Promise<boolean> {
    const { stop, log, patienceMs = defaultPatienceMs } = this.#parts;
    const active = new ActiveRun({ jobId: spec.jobId, backend, log, stop, patienceMs });
    this.#active.set(spec.jobId, active);
    const endIfAsked = () => {
      if (this.#parts.store.require(spec.jobId).state === 'cancelling') this.cancel(spec.jobId);
    };
    const over = new AbortController();
    try {
      endIfAsked();
      const found = await launching(active);
      if (found === null) return false;
      active.started(found.handle);
      await this.#recordLaunch(spec, found);
      endIfAsked();
      void this.#guard(spec, active, AbortSignal.any([over.signal, stop]));
      const ending = await this.#watch(spec, backend, found.handle, active);
      await recordEnd(this.#parts, spec.jobId, () => readOutcome(spec, ending, active.intent, new Date()));
      await backend.cleanup(spec, found.handle).catch((cause: unknown) => {
        log.warn({ jobId: spec.jobId, cause }, 'something of an ended run is left');
        this.#parts.onLeft?.(backend);
      });
    } catch (cause) {
      stop.throwIfAborted();
      const { intent, givenUp } = active;
      // A start that was broken off may have left something that nobody saw.
      this.#parts.onLeft?.(backend);
      if (givenUp.aborted) await this.#recordLost(spec, givenUp.reason as AppError);
      else if (intent !== null && cause === intent.error) await this.#recordUnstarted(spec, intent);
      else throw cause;
    } finally {
      over.abort();
      this.#active.delete(spec.jobId);
      active.over();
    }
    return true;
  }

  /** Ends a run that breaks its limits, until `over`. */
  async #guard(spec: LaunchSpec, active: ActiveRun, over: AbortSignal): Promise<void> {
    try {
      const verdict = await watchRun(spec, this.#parts.limits, over);
      if (verdict !== null) await active.end(verdict);
    } catch (cause) {
      this.#parts.log.error({ jobId: spec.jobId, cause }, 'a run is not watched any more');
    }
  }

  async #recordLaunch(spec: LaunchSpec, found: Found): Promise<void> {
    const { store } = this.#parts;
    await whenStored(this.#parts, spec.jobId, () => {
      // A disk that was full in between makes us come here twice.
      if ('isolation' in found && !launchedIs(store.events(spec.jobId), spec.attempt))
        store.append(spec.jobId, {
          type: 'job.launched',
          attempt: spec.attempt,
          handle: found.handle,
          isolation: isolationOf(found.isolation, null),
          imageDigest: found.imageDigest,
        });
      if (store.require(spec.jobId).state === 'submitting') store.move(spec.jobId, 'running');
    });
  }

  async #watch(spec: LaunchSpec, backend: Backend, handle: Handle, active: ActiveRun) {
    const { stop } = this.#parts;
    try {
      return await backend.watch(spec, handle, AbortSignal.any([stop, active.givenUp]));
    } catch (cause) {
      // A worker that nobody watches must not go on.
      if (!stop.aborted) await backend.cancel(handle, 'kill').catch(() => undefined);
      throw cause;
    }
  }

  /** The end of a run of which nobody knows whether it is over: what a living worker writes stays as it is. */
  async #recordLost(spec: LaunchSpec, error: AppError): Promise<void> {
    const ending = { exitCode: null, signal: null, found: error.message };
    await recordEnd(this.#parts, spec.jobId, async () => {
      const outcome = await readOutcome(spec, ending, { state: 'lost', error }, new Date());
      const heard = Date.parse(outcome.statusToWrite?.heartbeatAt ?? '');
      return Date.now() - heard < recentMs ? { ...outcome, statusToWrite: null } : outcome;
    });
  }

  /** The end of a job that was called off before anything had started. */
  async #recordUnstarted(spec: LaunchSpec, { error }: Intent): Promise<void> {
    const job = { id: spec.jobId, taskName: spec.taskName };
    await recordEnd(this.#parts, spec.jobId, () => unstartedOutcome(job, 'cancelled', error, new Date()));
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

/** The last look before anything is started: also a second attempt starts what was approved, and nothing else. */
function requireLeave(spec: LaunchSpec, backend: Backend, bundle: WorkerBundle): void {
  if (needsOf(spec.task, backend, spec.offline).length === 0) return;
  const { permit } = spec;
  if (!Permit.is(permit) || permit.entryId !== spec.jobId || !isAsApproved(permit.plan, backend, bundle, spec))
    throw new AppError('gate_closed', 'What would be started is not what a person has approved.', {
      remedy: 'Submit the task again.',
    });
}

/** Whether no worker ever wrote into the run's folder. */
function isUntouched(spec: LaunchSpec): boolean {
  try {
    return readdirSync(spec.folder).every((name) => name === workerFiles.task);
  } catch {
    return false;
  }
}

function launchedIs(events: readonly JobEvent[], attempt: number): boolean {
  return events.some(({ data }) => data.type === 'job.launched' && data.attempt === attempt);
}
