import type { Clock } from '../../src-main/engine/clock.ts';

/** The clocks of a small world: one that people set, one that stands still while the machine sleeps, and the true time, which the provider has. */
export class TurnedClocks implements Clock {
  /** ms since the epoch. */
  true = Date.parse('2026-03-10T12:00:00Z');
  #set = 0;
  #awake = 0;

  now(): number {
    return this.true + this.#set;
  }

  monotonic(): number {
    return this.#awake;
  }

  /** Time goes on. */
  pass(sec: number): void {
    this.true += sec * 1_000;
    this.#awake += sec * 1_000;
  }

  /** Time goes on and this machine does not notice. */
  sleep(sec: number): void {
    this.true += sec * 1_000;
  }

  /** Somebody sets the time of day. */
  set(byMs: number): void {
    this.#set += byMs;
  }
}
