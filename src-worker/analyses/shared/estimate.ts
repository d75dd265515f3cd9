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
