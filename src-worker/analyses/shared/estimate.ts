import { boundsTo } from '../../../src-raster/crs.ts';
import type { Grid } from '../../raster/grid.ts';
import { gridBounds } from '../../raster/grid.ts';
import type { RasterInfo, Window } from '../../../src-raster/types.ts';
import { pixelWindow } from './pixel-window.ts';
import type { Scene } from './scenes.ts';

export interface ReadEstimate {
  readonly readBytes: number;
  readonly requests: number;
  readonly pixels: number;
}

/** What reading a window of a raster costs: whole blocks, at the file's average bytes a pixel. */
export function estimateWindow(
  info: RasterInfo,
  window: Window | null,
  level = { width: info.width, height: info.height },
): ReadEstimate {
  if (window === null) return { readBytes: 0, requests: 0, pixels: 0 };
  const columns = blocks(window.x, window.width, info.blockWidth);
  const rows = blocks(window.y, window.height, info.blockHeight);
  const touched = Math.min(columns * info.blockWidth, level.width) * Math.min(rows * info.blockHeight, level.height);
  const stored = [info, ...info.overviews].reduce((sum, { width, height }) => sum + width * height, 0);
  return {
    readBytes: Math.ceil((info.bytes * touched) / stored),
    requests: rows,
    pixels: window.width * window.height,
  };
}

/** The pixels of a raster that a grid covers, with a margin; null when none. Null CRS or transform: all of them. */
export function coveredWindow(info: RasterInfo, grid: Grid, margin = 1): Window | null {
  const { crs, transform, width, height } = info;
  if (crs === null || transform === null || transform[1] !== 0 || transform[3] !== 0)
    return { x: 0, y: 0, width, height };
  return pixelWindow(info, boundsTo(grid.crs, gridBounds(grid), crs), margin);
}

/** Whether any band of a scene has no pixel on a grid. */
export function missesGrid({ bands }: Scene, grid: Grid): boolean {
  return bands.some(({ info }) => coveredWindow(info, grid) === null);
}

export function sumEstimates(estimates: readonly ReadEstimate[]): ReadEstimate {
  return estimates.reduce(
    (sum, one) => ({
      readBytes: sum.readBytes + one.readBytes,
      requests: sum.requests + one.requests,
      pixels: sum.pixels + one.pixels,
    }),
    { readBytes: 0, requests: 0, pixels: 0 },
  );
}

function blocks(from: number, length: number, size: number): number {
  return Math.floor((from + length - 1) / size) - Math.floor(from / size) + 1;
}
