import { pixelHash } from './seeded-random.ts';

/**
 * A sample of at most `size` of the pixels that are offered to it, each as likely as any other and none twice: those with
 * the smallest hashes of their numbers (of equal hashes the smaller number; Cohen and Kaplan 2007, "bottom-k sketches"). It
 * does not depend on the order in which they come, so not on blocks; its memory is bounded by `size`.
 */
export class PixelSample {
  readonly #size: number;
  readonly #bands: number;
  readonly #seed: number;
  /** A heap with the largest (hash, number) on top; slots point into `#values`. */
  readonly #hashes: Float64Array;
  readonly #pixels: Float64Array;
  readonly #slots: Uint32Array;
  readonly #values: Float64Array;
  #count = 0;
  #offered = 0;

  constructor(size: number, bands: number, seed: number) {
    this.#size = size;
    this.#bands = bands;
    this.#seed = seed;
    this.#hashes = new Float64Array(size);
    this.#pixels = new Float64Array(size);
    this.#slots = new Uint32Array(size);
    this.#values = new Float64Array(size * bands);
  }

  /** Bytes that a sample takes while it is collected and sorted. */
  static bytes(size: number, bands: number): number {
    return size * (8 + 8 + 4 + 8 + 16 * bands);
  }

  /** How many pixels were offered. */
  get offered(): number {
    return this.#offered;
  }

  /** Offers a pixel by its number in the raster (row * width + column); `values` has one value a band. */
  offer(pixel: number, values: ArrayLike<number>): void {
    this.#offered += 1;
    const hash = pixelHash(pixel, this.#seed);
    if (this.#count < this.#size) {
      const at = this.#count;
      this.#count += 1;
      this.#slots[at] = at;
      this.#put(at, hash, pixel, values);
      this.#rise(at);
    } else if (this.#isLess(hash, pixel, 0)) {
      this.#put(0, hash, pixel, values);
      this.#sink();
    }
  }

  /** The values of the sampled pixels, pixel by pixel in the order of their numbers: `count * bands` values. */
  values(): Float64Array<ArrayBuffer> {
    const order = Array.from({ length: this.#count }, (_, i) => i).sort(
      (a, b) => (this.#pixels[a] ?? 0) - (this.#pixels[b] ?? 0),
    );
    const sorted = new Float64Array(this.#count * this.#bands);
    for (const [to, at] of order.entries()) {
      const slot = this.#slots[at] ?? 0;
      sorted.set(this.#values.subarray(slot * this.#bands, (slot + 1) * this.#bands), to * this.#bands);
    }
    return sorted;
  }

  #put(at: number, hash: number, pixel: number, values: ArrayLike<number>): void {
    this.#hashes[at] = hash;
    this.#pixels[at] = pixel;
    this.#values.set(values, (this.#slots[at] ?? 0) * this.#bands);
  }

  #isLess(hash: number, pixel: number, at: number): boolean {
    const other = this.#hashes[at] ?? 0;
    return hash < other || (hash === other && pixel < (this.#pixels[at] ?? 0));
  }

  #isLarger(a: number, b: number): boolean {
    return this.#isLess(this.#hashes[b] ?? 0, this.#pixels[b] ?? 0, a);
  }

  #swap(a: number, b: number): void {
    for (const list of [this.#hashes, this.#pixels, this.#slots]) {
      const kept = list[a] ?? 0;
      list[a] = list[b] ?? 0;
      list[b] = kept;
    }
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const above = (at - 1) >> 1;
      if (!this.#isLarger(at, above)) return;
      this.#swap(at, above);
      at = above;
    }
  }

  #sink(): void {
    for (let at = 0; ;) {
      let largest = at;
      for (const below of [2 * at + 1, 2 * at + 2])
        if (below < this.#count && this.#isLarger(below, largest)) largest = below;
      if (largest === at) return;
      this.#swap(at, largest);
      at = largest;
    }
  }
}
