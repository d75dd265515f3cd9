import { transformer } from '../../src-raster/crs.ts';
import type { Grid } from './grid.ts';
import { invertAffine } from '../../src-raster/affine.ts';
import type { Affine, Crs, RasterInfo, Window } from '../../src-raster/types.ts';

/** Pixels between two exact points of the mesh. */
const meshStep = 32;
/** A mesh cell whose middle is further off than this (in source pixels) is computed point by point. */
const maxMeshError = 0.02;

/** Source pixel coordinates of a grid point given in grid pixels; [NaN, NaN] where there is none. */
type Locate = (column: number, row: number) => [number, number];

export interface Georeferenced extends RasterInfo {
  readonly crs: Crs;
  readonly transform: Affine;
}

/**
 * For every pixel of a grid window, row-major, the index (row * width + column) of the source pixel that holds its centre,
 * or -1 outside the source. GDAL's rule for nearest: floor of the source coordinate, with its 1e-10 px of slack. The
 * coordinates are interpolated in a mesh of exact points where that can't change the result, and computed exactly
 * wherever the interpolated one is near a pixel's edge; so the result equals that of an exact transform per pixel.
 */
export function sourcePositions(info: Georeferenced, grid: Grid, window: Window): Float64Array {
  const toSource = transformer(grid.crs, info.crs);
  const inverse = invertAffine(info.transform);
  const [a, b, c, d, e, f] = grid.transform;
  // 360 degrees in source pixels: a longitude may be meant a turn away.
  const isUnrotated = info.transform[1] === 0 && info.transform[3] === 0;
  const turn = info.crs.unit === 'degree' && isUnrotated ? Math.abs(360 / info.transform[0]) : 0;
  const locate: Locate = (column, row) => {
    const [x, y] = toSource.forward(c + column * a + row * b, f + column * d + row * e);
    const [i0, i1, i2, j0, j1, j2] = inverse;
    const px = i0 + x * i1 + y * i2;
    const py = j0 + x * j1 + y * j2;
    return turn > 0 && (px < 0 || px > info.width) ? [px - Math.floor(px / turn) * turn, py] : [px, py];
  };
  const roundTrips = (column: number, row: number): boolean => {
    if (toSource.identity) return true;
    const [gx, gy] = [c + column * a + row * b, f + column * d + row * e];
    const [x, y] = toSource.inverse(...toSource.forward(gx, gy));
    // Far outside its domain a projection can give finite nonsense; it does not come back from there.
    const isFullTurn = grid.crs.unit === 'degree' && Math.abs(Math.abs(x - gx) - 360) < 1e-6;
    return (Math.abs(x - gx) < Math.abs(a) * 0.01 || isFullTurn) && Math.abs(y - gy) < Math.abs(e) * 0.01;
  };
  const out = new Float64Array(window.width * window.height).fill(-1);
  for (let y = 0; y < window.height; y += meshStep)
    for (let x = 0; x < window.width; x += meshStep) {
      const width = Math.min(meshStep, window.width - x);
      const height = Math.min(meshStep, window.height - y);
      fillCell(info, locate, roundTrips, window, { x, y, width, height }, out);
    }
  return out;
}

function fillCell(
  info: RasterInfo,
  locate: Locate,
  roundTrips: (column: number, row: number) => boolean,
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
  const sound = corners.every(([x, y]) => roundTrips(x, y)) && roundTrips(left + dx / 2, top + dy / 2);
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
        if (!sound && !roundTrips(left + i, top + j)) continue;
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
