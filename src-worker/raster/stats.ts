import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import type { RasterSource, Window } from '../../src-raster/types.ts';
import { bandMask, makeValidity } from '../../src-raster/validity.ts';

export interface Statistics {
  /** Number of valid pixels; the others are null when it is 0. */
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Population standard deviation (divided by count), as GDAL reports it. */
  readonly std: number | null;
}

/** Values that are summed as one group before it is merged: keeps the sums' rounding small and exact for integers. */
const groupSize = 4096;

/**
 * Count, minimum, maximum, mean and population standard deviation of a stream of values in one pass. Groups of 4096
 * values are shifted by their first value, summed, and merged by Chan, Golub & LeVeque (1979), "Updating formulae and a
 * pairwise algorithm for computing sample variances", so that a large mean with a small spread keeps its digits.
 */
export class RunningStats {
  #count = 0;
  #min = Infinity;
  #max = -Infinity;
  #minCount = 0;
  #maxCount = 0;
  #mean = 0;
  #squares = 0;

  /** Adds values. `valid` chooses among them: by value, or by a mask of the same length where not 0 means valid. */
  add(data: ArrayLike<number>, valid?: ((value: number) => boolean) | ArrayLike<number>): void {
    const test = typeof valid === 'function' ? valid : undefined;
    const mask = typeof valid === 'function' ? undefined : valid;
    let shift = 0;
    let count = 0;
    let sum = 0;
    let squares = 0;
    const length = data.length;
    for (let i = 0; i < length; i += 1) {
      const value = data[i] ?? NaN;
      if (mask !== undefined && mask[i] === 0) continue;
      if (test !== undefined && !test(value)) continue;
      if (count === 0) shift = value;
      if (value <= this.#min) {
        this.#minCount = value < this.#min ? 1 : this.#minCount + 1;
        this.#min = value;
      }
      if (value >= this.#max) {
        this.#maxCount = value > this.#max ? 1 : this.#maxCount + 1;
        this.#max = value;
      }
      const shifted = value - shift;
      sum += shifted;
      squares += shifted * shifted;
      count += 1;
      if (count === groupSize) {
        this.#merge(count, shift + sum / count, squares - (sum * sum) / count);
        count = 0;
        sum = 0;
        squares = 0;
      }
    }
    if (count > 0) this.#merge(count, shift + sum / count, squares - (sum * sum) / count);
  }

  /** How many values equal the minimum and the maximum. */
  extremes(): { readonly minCount: number; readonly maxCount: number } {
    return { minCount: this.#minCount, maxCount: this.#maxCount };
  }

  result(): Statistics {
    if (this.#count === 0) return { count: 0, min: null, max: null, mean: null, std: null };
    const std = Math.sqrt(Math.max(0, this.#squares) / this.#count);
    return { count: this.#count, min: this.#min, max: this.#max, mean: this.#mean, std };
  }

  #merge(count: number, mean: number, squares: number): void {
    const total = this.#count + count;
    const delta = mean - this.#mean;
    this.#mean += (delta * count) / total;
    this.#squares += squares + (delta * delta * this.#count * count) / total;
    this.#count = total;
  }
}

/** Pixels that one step of a pass over a band holds at most (unless one block alone is larger). */
const maxStepPixels = 4 * 1024 * 1024;

/** Windows that cover the raster once, each made of whole blocks and at most about 4 million pixels. */
export function passWindows(info: RasterSource['info']): Window[] {
  const { width, height, blockWidth, blockHeight } = info;
  const stepY = blockHeight * Math.max(1, Math.floor(maxStepPixels / (Math.max(width, blockWidth) * blockHeight)));
  const stepX = blockWidth * Math.max(1, Math.floor(maxStepPixels / (blockWidth * Math.min(stepY, height))));
  const windows: Window[] = [];
  for (let y = 0; y < height; y += stepY)
    for (let x = 0; x < width; x += stepX)
      windows.push({ x, y, width: Math.min(stepX, width - x), height: Math.min(stepY, height - y) });
  return windows;
}

/**
 * Statistics of the valid pixels of a band (1-based) at full resolution, block by block. Valid as in GDAL: not NaN, not
 * nodata in the band's dtype, and not masked by an internal mask or alpha band. `onProgress` gets the done part, 0..1.
 * The values are added to `stats`, which can tell more of them.
 */
export async function bandStatistics(
  source: RasterSource,
  band: number,
  ctx: ReadContext,
  onProgress?: (done: number) => void,
  stats = new RunningStats(),
): Promise<Statistics> {
  const isValid = makeValidity(source.info);
  const windows = passWindows(source.info);
  for (const [index, window] of windows.entries()) {
    const data = await source.read(band, window, ctx);
    const mask = await bandMask(source, band, window, ctx);
    stats.add(data, mask === null ? isValid : mask.map((value, i) => (value !== 0 && isValid(data[i] ?? NaN) ? 1 : 0)));
    onProgress?.((index + 1) / windows.length);
  }
  return stats.result();
}
