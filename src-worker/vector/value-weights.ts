/** Weight of one value; `area` in m2 where areas are kept. */
export interface WeightedValue {
  readonly value: number;
  readonly weight: number;
  readonly count: number;
  readonly area: number;
}

/** Mantissa bits that are kept once the values are too many; fewer each time they are again. */
const firstBits = 20;

const scratch = new DataView(new ArrayBuffer(8));

/**
 * The weights of the distinct values of a stream, from which weighted percentiles and class areas come. Exact up to
 * `mostValues` distinct values; beyond, values are cut to a mantissa of 20 bits (relative error below 2^-20), then of 19 and
 * so on, so that memory stays bounded. The result does not depend on the order of the values.
 */
export class ValueWeights {
  readonly #most: number;
  #values = new Map<number, { weight: number; count: number; area: number }>();
  #bits = 52;

  constructor(mostValues: number) {
    this.#most = Math.max(16, mostValues);
  }

  /** Relative error of the values: 0 while they are exact. */
  get error(): number {
    return this.#bits === 52 ? 0 : 2 ** -this.#bits;
  }

  add(value: number, weight: number, count: number, area: number): void {
    const key = this.#bits === 52 ? value : cut(value, this.#bits);
    const known = this.#values.get(key);
    if (known === undefined) {
      this.#values.set(key, { weight, count, area });
      if (this.#values.size > this.#most) this.#coarsen();
      return;
    }
    known.weight += weight;
    known.count += count;
    known.area += area;
  }

  /** By value. */
  sorted(): WeightedValue[] {
    return [...this.#values].map(([value, one]) => ({ value, ...one })).sort((a, b) => a.value - b.value);
  }

  #coarsen(): void {
    while (this.#values.size > this.#most && this.#bits > 0) {
      this.#bits = this.#bits === 52 ? firstBits : this.#bits - 1;
      const finer = this.#values;
      this.#values = new Map();
      for (const [value, { weight, count, area }] of finer) {
        const key = cut(value, this.#bits);
        const known = this.#values.get(key);
        if (known === undefined) this.#values.set(key, { weight, count, area });
        else {
          known.weight += weight;
          known.count += count;
          known.area += area;
        }
      }
    }
  }
}

/** A number with its mantissa cut to at most 20 bits, towards 0. */
function cut(value: number, bits: number): number {
  scratch.setFloat64(0, value);
  scratch.setUint32(0, scratch.getUint32(0) & (-1 << (20 - bits)));
  scratch.setUint32(4, 0);
  return scratch.getFloat64(0);
}

/**
 * Weighted percentiles (0 to 100): the smallest value below or at which lie at least so many percent of the weight (inverted
 * cumulative distribution; numpy.percentile with weights and method inverted_cdf). `sorted` as `ValueWeights` gives it.
 */
export function weightedPercentiles(sorted: readonly WeightedValue[], percents: readonly number[]): (number | null)[] {
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  return percents.map((percent) => {
    // Sums that differ only by rounding are equal.
    const wanted = total * (percent / 100) * (1 - 1e-12);
    let below = 0;
    for (const { value, weight } of sorted) {
      below += weight;
      if (below >= wanted && weight > 0) return value;
    }
    return sorted.at(-1)?.value ?? null;
  });
}
