import type { Window } from '../../../src-raster/types.ts';

const longestSide = 640;

/** A thinned copy of a raster that is seen window by window: the middle pixel of every `step` by `step` square. */
export class Thumbnail {
  readonly step: number;
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array<ArrayBuffer>;
  readonly valid: Uint8Array<ArrayBuffer>;
  readonly #middle: number;

  constructor(width: number, height: number) {
    this.step = Math.max(1, Math.ceil(Math.max(width, height) / longestSide));
    this.#middle = this.step >> 1;
    this.width = Math.max(1, Math.floor((width - 1 - this.#middle) / this.step) + 1);
    this.height = Math.max(1, Math.floor((height - 1 - this.#middle) / this.step) + 1);
    this.data = new Float64Array(this.width * this.height);
    this.valid = new Uint8Array(this.width * this.height);
  }

  /** Takes what falls on the thumbnail from a window of the raster. */
  add(window: Window, data: ArrayLike<number>, valid: ArrayLike<number> | null): void {
    const { step } = this;
    const first = (from: number) => Math.max(0, Math.ceil((from - this.#middle) / step));
    for (let row = first(window.y); row < this.height && row * step + this.#middle < window.y + window.height; row += 1)
      for (
        let column = first(window.x);
        column < this.width && column * step + this.#middle < window.x + window.width;
        column += 1
      ) {
        const from = (row * step + this.#middle - window.y) * window.width + column * step + this.#middle - window.x;
        const to = row * this.width + column;
        this.valid[to] = valid === null || valid[from] === 1 ? 1 : 0;
        this.data[to] = this.valid[to] === 1 ? (data[from] ?? 0) : 0;
      }
  }
}
