import { setTimeout as sleep } from 'node:timers/promises';
import type { Spending } from '../../../src-shared/api/spending.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Connection } from '../../client/connect.ts';
import type { EngineLink } from '../engine-link.ts';

/** What costs money now, and which jobs wait for a person. */
export interface SpendingNews {
  readonly spending: Spending;
  readonly waiting: readonly { readonly jobId: JobId; readonly taskName: string }[];
}

export interface SpendingWatchParts {
  readonly link: EngineLink;
  readonly onNews: (news: SpendingNews) => void;
  /** How often it looks, ms. */
  readonly everyMs?: number;
}

const usuallyEveryMs = 15_000;
const answerWithinMs = 5_000;
/** Several events of one decision make one look. */
const gatherMs = 200;
const mostWaiting = 50;
const telling = new Set(['job.state', 'job.gate', 'job.launched', 'job.result']);

/**
 * Looks at what costs money, from time to time and when something happens to a job, whether or not anybody looks at the window. It
 * never starts an engine: an engine that is not there is asked again when it is.
 */
export class SpendingWatch {
  readonly #parts: SpendingWatchParts;
  readonly #end = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #soon: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #followed: Connection | null = null;

  constructor(parts: SpendingWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), this.#parts.everyMs ?? usuallyEveryMs);
    void this.look();
  }

  stop(): void {
    this.#end.abort();
    clearInterval(this.#timer ?? undefined);
    clearTimeout(this.#soon ?? undefined);
  }

  /** Looks in a moment: something has happened. */
  poke(): void {
    if (this.#end.signal.aborted) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.look();
    }, gatherMs);
  }

  /** Looks now; what goes wrong is left for the next time. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch(() => undefined)
      .finally(() => (this.#looking = null));
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { link, onNews } = this.#parts;
    if (link.state.state !== 'ready' || this.#end.signal.aborted) return;
    const connection = await link.connection();
    void this.#follow(connection);
    const patience = AbortSignal.any([this.#end.signal, AbortSignal.timeout(answerWithinMs)]);
    const spending = await connection.client('spending', {}, patience);
    const { jobs } = await connection.client(
      'listJobs',
      { states: ['awaiting_approval'], limit: spending.waiting === 0 ? 0 : mostWaiting },
      patience,
    );
    if (!this.#end.signal.aborted)
      onNews({ spending, waiting: jobs.map(({ id, taskName }) => ({ jobId: id, taskName })) });
  }

  /** Hears of events as long as the engine tells them. */
  async #follow(connection: Connection): Promise<void> {
    if (this.#followed === connection) return;
    this.#followed = connection;
    const { client } = connection;
    try {
      const { cursor: after, epoch } = await client('health', {}, this.#end.signal);
      const events = await client('events', { after, epoch, follow: true }, this.#end.signal);
      for await (const { event } of events) if (telling.has(event.data.type)) this.poke();
      await sleep(gatherMs);
    } catch {
      // The next look follows anew.
    }
    if (this.#followed === connection) this.#followed = null;
  }
}
