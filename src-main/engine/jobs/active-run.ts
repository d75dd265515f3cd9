import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { AppError, toAppError } from '../../../src-shared/errors.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Backend, Handle } from '../backends/backend.ts';
import type { Intent } from './outcome.ts';

/** How long the worker has to end in order after it was asked, before it is killed. */
const graceMs = 10_000;
/** How often an order that did not get through is given again. */
const againMs = 2_000;

export interface Orders {
  readonly jobId: JobId;
  readonly backend: Backend;
  readonly log: Logger;
  /** Aborted when the engine stops. */
  readonly stop: AbortSignal;
  /** How long an order to end is repeated to a back end that does not answer, before the run is given up. */
  readonly patienceMs: number;
}

/** A run that the engine stays with: how it is told to end, and what happens when nobody answers. */
export class ActiveRun {
  readonly #orders: Orders;
  readonly #handle = Promise.withResolvers<Handle>();
  readonly #unwanted = new AbortController();
  readonly #givenUp = new AbortController();
  #intent: Intent | null = null;
  #over = false;

  constructor(orders: Orders) {
    this.#orders = orders;
    // Whoever waits for the handle of a launch that failed hears of it, and it is recorded elsewhere.
    this.#handle.promise.catch(() => undefined);
  }

  /** Why the run was told to end; null when it was not. */
  get intent(): Intent | null {
    return this.#intent;
  }

  /** Aborted when the job is to end: what comes before its start is broken off. Its reason is the intent's error. */
  get unwanted(): AbortSignal {
    return this.#unwanted.signal;
  }

  /** Aborted when nobody can say any more what became of the run; the reason is for its record. */
  get givenUp(): AbortSignal {
    return this.#givenUp.signal;
  }

  started(handle: Handle): void {
    this.#handle.resolve(handle);
  }

  over(): void {
    this.#over = true;
    this.#handle.reject(new Error('It is over.'));
  }

  /**
   * Has the worker end: asks it, and kills it after a grace. The first reason counts. An order that does not get through is
   * given again, and a back end that stays away for long means that nobody can say what became of the run.
   */
  async end(intent: Intent): Promise<void> {
    const { backend, stop, jobId, log } = this.#orders;
    if (this.#intent !== null) return;
    this.#intent = intent;
    log.info({ jobId, intent: intent.state, reason: intent.error.message }, 'the worker is asked to end');
    this.#unwanted.abort(intent.error);
    const handle = await this.#handle.promise.catch(() => null);
    if (handle === null) return;
    const asked = performance.now();
    let heard: number | null = null;
    while (!this.#over && !stop.aborted) {
      const kill = performance.now() - asked >= graceMs;
      try {
        await backend.cancel(handle, kill ? 'kill' : 'term');
        heard = performance.now();
      } catch (cause) {
        log.warn({ jobId, cause }, 'an order to end did not get through');
        if (this.#isPatienceOver(heard ?? asked)) {
          this.#giveUp(intent, cause);
          return;
        }
      }
      const wait = heard !== null && !kill ? asked + graceMs - performance.now() : againMs;
      await sleep(Math.max(wait, 0), undefined, { signal: stop, ref: false }).catch(() => undefined);
    }
  }

  /** Asks the back end until it answers: one that is away does not mean that nothing runs there. */
  async patiently<T>(ask: () => Promise<T>): Promise<T> {
    const { stop, log, jobId } = this.#orders;
    let unwantedAt: number | null = null;
    for (;;) {
      try {
        return await ask();
      } catch (cause) {
        stop.throwIfAborted();
        if (toAppError(cause).code !== 'backend_unavailable') throw cause;
        log.warn({ jobId, cause }, 'the back end does not answer; it is asked again');
        if (this.#intent !== null) {
          unwantedAt ??= performance.now();
          if (this.#isPatienceOver(unwantedAt)) throw this.#giveUp(this.#intent, cause);
        }
        await sleep(againMs, undefined, { signal: stop, ref: false });
      }
    }
  }

  #isPatienceOver(since: number): boolean {
    return performance.now() - since > this.#orders.patienceMs;
  }

  #giveUp(intent: Intent, cause: unknown): AppError {
    const { id } = this.#orders.backend;
    const wanted = intent.state === 'cancelled' ? 'be cancelled' : `end (${intent.error.message})`;
    const message = `The job was to ${wanted}, and the back end ${id} does not answer: nobody can say what became of it.`;
    const remedy = `Start ${id === 'docker' ? 'Docker' : id} again: what is left of the run is then removed.`;
    const error = new AppError('backend_unavailable', message, { remedy, cause, retryable: false });
    this.#givenUp.abort(error);
    return error;
  }
}
