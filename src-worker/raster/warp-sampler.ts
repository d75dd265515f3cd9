import type { Resampling } from '../../src-shared/task/schema.ts';
import type { Window } from '../../src-raster/types.ts';

/** Source pixels of a window, with their validity. */
export interface Strip {
  readonly box: Window;
  readonly values: ArrayLike<number>;
  /** 1 where valid. */
  readonly valid: Uint8Array;
}

/** How a method is called that makes a pixel from several. */
export type WarpMethod = Exclude<Resampling, 'nearest'>;

/**
 * Computes the pixels of a grid window one at a time: `begin`, `add` for strips that hold the rows of `reach` from the first
 * to the last, `end`. Pixels are numbered row-major in the window.
 */
export interface Sampler {
  /** The source pixels that a pixel needs, clipped to the source; null when there are none. */
  reach(pixel: number): Window | null;
  begin(pixel: number): void;
  add(strip: Strip): void;
  /** The value; NaN where no source pixel counts. */
  end(): number;
}

/** Separable weights over a rectangle of source pixels, and the sums of what was added. Invalid pixels have no weight. */
export class WeightedSum {
  /** Weights of columns from `x` and of rows from `y` on. */
  readonly columns: number[] = [];
  readonly rows: number[] = [];
  x = 0;
  y = 0;
  sum = 0;
  weight = 0;

  begin(x: number, y: number): void {
    this.x = x;
    this.y = y;
    this.columns.length = 0;
    this.rows.length = 0;
    this.sum = 0;
    this.weight = 0;
  }

  /** @param period columns after which the source begins anew; 0 where it doesn't */
  add({ box, values, valid }: Strip, period = 0): void {
    const first = Math.max(0, box.y - this.y);
    const last = Math.min(this.rows.length, box.y + box.height - this.y);
    for (let j = first; j < last; j += 1) {
      const from = (this.y + j - box.y) * box.width - box.x;
      let [sum, weight] = [0, 0];
      for (let i = 0; i < this.columns.length; i += 1) {
        let column = this.x + i;
        if (period > 0 && column >= period) column -= period;
        const at = from + column;
        if (valid[at] !== 1) continue;
        const share = this.columns[i] ?? 0;
        sum += (values[at] ?? 0) * share;
        weight += share;
      }
      const share = this.rows[j] ?? 0;
      this.sum += sum * share;
      this.weight += weight * share;
    }
  }
}
