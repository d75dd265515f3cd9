import type { Clock } from '../clock.ts';

/**
 * Time of day that never goes back: not when the clock is set back, nor, because the newest line of a record is told to it, over
 * restarts. What expires by it can be made to expire early by a clock that is set forward, and never late.
 */
export class SteadyTime {
  readonly #clock: Clock;
  #at: number;
  #monotonic: number;

  /** @param newest the latest moment that is known to have been, ms since the epoch */
  constructor(clock: Clock, newest = 0) {
    this.#clock = clock;
    this.#at = newest;
    this.#monotonic = clock.monotonic();
  }

  /** Milliseconds since the epoch. */
  now(): number {
    const monotonic = this.#clock.monotonic();
    const passed = Math.max(monotonic - this.#monotonic, 0);
    this.#at = Math.max(this.#clock.now(), this.#at + passed);
    this.#monotonic = monotonic;
    return this.#at;
  }
}
