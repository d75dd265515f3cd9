import { AppError } from '../../../src-shared/errors.ts';
import { theilSenBytes } from '../../statistics/theil-sen.ts';
import type { TimeSeriesTask } from './time-series-fit.ts';
import { calendar, dayOf } from './time-series-values.ts';

const mib = 1_048_576;

/** Bytes that the slopes of one series take, from the times of its values (ms since 1970). */
export function trendBytes(times: readonly number[], trend: TimeSeriesTask['trend']): number {
  if (trend === 'none') return 0;
  if (trend === 'mann_kendall') return theilSenBytes(times.length);
  // Each month of each year is one value, and is compared with the same month only.
  const years = Array.from({ length: 12 }, () => new Set<number>());
  for (const time of times) {
    const { year, month } = calendar(time);
    years[month]?.add(year);
  }
  return years.reduce((sum, { size }) => sum + theilSenBytes(size), 0);
}

/** The times at which each series may have a value, known from where features and scenes lie. */
export class SeriesTimes {
  readonly #times = new Map<string, number[]>();

  add(layer: number, feature: number, time: number): void {
    const key = `${layer}/${feature}`;
    const times = this.#times.get(key);
    if (times === undefined) this.#times.set(key, [time]);
    else times.push(time);
  }

  /** Of the series that takes most; clouds may leave it less. */
  mostBytes({ trend, combine }: TimeSeriesTask): number {
    let most = 0;
    for (const times of this.#times.values()) {
      const values = combine === 'day' ? [...new Map(times.map((time) => [dayOf(time), time])).values()] : times;
      most = Math.max(most, trendBytes(values, trend));
    }
    return most;
  }
}

/** @throws AppError `over_limit` when one window or the slopes of one series don't fit into the memory for big arrays */
export function checkMemory(window: number, slopes: number, allowed: number): void {
  const asked = Math.max(window, slopes);
  if (asked <= allowed) return;
  const [askedMb, allowedMb] = [Math.ceil(asked / mib), Math.floor(allowed / mib)];
  throw new AppError(
    'over_limit',
    `${slopes > window ? 'The slopes between all pairs of values of one series' : 'One window of pixels'} may need ${askedMb} MiB; limits.memory_mb allows ${allowedMb} MiB for big arrays.`,
    {
      remedy:
        slopes > window
          ? 'Divide the time over several tasks, choose trend: seasonal_mann_kendall or none, or raise limits.memory_mb in the task.'
          : 'Choose fewer bands, or raise limits.memory_mb in the task.',
      details: { limit: 'memory_mb', asked: askedMb, allowed: allowedMb },
    },
  );
}
