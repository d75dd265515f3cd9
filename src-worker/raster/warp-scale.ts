import type { Resampling } from '../../src-shared/task/schema.ts';
import type { RasterInfo, Window } from '../../src-raster/types.ts';
import type { Grid } from './grid.ts';
import { makeLocator } from './warp-locate.ts';
import type { Georeferenced, Locator } from './warp-locate.ts';

/** Grid pixels per source pixel along the source's columns and rows; below 1 the source is finer. */
export interface WarpScale {
  readonly x: number;
  readonly y: number;
}

/** Half-widths of the kernels, in pixels of the coarser raster (GWKGetFilterRadius). */
export const kernelRadius: Readonly<Record<Resampling, number>> = {
  nearest: 0,
  bilinear: 1,
  cubic: 2,
  average: 0,
  mode: 0,
};

/** Exact points along each edge. */
const steps = 20;

/**
 * How much coarser a grid is than a source, one number an axis for all of the grid: the grid's size over that of the source
 * window it covers, as gdalwarp does it for a chunk (GDALWarpOperation::ComputeSourceWindow, GDALWarpKernel::PerformWarp),
 * with its snapping to whole reciprocals. Where the source covers a part of the grid only, that part is measured: a chunk
 * that reaches beyond the source would make gdalwarp take the source for coarser than it is.
 */
export function warpScale(info: Georeferenced, grid: Grid, locator: Locator, resampling: Resampling): WarpScale {
  const part = coveredPart(info, grid, locator.toGrid);
  const box = sourceExtent(info, part, locator);
  if (box === null) return { x: 1, y: 1 };
  const radius = kernelRadius[resampling];
  return {
    x: axisScale(part.width, info.width, box.left, box.right, radius, box.failed),
    y: axisScale(part.height, info.height, box.top, box.bottom, radius, box.failed),
  };
}

/**
 * How many source pixels beyond those under the centres of a grid's pixels a kernel takes, along columns and rows; [0, 0] for
 * methods without a kernel and where the source can't be placed.
 */
export function warpReach(info: RasterInfo, grid: Grid, resampling: Resampling): readonly [number, number] {
  const radius = kernelRadius[resampling];
  const { crs, transform } = info;
  if (radius === 0 || crs === null || transform === null || crs.proj4 === null) return [0, 0];
  const placed = { ...info, crs, transform };
  const scale = kernelScale(warpScale(placed, grid, makeLocator(placed, grid), resampling));
  return [Math.ceil(radius / scale.x) - 0.5, Math.ceil(radius / scale.y) - 0.5];
}

/** From this scale on a source counts as no finer than the grid. */
const unscaled = 0.95;

/** The scale by which a kernel grows: 1 along both axes unless one of them is scaled (GDALWarpKernel's bUse4SamplesFormula). */
export function kernelScale({ x, y }: WarpScale): WarpScale {
  return x < unscaled || y < unscaled ? { x: Math.min(1, x), y: Math.min(1, y) } : { x: 1, y: 1 };
}

function axisScale(cells: number, size: number, low: number, high: number, kernel: number, failed: boolean): number {
  const rough = Math.max(1e-3, cells / (high - low));
  const radius = (rough < 0.95 ? Math.ceil(kernel / rough) : kernel) + (failed ? 10 : 0);
  const from = Math.trunc(Math.max(0, low));
  const to = Math.min(Math.ceil(high), size);
  const covered = Math.max(0, Math.min(size - from, high - low));
  // More than 90 % is taken as all of it.
  const [start, length] =
    to - from > 0.9 * size
      ? [0, size]
      : [Math.max(0, from - radius), Math.min(size, to + radius) - Math.max(0, from - radius)];
  if (!(covered > 0) || start > size) return 1;
  const extra = length - covered;
  if (length >= cells && length <= cells + extra) return 1;
  const scale = cells / covered;
  const reciprocal = Math.floor(1 / scale + 0.5);
  return scale < 1 && Math.abs(1 / scale - reciprocal) < 0.05 ? 1 / reciprocal : scale;
}

/** The window of the grid around the source, a little larger; the whole grid when that can't be told. */
function coveredPart(info: Georeferenced, grid: Grid, toGrid: Locator['toGrid']): Window {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let j = 0; j <= steps; j += 1)
    for (let i = 0; i <= steps; i += 1) {
      const [column, row] = toGrid((i * info.width) / steps, (j * info.height) / steps);
      if (!Number.isFinite(column) || !Number.isFinite(row)) continue;
      [left, right] = [Math.min(left, column), Math.max(right, column)];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    }
  // Between two points an edge may bulge.
  const [dx, dy] = [1 + (right - left) * 0.02, 1 + (bottom - top) * 0.02];
  const x = Math.max(0, Math.floor(left - dx));
  const y = Math.max(0, Math.floor(top - dy));
  const width = Math.min(grid.width, Math.ceil(right + dx)) - x;
  const height = Math.min(grid.height, Math.ceil(bottom + dy)) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : { x: 0, y: 0, width: grid.width, height: grid.height };
}

/**
 * The source pixels that a part of a grid covers, from exact points along its edges. Where some of them fail, and where the
 * part holds a pole, its edges do not bound what it covers: points inside of it and of the source are asked too.
 */
function sourceExtent(info: Georeferenced, part: Window, { exact, toGrid }: Locator) {
  let [left, top, right, bottom, found, failed] = [Infinity, Infinity, -Infinity, -Infinity, 0, false];
  const cover = (x: number, y: number): void => {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  };
  const add = (u: number, v: number): void => {
    const [x, y] = exact(part.x + u * part.width, part.y + v * part.height);
    if (Number.isNaN(x)) {
      failed = true;
      return;
    }
    found += 1;
    cover(x, y);
  };
  for (let i = 0; i <= steps; i += 1)
    for (const [u, v] of [
      [i / steps, 0],
      [i / steps, 1],
      [0, i / steps],
      [1, i / steps],
    ] as const)
      add(u, v);
  if (failed || holdsPole(info, part, toGrid)) {
    for (const v of ratios(part.width)) for (const u of ratios(part.width)) add(u, v);
    for (const v of ratios(info.height))
      for (const u of ratios(info.width)) {
        const [x, y] = [u * info.width, v * info.height];
        if (isInside(part, ...toGrid(x, y))) cover(x, y);
      }
  }
  if (found === 0 || left > info.width || right < 0 || top > info.height || bottom < 0) return null;
  return { left: tidy(left), top: tidy(top), right: tidy(right), bottom: tidy(bottom), failed };
}

/** Steps along a side, and half a pixel from its ends. */
function ratios(size: number): number[] {
  return [0.5 / size, ...Array.from({ length: steps + 1 }, (_, i) => i / steps), 1 - 0.5 / size];
}

function isInside({ x, y, width, height }: Window, column: number, row: number): boolean {
  return column >= x && column <= x + width && row >= y && row <= y + height;
}

function holdsPole({ crs, transform, width }: Georeferenced, part: Window, toGrid: Locator['toGrid']): boolean {
  if (crs.unit !== 'degree' || transform[1] !== 0 || transform[3] !== 0) return false;
  return [90, -90].some((latitude) => isInside(part, ...toGrid(width / 2, (latitude - transform[5]) / transform[4])));
}

function tidy(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(rounded - value) < 1e-6 ? rounded : value;
}
