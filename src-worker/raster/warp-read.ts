import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import type { PixelArray, RasterSource, Window } from '../../src-raster/types.ts';
import { bandMask, makeValidity } from '../../src-raster/validity.ts';
import type { Grid } from './grid.ts';
import { approximateRow } from './warp-approximate.ts';
import { AreaSampler } from './warp-area.ts';
import type { Corners } from './warp-area.ts';
import { KernelSampler } from './warp-kernel.ts';
import { makeLocator } from './warp-locate.ts';
import type { Georeferenced } from './warp-locate.ts';
import type { Sampler, Strip, WarpMethod } from './warp-sampler.ts';
import { warpScale } from './warp-scale.ts';
import type { GridPixels } from './resample.ts';
import { maxSourcePixels, split } from './parts.ts';

/**
 * Reads one band (1-based) onto a window of a grid by interpolation or over the area of each pixel; see `KernelSampler` and
 * `AreaSampler` for the rules, `approximateRow` for the positions. Values are not rounded. Memory is bounded by the window
 * and by parts of the source of 4 million pixels, whatever the scale is.
 */
export async function readWarped(
  source: RasterSource,
  info: Georeferenced,
  band: number,
  grid: Grid,
  window: Window,
  ctx: ReadContext,
  method: WarpMethod,
): Promise<GridPixels> {
  const data = new Float64Array(window.width * window.height).fill(NaN);
  const valid = new Uint8Array(window.width * window.height);
  const sampler = makeSampler(info, grid, window, method);
  const isValid = makeValidity(info);

  const readStrip = async (box: Window): Promise<Strip> => {
    const values = await source.read(band, box, ctx);
    return { box, values, valid: validity(values, isValid, await bandMask(source, band, box, ctx)) };
  };
  const finish = (pixel: number): void => {
    const value = sampler.end();
    if (Number.isNaN(value)) return;
    data[pixel] = value;
    valid[pixel] = 1;
  };
  const fill = async (part: Window): Promise<void> => {
    const box = boxOf(sampler, part, window.width);
    if (box === null) return;
    const points = part.width * part.height;
    if (box.width * box.height > Math.max(maxSourcePixels, 4 * points)) {
      if (points > 1) for (const half of split(part)) await fill(half);
      else {
        const pixel = part.y * window.width + part.x;
        sampler.begin(pixel);
        for (const strip of strips(box)) sampler.add(await readStrip(strip));
        finish(pixel);
      }
      return;
    }
    const strip = await readStrip(box);
    for (let y = part.y; y < part.y + part.height; y += 1)
      for (let x = part.x; x < part.x + part.width; x += 1) {
        const pixel = y * window.width + x;
        sampler.begin(pixel);
        sampler.add(strip);
        finish(pixel);
      }
  };
  await fill({ x: 0, y: 0, width: window.width, height: window.height });
  return { data, valid };
}

function makeSampler(info: Georeferenced, grid: Grid, window: Window, method: WarpMethod): Sampler {
  const locator = makeLocator(info, grid);
  const scale = warpScale(info, grid, locator, method);
  const positions = (offset: number): [Float64Array, Float64Array] => {
    const [xs, ys] = [0, 0].map(() => new Float64Array(window.width * window.height)) as [Float64Array, Float64Array];
    for (let y = 0; y < window.height; y += 1)
      approximateRow(locator, window.y + y + offset, offset, grid.width, {
        from: window.x,
        to: window.x + window.width,
        xs,
        ys,
        at: y * window.width,
      });
    return [xs, ys];
  };
  if (method === 'bilinear' || method === 'cubic') {
    const [xs, ys] = positions(0.5);
    for (let i = 0; i < xs.length; i += 1) {
      if (!isBeside(xs[i] ?? NaN, ys[i] ?? NaN, info)) continue;
      const [column, row] = [window.x + (i % window.width), window.y + Math.floor(i / window.width)];
      [xs[i], ys[i]] = locator.exact(column + 0.5, row + 0.5);
    }
    return new KernelSampler(info, xs, ys, method, scale);
  }
  const [x1, y1] = positions(0);
  const [x2, y2] = positions(1);
  const corners: Corners = { x1, y1, x2, y2 };
  return new AreaSampler(info, corners, method, scale, locator.turn);
}

/** Less than a pixel beyond the edge: gdalwarp looks again, exactly (GWKCheckAndComputeSrcOffsets). */
function isBeside(x: number, y: number, { width, height }: Georeferenced): boolean {
  if (x < 0) return x > -1;
  if (y < 0) return y > -1;
  if (x + 1e-10 > width) return x < width + 1;
  return y + 1e-10 > height && y < height + 1;
}

/** 1 where a value and, if there is one, the mask are valid. */
function validity(
  values: PixelArray,
  isValid: (value: number) => boolean,
  mask: Uint8Array | null,
): Uint8Array<ArrayBuffer> {
  const valid = new Uint8Array(values.length);
  for (let i = 0; i < valid.length; i += 1)
    if (isValid(values[i] ?? NaN) && (mask === null || mask[i] !== 0)) valid[i] = 1;
  return valid;
}

/** Around all that the pixels of a part need; null when they need nothing. */
function boxOf(sampler: Sampler, part: Window, stride: number): Window | null {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  for (let y = part.y; y < part.y + part.height; y += 1)
    for (let x = part.x; x < part.x + part.width; x += 1) {
      const one = sampler.reach(y * stride + x);
      if (one === null) continue;
      [left, right] = [Math.min(left, one.x), Math.max(right, one.x + one.width)];
      [top, bottom] = [Math.min(top, one.y), Math.max(bottom, one.y + one.height)];
    }
  return right === 0 ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

/** Runs of rows of at most about 4 million pixels. */
function* strips({ x, y, width, height }: Window): Generator<Window> {
  const rows = Math.max(1, Math.floor(maxSourcePixels / width));
  for (let from = 0; from < height; from += rows)
    yield { x, y: y + from, width, height: Math.min(rows, height - from) };
}
