import type { Threshold } from '../../../src-shared/task/analyses/change-detection.ts';
import type { Histogram } from '../../render/histogram.ts';
import type { Statistics } from '../../raster/stats.ts';
import { otsuBin } from '../../statistics/otsu.ts';

/** The classes of the change map. 0 is no data. Colours from the ends and the middle of ColorBrewer's red-blue. */
export const changeClasses = [
  { value: 1, label: 'decrease', color: [202, 0, 32] },
  { value: 2, label: 'no change', color: [230, 230, 230] },
  { value: 3, label: 'increase', color: [5, 113, 176] },
] as const;

/** Colours of the values 0 to 3. */
export const changePalette = [[0, 0, 0], ...changeClasses.map(({ color }) => color)] as const;

/** From which difference on a pixel has changed; infinite where none has. */
export interface Bounds {
  /** This or less is a decrease. */
  readonly decrease: number;
  /** This or more is an increase. */
  readonly increase: number;
  /** How they came about, in words. */
  readonly origin: string;
}

/** Bins on each side of 0. */
const binsPerSide = 4_096;

/** Differences counted by size and sign, in bins of equal width up to the largest size. */
export class DifferenceCounts {
  /** Width of a bin. */
  readonly width: number;
  readonly #negative = new Float64Array(binsPerSide);
  readonly #positive = new Float64Array(binsPerSide);

  /** `largest` is the largest absolute difference that will be added. */
  constructor(largest: number) {
    this.width = largest / binsPerSide;
  }

  add(differences: ArrayLike<number>, valid: ArrayLike<number>): void {
    for (let i = 0; i < differences.length; i += 1) {
      if (valid[i] === 0) continue;
      const value = differences[i] ?? 0;
      const bin = this.width > 0 ? Math.min(binsPerSide - 1, Math.floor(Math.abs(value) / this.width)) : 0;
      const side = value < 0 ? this.#negative : this.#positive;
      side[bin] = (side[bin] ?? 0) + 1;
    }
  }

  /** The size of change that parts changed from unchanged pixels best (Otsu 1979); null when all are of one size. */
  otsu(): number | null {
    const bin = otsuBin(this.#positive.map((count, i) => count + (this.#negative[i] ?? 0)));
    return bin === null ? null : (bin + 1) * this.width;
  }

  /** For a chart: 64 bins over all but the outermost half per cent on both sides. */
  histogram(): Histogram {
    const counts = [...this.#negative.toReversed(), ...this.#positive];
    const count = counts.reduce((sum, one) => sum + one, 0);
    if (count === 0 || this.width === 0) return { edges: [], counts: [], count: 0, below: 0, above: 0 };
    const tail = count * 0.005;
    let [from, below] = [0, 0];
    while (below + (counts[from] ?? 0) <= tail) below += counts[from++] ?? 0;
    let [to, above] = [counts.length, 0];
    while (above + (counts[to - 1] ?? 0) <= tail) above += counts[--to] ?? 0;
    const step = Math.max(1, Math.ceil((to - from) / 64));
    const starts = Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
    const ends = starts.map((start) => Math.min(to, start + step));
    return {
      edges: [...starts, ends.at(-1) ?? to].map((bin) => (bin - binsPerSide) * this.width),
      counts: starts.map((start, i) => counts.slice(start, ends[i]).reduce((sum, one) => sum + one, 0)),
      count,
      below,
      above,
    };
  }
}

/** The bounds that the task asks for, from all differences. */
export function changeBounds(threshold: Threshold, { mean, std }: Statistics, counts: DifferenceCounts): Bounds {
  if (threshold.method === 'fixed') {
    const { decrease, increase } = threshold;
    // A bound of 0 means any change to that side; a difference of 0 is none.
    const strict = (bound: number, side: number) => (bound === 0 ? side * Number.MIN_VALUE : bound);
    return { decrease: strict(decrease, -1), increase: strict(increase, 1), origin: 'given in the task' };
  }
  if (threshold.method === 'deviation') {
    const reach = threshold.deviations * (std ?? 0);
    if (mean === null || !(reach > 0)) return none('all differences are alike');
    return {
      decrease: mean - reach,
      increase: mean + reach,
      origin: `the mean difference and ${threshold.deviations} standard deviations to both sides`,
    };
  }
  const size = counts.otsu();
  if (size === null) return none('all differences are of one size, so that nothing can be parted');
  return { decrease: -size, increase: size, origin: 'Otsu’s threshold of the size of the differences' };
}

function none(origin: string): Bounds {
  return { decrease: -Infinity, increase: Infinity, origin };
}

/** The class of a difference. */
export function classOf(difference: number, { decrease, increase }: Bounds): number {
  return difference <= decrease ? 1 : difference >= increase ? 3 : 2;
}
