import type { Histogram } from '../../render/histogram.ts';
import { otsuBin } from '../../statistics/otsu.ts';

/** Bins on each side of 0. */
const binsPerSide = 4_096;

/** Low bits of a float32 that a bin of sizes leaves out: exponent and seven bits of the fraction make the bin. */
const dropped = 16;

/** Sizes of float32 differences, counted in bins by exponent, each less than 1/128 wide in proportion. */
export class SizeCounts {
  readonly #counts = new Float64Array(2 ** (31 - dropped));
  readonly #float = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);
  #count = 0;
  #largest = 0;

  add(differences: ArrayLike<number>, valid: ArrayLike<number>): void {
    for (let i = 0; i < differences.length; i += 1) {
      const size = Math.abs(differences[i] ?? 0);
      if (valid[i] === 0 || size === 0) continue;
      this.#float[0] = size;
      const bin = (this.#bits[0] ?? 0) >>> dropped;
      this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
      this.#count += 1;
      if (size > this.#largest) this.#largest = size;
    }
  }

  /**
   * The 99.9th percentile of the sizes other than 0: upper edge of the bin that holds all but the largest thousandth of them,
   * or the largest size where that is less. 0 when there is none. So one outlier doesn't set the scale.
   */
  range(): number {
    const rank = this.#count - Math.floor(this.#count / 1_000);
    if (rank === 0) return 0;
    let [bin, below] = [0, this.#counts[0] ?? 0];
    while (below < rank) below += this.#counts[(bin += 1)] ?? 0;
    this.#bits[0] = (bin + 1) << dropped;
    return Math.min(this.#largest, this.#float[0] ?? 0);
  }
}

/** Differences counted by size and sign, in bins of equal width over a range; larger sizes are in the last bin. */
export class DifferenceCounts {
  /** Width of a bin. */
  readonly width: number;
  readonly #negative = new Float64Array(binsPerSide);
  readonly #positive = new Float64Array(binsPerSide);

  /** @param range `SizeCounts.range` of the differences that will be added */
  constructor(range: number) {
    this.width = range / binsPerSide;
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
