import type { Resampling } from '../../src-shared/task/schema.ts';
import type { Window } from '../../src-raster/types.ts';
import type { Grid } from './grid.ts';
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
export function warpScale(info: Georeferenced, grid: Grid, { exact, toGrid }: Locator, resampling: Resampling): WarpScale {
  const part = coveredPart(info, grid, toGrid);
  const box = sourceExtent(info, part, exact);
  if (box === null) return { x: 1, y: 1 };
  const radius = kernelRadius[resampling];
  return {
    x: axisScale(part.width, info.width, box.left, box.right, radius, box.failed),
    y: axisScale(part.height, info.height, box.top, box.bottom, radius, box.failed),
  };
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

/** The source pixels that a part of a grid covers, from exact points along its edges, and inside of it where some of them fail. */
function sourceExtent(info: Georeferenced, part: Window, exact: Locator['exact']) {
  let [left, top, right, bottom, found, failed] = [Infinity, Infinity, -Infinity, -Infinity, 0, false];
  const add = (u: number, v: number): void => {
    const [x, y] = exact(part.x + u * part.width, part.y + v * part.height);
    if (Number.isNaN(x)) {
      failed = true;
      return;
    }
    found += 1;
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  };
  for (let i = 0; i <= steps; i += 1)
    for (const [u, v] of [
      [i / steps, 0],
      [i / steps, 1],
      [0, i / steps],
      [1, i / steps],
    ] as const)
      add(u, v);
  if (failed) for (let j = 1; j < steps; j += 1) for (let i = 1; i < steps; i += 1) add(i / steps, j / steps);
  if (found === 0 || left > info.width || right < 0 || top > info.height || bottom < 0) return null;
  return { left: tidy(left), top: tidy(top), right: tidy(right), bottom: tidy(bottom), failed };
}

function tidy(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(rounded - value) < 1e-6 ? rounded : value;
}
