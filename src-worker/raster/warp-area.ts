import type { RasterInfo, Window } from '../../src-raster/types.ts';
import type { WarpScale } from './warp-scale.ts';
import type { Sampler, Strip } from './warp-sampler.ts';
import { WeightedSum } from './warp-sampler.ts';

/** Corners of the window's pixels in source pixels: upper left and lower right; NaN where there is none. */
export interface Corners {
  readonly x1: Float64Array;
  readonly y1: Float64Array;
  readonly x2: Float64Array;
  readonly y2: Float64Array;
}

interface Rectangle {
  /** Of the pixel, in source pixels. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Whole source pixels it touches: columns `x` up to `xEnd`, beyond the source's width where it wraps. */
  readonly x: number;
  readonly xEnd: number;
  readonly y: number;
  readonly yEnd: number;
  readonly wraps: boolean;
}

const slack = 1e-10;

/**
 * The mean or the most frequent of the valid source pixels under a grid pixel, with gdalwarp's rules (GWKAverageOrModeThread,
 * gdalwarpkernel.cpp, GDAL 3.10): the pixel is taken as the rectangle between its transformed upper left and lower right
 * corners. The mean weights source pixels by their share in it; what lies beyond the source's edge counts as the outermost
 * pixel. The mode counts each source pixel that is touched once; of several the one that came to the greatest count first,
 * row by row, wins. A rectangle across the antimeridian continues at the other side of a source that goes around the globe.
 */
export class AreaSampler implements Sampler {
  readonly #info: Pick<RasterInfo, 'width' | 'height'>;
  readonly #corners: Corners;
  readonly #mode: boolean;
  readonly #scale: WarpScale;
  /** Columns of a full turn where the source has them all, else 0. */
  readonly #period: number;
  readonly #weighted = new WeightedSum();
  readonly #counts = new Map<number, number>();
  #rectangle: Rectangle | null = null;
  #best = NaN;
  #most = 0;

  /** @param turn 360 degrees in source columns; 0 where longitudes are not columns */
  constructor(
    info: Pick<RasterInfo, 'width' | 'height'>,
    corners: Corners,
    method: 'average' | 'mode',
    scale: WarpScale,
    turn: number,
  ) {
    this.#info = info;
    this.#corners = corners;
    this.#mode = method === 'mode';
    this.#scale = scale;
    this.#period = turn > 0 && Math.abs(turn - info.width) < 0.5 ? info.width : 0;
  }

  reach(pixel: number): Window | null {
    const found = this.#locate(pixel);
    if (found === null) return null;
    const { x, xEnd, y, yEnd, wraps } = found;
    return { x: wraps ? 0 : x, y, width: wraps ? this.#info.width : xEnd - x, height: yEnd - y };
  }

  begin(pixel: number): void {
    this.#rectangle = this.#locate(pixel);
    this.#counts.clear();
    this.#best = NaN;
    this.#most = 0;
    if (this.#rectangle === null) return;
    const { left, right, top, bottom, x, xEnd, y, yEnd } = this.#rectangle;
    this.#weighted.begin(x, y);
    for (let column = x; column < xEnd; column += 1) this.#weighted.columns.push(share(column, x, xEnd, left, right));
    for (let row = y; row < yEnd; row += 1) this.#weighted.rows.push(share(row, y, yEnd, top, bottom));
  }

  add(strip: Strip): void {
    if (this.#rectangle === null) return;
    if (this.#mode) this.#count(strip, this.#rectangle);
    else this.#weighted.add(strip, this.#rectangle.wraps ? this.#period : 0);
  }

  end(): number {
    if (this.#rectangle === null) return NaN;
    if (this.#mode) return this.#best;
    return this.#weighted.weight > 0 ? this.#weighted.sum / this.#weighted.weight : NaN;
  }

  #count({ box, values, valid }: Strip, { x, xEnd, y, yEnd, wraps }: Rectangle): void {
    for (let row = Math.max(y, box.y); row < Math.min(yEnd, box.y + box.height); row += 1)
      for (let column = x; column < xEnd; column += 1) {
        const turned = wraps && column >= this.#period ? column - this.#period : column;
        const at = (row - box.y) * box.width + turned - box.x;
        if (valid[at] !== 1) continue;
        const value = values[at] ?? 0;
        const count = (this.#counts.get(value) ?? 0) + 1;
        this.#counts.set(value, count);
        if (count > this.#most) [this.#best, this.#most] = [value, count];
      }
  }

  #locate(pixel: number): Rectangle | null {
    const { width, height } = this.#info;
    const { x1, y1, x2, y2 } = this.#corners;
    const [xa, ya, xb, yb] = [x1[pixel] ?? NaN, y1[pixel] ?? NaN, x2[pixel] ?? NaN, y2[pixel] ?? NaN];
    const marginX = 2 * Math.max(1, Math.ceil(1 / this.#scale.x));
    const marginY = 2 * Math.max(1, Math.ceil(1 / this.#scale.y));
    const near = (value: number, size: number, margin: number): boolean => value >= -margin && value - size <= margin;
    if (!near(xa, width, marginX) || !near(xb, width, marginX)) return null;
    if (!near(ya, height, marginY) || !near(yb, height, marginY)) return null;
    let [left, right] = [Math.min(xa, xb), Math.max(xa, xb)];
    const [top, bottom] = [Math.min(ya, yb), Math.max(ya, yb)];
    // From one end of a global source to the other: it lies across the seam between them.
    const seam = Math.min(2, Math.trunc(width / 10));
    const wraps =
      this.#period > 0 &&
      left * this.#scale.x < seam &&
      (width - right) * this.#scale.x < seam &&
      right - left > width / 2;
    if (wraps) [left, right] = [right, left + width];
    // A cell that only touches the source has no part in it.
    const isBeside = !wraps && !(right > slack && left < width - slack);
    if (isBeside || !(bottom > slack && top < height - slack)) return null;
    const x = Math.max(0, Math.floor(left + slack));
    let xEnd = Math.ceil(right - slack);
    if (!wraps) xEnd = Math.min(width, xEnd);
    if (x === xEnd && xEnd < width) xEnd += 1;
    const y = Math.max(0, Math.floor(top + slack));
    let yEnd = Math.min(height, Math.ceil(bottom - slack));
    if (y === yEnd && yEnd < height) yEnd += 1;
    return xEnd > x && yEnd > y ? { left, right, top, bottom, x, xEnd, y, yEnd, wraps } : null;
  }
}

/** The share of one of the source pixels `first` up to `end` in low..high. */
function share(at: number, first: number, end: number, low: number, high: number): number {
  if (at === first) return first + 1 === end ? 1 : Math.max(0, 1 - (low - first));
  return at + 1 === end ? Math.max(0, 1 - (end - high)) : 1;
}
