import type { Observation } from './time-series-read.ts';

const dayMs = 86_400_000;
/** Times are counted from here, in years of 365.25 days: 2000-01-01T00:00:00Z. */
const epoch = Date.UTC(2000, 0, 1);
const yearMs = 365.25 * dayMs;

/** An observation of a scene at its time. */
export interface TimedObservation extends Observation {
  /** Place of the scene in the list of scenes. */
  readonly scene: number;
  /** ms since 1970. */
  readonly time: number;
}

/** One value of a series. */
export interface SeriesValue {
  /** ms since 1970: of the first scene that gave to it. */
  readonly time: number;
  readonly value: number;
  /** Scenes that gave to it. */
  readonly scenes: number;
}

/** Years since 2000-01-01, of 365.25 days. */
export function yearsOf(time: number): number {
  return (time - epoch) / yearMs;
}

/** Number of the UTC day of a time. */
export function dayOf(time: number): number {
  return Math.floor(time / dayMs);
}

/** The clear observations of one feature and layer in groups that make one value each: those of one UTC day, or each alone. */
export function seriesGroups(
  observations: readonly TimedObservation[],
  combine: 'day' | 'none',
): (readonly TimedObservation[])[] {
  const groups = new Map<number, TimedObservation[]>();
  for (const [index, one] of observations.entries()) {
    if (one.value === null) continue;
    const key = combine === 'day' ? dayOf(one.time) : index;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/** One value a group, weighted by clear shares; rising in time. */
export function seriesValues(groups: readonly (readonly TimedObservation[])[]): SeriesValue[] {
  return groups.map(combined).sort((a, b) => a.time - b.time);
}

/** One observation stays the very number that was read. */
function combined(group: readonly TimedObservation[]): SeriesValue {
  const [first] = group;
  const time = Math.min(...group.map((one) => one.time));
  if (group.length === 1) return { time, value: first?.value ?? NaN, scenes: 1 };
  const weights = group.reduce((sum, { share }) => sum + share, 0);
  const value = group.reduce((sum, one) => sum + one.share * (one.value ?? 0), 0) / weights;
  return { time, value, scenes: group.length };
}

/** Means of the values of each calendar month (UTC) of each year, rising in time. */
export function monthlyMeans(values: readonly SeriesValue[]): { year: number; month: number; value: number }[] {
  const groups = new Map<number, { sum: number; count: number }>();
  for (const { time, value } of values) {
    const { year, month } = calendar(time);
    const key = year * 12 + month;
    const { sum, count } = groups.get(key) ?? { sum: 0, count: 0 };
    groups.set(key, { sum: sum + value, count: count + 1 });
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([key, { sum, count }]) => ({ year: Math.floor(key / 12), month: key % 12, value: sum / count }));
}

/** Year and month (0..11) of a time, UTC. */
export function calendar(time: number): { year: number; month: number } {
  const date = new Date(time);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() };
}
