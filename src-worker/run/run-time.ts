let last = 0;
let lastAt = 0;

/**
 * The time of day, which never goes back within a run: a clock that is set back is followed no further than it is counted on.
 * Deadlines and silences do not use it; they are timers, which no clock can turn.
 */
export function runTime(): Date {
  const at = performance.now();
  last = Math.max(Date.now(), last + at - lastAt);
  lastAt = at;
  return new Date(last);
}
