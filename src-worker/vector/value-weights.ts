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
 * so on, so that memory stays bounded. Equal streams give equal sums.
 */
export class ValueWeights {
  readonly #most: number;
  /** Where a value's sums stand: weight, count and area, one after the other. */
  #places = new Map<number, number>();
  #sums = new Float64Array(3 * 256);
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
    let place = this.#places.get(key);
    if (place === undefined) {
      if (this.#places.size >= this.#most && this.#bits > 0) {
        this.#coarsen();
        this.add(value, weight, count, area);
        return;
      }
      place = 3 * this.#places.size;
      this.#places.set(key, place);
      if (place === this.#sums.length) this.#grow();
    }
    const sums = this.#sums;
    sums[place] = (sums[place] ?? 0) + weight;
    sums[place + 1] = (sums[place + 1] ?? 0) + count;
    sums[place + 2] = (sums[place + 2] ?? 0) + area;
  }

  /** By value. */
  sorted(): WeightedValue[] {
    return [...this.#entries()].sort((a, b) => a.value - b.value);
  }

  *#entries(): Generator<WeightedValue> {
    for (const [value, place] of this.#places) {
      const [weight = 0, count = 0, area = 0] = this.#sums.subarray(place, place + 3);
      yield { value, weight, count, area };
    }
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#sums.length);
    larger.set(this.#sums);
    this.#sums = larger;
  }

  /** Merges values until there is room for another one. */
  #coarsen(): void {
    const finer = this.sorted();
    while (this.#places.size >= this.#most && this.#bits > 0) {
      this.#bits = this.#bits === 52 ? firstBits : this.#bits - 1;
      this.#places = new Map();
      this.#sums.fill(0);
      for (const { value, weight, count, area } of finer) this.add(value, weight, count, area);
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
