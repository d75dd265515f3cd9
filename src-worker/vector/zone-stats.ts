import type { WeightedValue } from './value-weights.ts';
import { ValueWeights, weightedPercentiles } from './value-weights.ts';

/** Statistics of the valid pixels of one band in one zone; the values are null where there is no valid pixel. */
export interface ZoneStatistics {
  /** Valid pixels that the zone touches, however little. */
  readonly pixels: number;
  /** Sum of the covered parts of the valid pixels: pixels, as if they were whole. */
  readonly count: number;
  /** The same for all pixels of the raster in the zone, valid or not. */
  readonly covered: number;
  /** Ground area of the covered parts of the valid pixels, m2. */
  readonly areaM2: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Population standard deviation, weighted as the mean. */
  readonly std: number | null;
  /** Sum of value times covered part. */
  readonly sum: number | null;
  readonly median: number | null;
  readonly percentiles: readonly (number | null)[];
  /** The value with the largest weight (of equals the smallest), and with the least; null when values were merged. */
  readonly majority: number | null;
  readonly minority: number | null;
  /** Number of distinct values; null when values were merged. */
  readonly variety: number | null;
  /** How much larger than the smallest the largest of its pixels is on the ground: 0 where all are alike. */
  readonly areaSpread: number;
  /** Relative error of median and percentiles, 0 when they are exact. */
  readonly percentileError: number;
  /** Weights of the distinct values, where they were asked for. */
  readonly classes: readonly WeightedValue[] | null;
}

export interface ZoneStatsOptions {
  /** Weights of the mean, the deviation, the percentiles and the majority: covered parts, or their ground areas. */
  readonly byGroundArea: boolean;
  readonly percentiles: readonly number[];
  readonly keepClasses: boolean;
  /** Distinct values that are kept apart at most. */
  readonly mostValues: number;
}

/**
 * Area-weighted statistics of a stream of pixels in one pass. Blocks are merged by the weighted form of Chan, Golub and
 * LeVeque (1979) as West (1979) gives it, so that a large mean with a small spread keeps its digits.
 */
export class ZoneStats {
  readonly #options: ZoneStatsOptions;
  readonly #values: ValueWeights;
  #pixels = 0;
  #count = 0;
  #covered = 0;
  #area = 0;
  #smallest = Infinity;
  #largest = 0;
  #sum = 0;
  #weight = 0;
  #mean = 0;
  #squares = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(options: ZoneStatsOptions) {
    this.#options = options;
    this.#values = new ValueWeights(options.mostValues);
  }

  /**
   * Adds the pixels of a block. `coverage` (0 to 1) and `areas` (m2 of the whole pixel) belong to the values one by one;
   * `valid` is 0 where a value does not count.
   */
  add(
    values: ArrayLike<number>,
    valid: ArrayLike<number>,
    coverage: ArrayLike<number>,
    areas: ArrayLike<number>,
  ): void {
    const { byGroundArea } = this.#options;
    let [shift, weights, sum, squares] = [NaN, 0, 0, 0];
    for (let i = 0; i < values.length; i += 1) {
      const part = coverage[i] ?? 0;
      if (part === 0) continue;
      this.#covered += part;
      if (valid[i] === 0) continue;
      const value = values[i] ?? NaN;
      const whole = areas[i] ?? 0;
      if (whole < this.#smallest) this.#smallest = whole;
      if (whole > this.#largest) this.#largest = whole;
      const area = part * whole;
      const weight = byGroundArea ? area : part;
      this.#pixels += 1;
      this.#count += part;
      this.#area += area;
      this.#sum += part * value;
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
      if (Number.isNaN(shift)) shift = value;
      weights += weight;
      sum += weight * (value - shift);
      squares += weight * (value - shift) * (value - shift);
      this.#values.add(value, weight, part, area);
    }
    if (weights > 0) this.#merge(weights, shift + sum / weights, squares - (sum * sum) / weights);
  }

  result(): ZoneStatistics {
    const { percentiles, keepClasses } = this.#options;
    const sorted = this.#values.sorted();
    const isExact = this.#values.error === 0;
    const [median = null, ...others] = weightedPercentiles(sorted, [50, ...percentiles]);
    const some = this.#pixels > 0 && this.#weight > 0;
    const heaviest = (sign: 1 | -1): number | null =>
      some && isExact
        ? sorted.reduce((best, one) => (sign * one.weight > sign * best.weight ? one : best)).value
        : null;
    return {
      pixels: this.#pixels,
      count: this.#count,
      covered: this.#covered,
      areaM2: this.#area,
      min: some ? this.#min : null,
      max: some ? this.#max : null,
      mean: some ? this.#mean : null,
      std: some ? Math.sqrt(Math.max(0, this.#squares) / this.#weight) : null,
      sum: some ? this.#sum : null,
      median: some ? median : null,
      percentiles: percentiles.map((_, i) => (some ? (others[i] ?? null) : null)),
      majority: heaviest(1),
      minority: heaviest(-1),
      variety: some && isExact ? sorted.length : null,
      areaSpread: some && this.#smallest > 0 ? this.#largest / this.#smallest - 1 : 0,
      percentileError: this.#values.error,
      classes: keepClasses && isExact ? sorted : null,
    };
  }

  #merge(weight: number, mean: number, squares: number): void {
    const total = this.#weight + weight;
    const delta = mean - this.#mean;
    this.#mean += (delta * weight) / total;
    this.#squares += squares + (delta * delta * this.#weight * weight) / total;
    this.#weight = total;
  }
}
