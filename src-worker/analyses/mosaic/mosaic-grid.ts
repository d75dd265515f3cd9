import type { Affine, Bbox, RasterInfo } from '../../../src-raster/types.ts';
import type { RunContext } from '../../run/context.ts';
import { extent, rasterBounds, targetGrid } from '../shared/target-grid.ts';
import type { Target } from '../shared/target-grid.ts';

/** Parts of a pixel that are rounding. */
const slack = 1e-4;

/**
 * The grid of a mosaic. Rasters that are cut from one grid keep it, so that their pixels stay as they are; else the grid is
 * that of `targetGrid`.
 */
export function mosaicGrid(ctx: RunContext, rasters: readonly RasterInfo[]): Target {
  const [first] = rasters;
  if (ctx.task.grid !== undefined || first === undefined || !rasters.every((info) => sharesGrid(first, info)))
    return targetGrid(ctx, rasters, 'rasters');
  const { crs, transform: t } = first;
  if (crs === null || t === null) return targetGrid(ctx, rasters, 'rasters');
  const { bbox, from } = extent(ctx, crs, rasters, 'rasters');
  if (crs.unit === 'degree' && !isWhole(360 / t[0]) && rasters.some((info) => isBeside(info, bbox)))
    return targetGrid(ctx, rasters, 'rasters');
  const [west, south, east, north] = bbox;
  const left = Math.floor((west - t[2]) / t[0] + slack);
  const right = Math.ceil((east - t[2]) / t[0] - slack);
  const top = Math.floor((north - t[5]) / t[4] + slack);
  const bottom = Math.ceil((south - t[5]) / t[4] - slack);
  const transform: Affine = [t[0], 0, t[2] + left * t[0], 0, t[4], t[5] + top * t[4]];
  return {
    grid: {
      crs,
      transform,
      width: Math.max(1, right - left),
      height: Math.max(1, bottom - top),
      resolution: [t[0], -t[4]],
    },
    origin: `the one grid of the rasters, over ${from}`,
  };
}

/** Whether a raster in degrees has no column in a box as it is: it is then a turn away, where its pixels need not lie on the grid. */
function isBeside(info: RasterInfo, [west, , east]: Bbox): boolean {
  const [left, , right] = rasterBounds(info) ?? [west, 0, east];
  return right <= west || left >= east;
}

/** Whether two north-up rasters have the same CRS, pixel size and pixel edges. */
function sharesGrid(a: RasterInfo, b: RasterInfo): boolean {
  const [t, u] = [a.transform, b.transform];
  if (t === null || u === null || a.crs === null || b.crs === null) return false;
  const sameCrs = a.crs.code === null ? a.crs.proj4 !== null && a.crs.proj4 === b.crs.proj4 : a.crs.code === b.crs.code;
  if (!sameCrs || t[1] !== 0 || t[3] !== 0 || u[1] !== 0 || u[3] !== 0 || t[0] <= 0 || t[4] >= 0) return false;
  // Over the width of a raster the pixel size must not add up to another edge.
  const sameSize = Math.abs(t[0] - u[0]) * b.width < slack * t[0] && Math.abs(t[4] - u[4]) * b.height < slack * -t[4];
  return sameSize && isWhole((u[2] - t[2]) / t[0]) && isWhole((u[5] - t[5]) / t[4]);
}

function isWhole(pixels: number): boolean {
  return Math.abs(pixels - Math.round(pixels)) < slack;
}
