import { twoSidedP } from './normal.ts';
import type { Sample } from './theil-sen.ts';
import { tieSizes } from './ties.ts';

export interface MannKendall {
  /** Pairs that rise less pairs that fall. */
  readonly s: number;
  /** Of S when there is no trend, with ties. */
  readonly variance: number;
  /** Kendall's tau-b: S over the geometric mean of the pairs untied in x and in y; NaN when there are none. */
  readonly tau: number;
  /** S, moved by 1 towards 0 (continuity), over its standard deviation; 0 without any variance. */
  readonly z: number;
  /** Two-sided, normal approximation. */
  readonly p: number;
}

/**
 * Mann-Kendall test for a monotonic trend (Mann 1945, Kendall 1975) with Kendall's variance for ties in y and in x (that of
 * scipy.stats.kendalltau(method='asymptotic')) and continuity correction. Of several samples (seasons) it is the seasonal
 * Kendall test of Hirsch, Slack and Smith (1982): S and variance are summed over them.
 */
export function mannKendall(samples: readonly Sample[]): MannKendall {
  let [s, variance, untiedX, untiedY] = [0, 0, 0, 0];
  for (const sample of samples) {
    const { x, y } = sample;
    s += score(sample);
    variance += scoreVariance(x, y);
    const pairs = (x.length * (x.length - 1)) / 2;
    untiedX += pairs - tiedPairs(x);
    untiedY += pairs - tiedPairs(y);
  }
  const z = variance > 0 && s !== 0 ? (s - Math.sign(s)) / Math.sqrt(variance) : 0;
  return { s, variance, tau: s / (Math.sqrt(untiedX) * Math.sqrt(untiedY)), z, p: twoSidedP(z) };
}

function score({ x, y }: Sample): number {
  let s = 0;
  for (let i = 0; i < x.length; i += 1)
    for (let j = i + 1; j < x.length; j += 1)
      s += Math.sign((x[j] ?? 0) - (x[i] ?? 0)) * Math.sign((y[j] ?? 0) - (y[i] ?? 0));
  return s;
}

/** Kendall (1975), section 4.4. */
function scoreVariance(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  if (n < 2) return 0;
  const m = n * (n - 1);
  const [u, t] = [tieSums(x), tieSums(y)];
  const third = n > 2 ? (u.three * t.three) / (9 * m * (n - 2)) : 0;
  return (m * (2 * n + 5) - u.five - t.five) / 18 + (2 * u.two * t.two) / m + third;
}

function tieSums(values: Float64Array): { two: number; three: number; five: number } {
  const sums = { two: 0, three: 0, five: 0 };
  for (const size of tieSizes(values)) {
    const pairs = size * (size - 1);
    sums.two += pairs / 2;
    sums.three += pairs * (size - 2);
    sums.five += pairs * (2 * size + 5);
  }
  return sums;
}

function tiedPairs(values: Float64Array): number {
  return tieSums(values).two;
}
