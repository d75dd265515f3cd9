/** A statistic over time of every cell of a region; cells that never had a value come out as NaN. */
export interface Accumulator {
  /** Adds a time step: NaN is no value. */
  add(values: Float64Array): void;
  result(): Float64Array<ArrayBuffer>;
}

export type Statistic = 'mean' | 'sum' | 'min' | 'max' | 'std';

/** Bytes of an accumulator a cell. */
export function accumulatorBytes(statistic: Statistic): number {
  return statistic === 'std' ? 20 : statistic === 'min' || statistic === 'max' ? 8 : 12;
}

/** Sums are added in the order of time in float64; `std` is the population one, by Welford's method (1962). */
export function makeAccumulator(statistic: Statistic, cells: number): Accumulator {
  if (statistic === 'std') return new Spread(cells);
  if (statistic === 'min') return new Extreme(cells, (value, kept) => value < kept);
  if (statistic === 'max') return new Extreme(cells, (value, kept) => value > kept);
  return new Sum(cells, statistic === 'mean');
}

class Sum implements Accumulator {
  readonly #sums: Float64Array<ArrayBuffer>;
  readonly #counts: Uint32Array;
  readonly #divide: boolean;

  constructor(cells: number, divide: boolean) {
    this.#sums = new Float64Array(cells);
    this.#counts = new Uint32Array(cells);
    this.#divide = divide;
  }

  add(values: Float64Array): void {
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] ?? NaN;
      if (Number.isNaN(value)) continue;
      this.#sums[i] = (this.#sums[i] ?? 0) + value;
      this.#counts[i] = (this.#counts[i] ?? 0) + 1;
    }
  }

  result(): Float64Array<ArrayBuffer> {
    return this.#sums.map((sum, i) => {
      const count = this.#counts[i] ?? 0;
      return count === 0 ? NaN : this.#divide ? sum / count : sum;
    });
  }
}

class Extreme implements Accumulator {
  readonly #kept: Float64Array<ArrayBuffer>;
  readonly #isBetter: (value: number, kept: number) => boolean;

  constructor(cells: number, isBetter: (value: number, kept: number) => boolean) {
    this.#kept = new Float64Array(cells).fill(NaN);
    this.#isBetter = isBetter;
  }

  add(values: Float64Array): void {
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] ?? NaN;
      const kept = this.#kept[i] ?? NaN;
      if (!Number.isNaN(value) && (Number.isNaN(kept) || this.#isBetter(value, kept))) this.#kept[i] = value;
    }
  }

  result(): Float64Array<ArrayBuffer> {
    return this.#kept.slice();
  }
}

class Spread implements Accumulator {
  readonly #means: Float64Array<ArrayBuffer>;
  readonly #squares: Float64Array<ArrayBuffer>;
  readonly #counts: Uint32Array;

  constructor(cells: number) {
    this.#means = new Float64Array(cells);
    this.#squares = new Float64Array(cells);
    this.#counts = new Uint32Array(cells);
  }

  add(values: Float64Array): void {
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] ?? NaN;
      if (Number.isNaN(value)) continue;
      const count = (this.#counts[i] ?? 0) + 1;
      const before = this.#means[i] ?? 0;
      const mean = before + (value - before) / count;
      this.#squares[i] = (this.#squares[i] ?? 0) + (value - before) * (value - mean);
      this.#means[i] = mean;
      this.#counts[i] = count;
    }
  }

  result(): Float64Array<ArrayBuffer> {
    return this.#squares.map((sum, i) => {
      const count = this.#counts[i] ?? 0;
      return count === 0 ? NaN : Math.sqrt(Math.max(0, sum) / count);
    });
  }
}
