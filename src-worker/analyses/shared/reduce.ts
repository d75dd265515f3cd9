export type Method = 'median' | 'mean' | 'min' | 'max' | 'count' | 'first' | 'last';

/** Combines the observations of a block over time, pixel by pixel. Scenes are added in their order. */
export interface Reducer {
  add(data: ArrayLike<number>, valid: ArrayLike<number>): void;
  /** Values, 0 where there was no observation, and the number of observations of every pixel. */
  result(): { values: Float64Array<ArrayBuffer>; counts: Uint16Array<ArrayBuffer> };
  /** Forgets the observations, so that its memory serves again; results that it gave are then void. */
  reset(): void;
}

/** Bytes that a reducer holds for a block. */
export function reducerBytes(method: Method, pixels: number, scenes: number): number {
  return method === 'median' ? pixels * (scenes * 8 + 10) : pixels * 10;
}

export function makeReducer(method: Method, pixels: number, scenes: number): Reducer {
  return method === 'median' ? new MedianReducer(pixels, scenes) : new RunningReducer(method, pixels);
}

/** Keeps all observations of a block: the median can't be had without. */
class MedianReducer implements Reducer {
  readonly #stack: Float64Array;
  readonly #counts: Uint16Array<ArrayBuffer>;
  readonly #scenes: number;

  constructor(pixels: number, scenes: number) {
    this.#stack = new Float64Array(pixels * scenes);
    this.#counts = new Uint16Array(pixels);
    this.#scenes = scenes;
  }

  add(data: ArrayLike<number>, valid: ArrayLike<number>): void {
    for (let pixel = 0; pixel < this.#counts.length; pixel += 1) {
      if (valid[pixel] !== 1) continue;
      const count = this.#counts[pixel] ?? 0;
      this.#stack[pixel * this.#scenes + count] = data[pixel] ?? 0;
      this.#counts[pixel] = count + 1;
    }
  }

  reset(): void {
    this.#counts.fill(0);
  }

  /** Of an even number the mean of the two in the middle, as numpy.median. */
  result() {
    const values = new Float64Array(this.#counts.length);
    for (let pixel = 0; pixel < values.length; pixel += 1) {
      const count = this.#counts[pixel] ?? 0;
      if (count === 0) continue;
      const from = pixel * this.#scenes;
      const sorted = insertionSorted(this.#stack.subarray(from, from + count));
      const middle = count >> 1;
      const upper = sorted[middle] ?? 0;
      // + 0: of zeros with different signs it must not matter which came first.
      values[pixel] = (count % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2) + 0;
    }
    return { values, counts: this.#counts };
  }
}

/** Short runs are sorted faster in place than by the built-in sort. */
function insertionSorted(values: Float64Array): Float64Array {
  if (values.length > 40) return values.sort();
  for (let i = 1; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    let j = i - 1;
    while (j >= 0 && (values[j] ?? 0) > value) {
      values[j + 1] = values[j] ?? 0;
      j -= 1;
    }
    values[j + 1] = value;
  }
  return values;
}

class RunningReducer implements Reducer {
  readonly #method: Exclude<Method, 'median'>;
  readonly #values: Float64Array<ArrayBuffer>;
  readonly #counts: Uint16Array<ArrayBuffer>;

  constructor(method: Exclude<Method, 'median'>, pixels: number) {
    this.#method = method;
    this.#values = new Float64Array(pixels);
    this.#counts = new Uint16Array(pixels);
  }

  add(data: ArrayLike<number>, valid: ArrayLike<number>): void {
    const values = this.#values;
    for (let pixel = 0; pixel < values.length; pixel += 1) {
      if (valid[pixel] !== 1) continue;
      const value = data[pixel] ?? 0;
      const count = this.#counts[pixel] ?? 0;
      const old = values[pixel] ?? 0;
      if (count === 0) values[pixel] = value;
      else if (this.#method === 'mean') values[pixel] = old + value;
      else if (this.#method === 'min') values[pixel] = Math.min(old, value);
      else if (this.#method === 'max') values[pixel] = Math.max(old, value);
      else if (this.#method === 'last') values[pixel] = value;
      this.#counts[pixel] = count + 1;
    }
  }

  reset(): void {
    this.#values.fill(0);
    this.#counts.fill(0);
  }

  result() {
    const values = this.#values;
    for (let pixel = 0; pixel < values.length; pixel += 1) {
      const count = this.#counts[pixel] ?? 0;
      if (this.#method === 'count') values[pixel] = count;
      else if (this.#method === 'mean' && count > 0) values[pixel] = (values[pixel] ?? 0) / count;
    }
    return { values, counts: this.#counts };
  }
}
