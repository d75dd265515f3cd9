/** The two clocks of this machine. The engine's parts that hold money and deadlines take one, so that tests can turn it. */
export interface Clock {
  /** Wall-clock time, ms since the epoch. It may be set forward or back at any moment. */
  now(): number;
  /** Milliseconds since some moment in this process's life. Never goes back; may stand still while the machine sleeps. */
  monotonic(): number;
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
