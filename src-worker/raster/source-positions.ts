import type { RasterInfo, Window } from '../../src-raster/types.ts';
import type { Grid } from './grid.ts';
import { makeLocator } from './warp-locate.ts';
import type { Georeferenced, Locator } from './warp-locate.ts';

/** Pixels between two exact points of the mesh. */
const meshStep = 32;
/** A mesh cell whose middle is further off than this (in source pixels) is computed point by point. */
const maxMeshError = 0.02;

/**
 * For every pixel of a grid window, row-major, the index (row * width + column) of the source pixel that holds its centre,
 * or -1 outside the source. GDAL's rule for nearest: floor of the source coordinate, with its 1e-10 px of slack. The
 * coordinates are interpolated in a mesh of exact points where that can't change the result, and computed exactly
 * wherever the interpolated one is near a pixel's edge; so the result equals that of an exact transform per pixel.
 */
export function sourcePositions(info: Georeferenced, grid: Grid, window: Window): Float64Array {
  const { locate, sound } = makeLocator(info, grid);
  const out = new Float64Array(window.width * window.height).fill(-1);
  for (let y = 0; y < window.height; y += meshStep)
    for (let x = 0; x < window.width; x += meshStep) {
      const width = Math.min(meshStep, window.width - x);
      const height = Math.min(meshStep, window.height - y);
      fillCell(info, locate, sound, window, { x, y, width, height }, out);
    }
  return out;
}

function fillCell(
  info: RasterInfo,
  locate: Locator['locate'],
  comesBack: Locator['sound'],
  window: Window,
  cell: Window,
  out: Float64Array,
): void {
  const left = window.x + cell.x + 0.5;
  const top = window.y + cell.y + 0.5;
  const [dx, dy] = [cell.width - 1, cell.height - 1];
  const corners: [number, number][] = [
    [left, top],
    [left + dx, top],
    [left, top + dy],
    [left + dx, top + dy],
  ];
  const [nw = [NaN, NaN], ne = [NaN, NaN], sw = [NaN, NaN], se = [NaN, NaN]] = corners.map(([x, y]) => locate(x, y));
  const interpolate = (u: number, v: number, axis: 0 | 1): number =>
    (nw[axis] * (1 - u) + ne[axis] * u) * (1 - v) + (sw[axis] * (1 - u) + se[axis] * u) * v;
  const probes: [number, number][] = [
    [0.5, 0.5],
    [0.5, 0],
    [0.5, 1],
    [0, 0.5],
    [1, 0.5],
  ];
  let error = 0;
  for (const [u, v] of probes) {
    const [x, y] = locate(left + u * dx, top + v * dy);
    // NaN stays: it makes the cell exact.
    error = Math.max(error, Math.abs(x - interpolate(u, v, 0)), Math.abs(y - interpolate(u, v, 1)));
  }
  const sound = corners.every(([x, y]) => comesBack(x, y)) && comesBack(left + dx / 2, top + dy / 2);
  const smooth = sound && error <= maxMeshError;
  const margin = 3 * error + 1e-6;
  const nearEdge = (value: number): boolean => Math.abs(value - Math.round(value)) <= margin;
  for (let j = 0; j < cell.height; j += 1)
    for (let i = 0; i < cell.width; i += 1) {
      let [x, y] = [NaN, NaN];
      if (smooth) {
        const [u, v] = [dx === 0 ? 0 : i / dx, dy === 0 ? 0 : j / dy];
        x = interpolate(u, v, 0);
        y = interpolate(u, v, 1);
      }
      if (!smooth || nearEdge(x) || nearEdge(y)) {
        if (!sound && !comesBack(left + i, top + j)) continue;
        [x, y] = locate(left + i, top + j);
      }
      out[(cell.y + j) * window.width + cell.x + i] = pixelIndex(x, y, info.width, info.height);
    }
}

/** GDAL's nearest neighbour (gdalwarpkernel.cpp): floor(x + 1e-10), nothing left of 0, the right edge belongs to the last pixel. */
function pixelIndex(x: number, y: number, width: number, height: number): number {
  if (!(x >= 0 && y >= 0 && x + 1e-10 <= width && y + 1e-10 <= height)) return -1;
  const column = Math.min(width - 1, Math.floor(x + 1e-10));
  const row = Math.min(height - 1, Math.floor(y + 1e-10));
  return row * width + column;
}
