import type { RasterInfo, Window } from '../../src-raster/types.ts';
import { kernelRadius, kernelScale } from './warp-scale.ts';
import type { WarpScale } from './warp-scale.ts';
import type { Sampler, Strip } from './warp-sampler.ts';
import { WeightedSum } from './warp-sampler.ts';

/** GDAL's slack at the right and lower edge, in pixels. */
const slack = 1e-10;

/**
 * Bilinear and cubic interpolation with gdalwarp's rules (gdalwarpkernel.cpp). Where the source is finer than the grid the
 * kernel grows by the scale, so that all source pixels count (GWKResample). The weights of invalid pixels and of those beyond
 * the source's edge go to the others. A pixel is invalid where the source pixel under its centre is; cubic falls back to
 * bilinear where one of its 4 x 4 pixels is invalid or beyond the edge (GWKCubicResample4Sample).
 * Weights: 1 - |t| (bilinear); Keys (1981) with a = -0.5 (cubic).
 */
export class KernelSampler implements Sampler {
  readonly #info: Pick<RasterInfo, 'width' | 'height'>;
  readonly #xs: Float64Array;
  readonly #ys: Float64Array;
  readonly #cubic: boolean;
  readonly #scale: WarpScale;
  readonly #grown: boolean;
  readonly #radius: readonly [number, number];
  readonly #weighted = new WeightedSum();
  #x = 0;
  #y = 0;
  /** Whether the source pixel under the centre is valid; it comes with one of the strips. */
  #covered = false;
  #direct = NaN;

  /** `xs` and `ys` are the centres of the window's pixels in source pixels; NaN where there is none. */
  constructor(
    info: Pick<RasterInfo, 'width' | 'height'>,
    xs: Float64Array,
    ys: Float64Array,
    method: 'bilinear' | 'cubic',
    scale: WarpScale,
  ) {
    this.#info = info;
    this.#xs = xs;
    this.#ys = ys;
    this.#cubic = method === 'cubic';
    this.#scale = kernelScale(scale);
    this.#grown = this.#scale.x < 1 || this.#scale.y < 1;
    const radius = kernelRadius[method];
    this.#radius = [Math.ceil(radius / this.#scale.x), Math.ceil(radius / this.#scale.y)];
  }

  reach(pixel: number): Window | null {
    const { width, height } = this.#info;
    const [x, y] = [this.#xs[pixel] ?? NaN, this.#ys[pixel] ?? NaN];
    if (!(x >= 0 && y >= 0 && x + slack <= width && y + slack <= height)) return null;
    const [column, row] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
    const [rx, ry] = this.#radius;
    const left = Math.max(0, column + 1 - rx);
    const top = Math.max(0, row + 1 - ry);
    return {
      x: left,
      y: top,
      width: Math.min(width, column + rx + 1) - left,
      height: Math.min(height, row + ry + 1) - top,
    };
  }

  begin(pixel: number): void {
    const box = this.reach(pixel);
    this.#x = this.#xs[pixel] ?? NaN;
    this.#y = this.#ys[pixel] ?? NaN;
    this.#covered = false;
    this.#direct = NaN;
    this.#weighted.begin(box?.x ?? 0, box?.y ?? 0);
    if (box === null) return;
    const weight = this.#cubic && this.#grown ? keys : tent;
    for (let i = 0; i < box.width; i += 1)
      this.#weighted.columns.push(weight((box.x + i + 0.5 - this.#x) * this.#scale.x));
    for (let j = 0; j < box.height; j += 1)
      this.#weighted.rows.push(weight((box.y + j + 0.5 - this.#y) * this.#scale.y));
  }

  add(strip: Strip): void {
    const { width, height } = this.#info;
    const { box, valid } = strip;
    const column = Math.min(width - 1, Math.floor(this.#x + slack));
    const row = Math.min(height - 1, Math.floor(this.#y + slack));
    if (row >= box.y && row < box.y + box.height)
      this.#covered = valid[(row - box.y) * box.width + column - box.x] === 1;
    if (this.#cubic && !this.#grown) this.#direct = this.#cubicAt(strip);
    if (Number.isNaN(this.#direct)) this.#weighted.add(strip);
  }

  end(): number {
    if (!this.#covered) return NaN;
    if (!Number.isNaN(this.#direct)) return this.#direct;
    const { sum, weight } = this.#weighted;
    return weight < 1e-6 ? NaN : sum / weight;
  }

  /** NaN unless all 16 pixels are there and valid. */
  #cubicAt({ box, values, valid }: Strip): number {
    const [column, row] = [Math.floor(this.#x - 0.5), Math.floor(this.#y - 0.5)];
    const { width, height } = this.#info;
    if (column < 1 || row < 1 || column + 2 >= width || row + 2 >= height) return NaN;
    let total = 0;
    for (let j = -1; j <= 2; j += 1) {
      const from = (row + j - box.y) * box.width + column - box.x;
      let sum = 0;
      for (let i = -1; i <= 2; i += 1) {
        if (valid[from + i] !== 1) return NaN;
        sum += (values[from + i] ?? 0) * keys(column + i + 0.5 - this.#x);
      }
      total += sum * keys(row + j + 0.5 - this.#y);
    }
    return total;
  }
}

function tent(t: number): number {
  return Math.max(0, 1 - Math.abs(t));
}

/** Cubic convolution: Keys (1981), "Cubic convolution interpolation for digital image processing", a = -0.5. */
function keys(t: number): number {
  const d = Math.abs(t);
  if (d <= 1) return d * d * (1.5 * d - 2.5) + 1;
  return d <= 2 ? d * (d * (2.5 - 0.5 * d) - 4) + 2 : 0;
}
