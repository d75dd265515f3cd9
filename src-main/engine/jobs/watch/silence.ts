/** A clock tick this much later than it was due means that this engine itself stood still (sleep, SIGSTOP). */
const stoodStillMs = 10_000;

/**
 * How long something has shown no change, on a clock that only goes forward. Time in which the observer itself stood still
 * does not count: the observed had no chance to be seen then.
 */
export class Silence {
  readonly #now: () => number;
  readonly #tickMs: number;
  #last: string | null = null;
  #changedAt: number;
  #tickedAt: number;

  constructor(tickMs: number, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#tickMs = tickMs;
    this.#changedAt = now();
    this.#tickedAt = now();
  }

  /** Notes what is seen now, once a tick, and gives the milliseconds since it last changed. */
  tick(seen: string | null): number {
    const now = this.#now();
    const asleep = now - this.#tickedAt > this.#tickMs + stoodStillMs;
    if (asleep || (seen !== null && seen !== this.#last)) this.#changedAt = now;
    this.#last = seen ?? this.#last;
    this.#tickedAt = now;
    return now - this.#changedAt;
  }
}
