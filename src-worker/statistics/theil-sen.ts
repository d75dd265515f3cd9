import { normalQuantile } from './normal.ts';
import { medianOfSorted, median, tieSizes } from './ties.ts';

export interface TheilSen {
  /** Units of y for one unit of x. */
  readonly slope: number;
  /** Of y at x = 0: median(y) - slope * median(x), as scipy.stats.theilslopes(method='separate'). */
  readonly intercept: number;
  /** Bounds of the slope at the asked confidence; NaN where ties leave Sen's variance below 0 and slopes differ. */
  readonly low: number;
  readonly high: number;
}

/** One sample: its members are compared with each other only. */
export interface Sample {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Bytes that the slopes between `count` values take. */
export function theilSenBytes(count: number): number {
  return count * (count - 1) * 4;
}

/**
 * The median of the slopes between all pairs of different x (Theil 1950, Sen 1968), with Sen's confidence interval from
 * the variance of Kendall's S with ties. Of several samples (the seasons of Hirsch, Slack and Smith 1982) the slopes
 * within each are taken together and the variances added. Equal to scipy.stats.theilslopes for one sample.
 * Null when there are not two different x within a sample.
 * @param confidence of the interval, 0.5..1
 */
export function theilSen(samples: readonly Sample[], confidence: number): TheilSen | null {
  const slopes = pairSlopes(samples);
  if (slopes.length === 0) return null;
  const slope = medianOfSorted(slopes);
  const z = -normalQuantile((1 - confidence) / 2);
  const last = slopes.length - 1;
  // Values that are all alike, some at one time, have a variance below 0; their slopes are alike, too.
  const isSure = slopes[0] === slopes[last];
  const reach = isSure ? 0 : z * Math.sqrt(samples.reduce((sum, { x, y }) => sum + variance(x, y), 0));
  const low = Math.max(0, roundHalfEven((slopes.length - reach) / 2) - 1);
  const high = Math.min(last, roundHalfEven((slopes.length + reach) / 2));
  const all = (pick: (sample: Sample) => Float64Array) => samples.flatMap((sample) => [...pick(sample)]);
  return {
    slope,
    intercept: median(all(({ y }) => y)) - slope * median(all(({ x }) => x)),
    low: slopes[Math.min(low, last)] ?? NaN,
    high: slopes[Math.max(0, high)] ?? NaN,
  };
}

function pairSlopes(samples: readonly Sample[]): Float64Array {
  const most = samples.reduce((sum, { x }) => sum + (x.length * (x.length - 1)) / 2, 0);
  const slopes = new Float64Array(most);
  let count = 0;
  for (const { x, y } of samples)
    for (let i = 0; i < x.length; i += 1)
      for (let j = i + 1; j < x.length; j += 1) {
        const step = (x[j] ?? 0) - (x[i] ?? 0);
        if (step === 0) continue;
        // + 0: a slope of -0 would be sorted apart.
        slopes[count] = ((y[j] ?? 0) - (y[i] ?? 0)) / step + 0;
        count += 1;
      }
  return slopes.subarray(0, count).sort();
}

/** Sen (1968), equation 2.6. */
function variance(x: Float64Array, y: Float64Array): number {
  const term = (count: number) => count * (count - 1) * (2 * count + 5);
  const ties = (values: Float64Array) => tieSizes(values).reduce((sum, size) => sum + term(size), 0);
  return (term(x.length) - ties(x) - ties(y)) / 18;
}

/** As numpy.round: of two equally near numbers the even one. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
