import { transformer, wgs84 } from '../../src-raster/crs.ts';
import type { Crs, Window } from '../../src-raster/types.ts';
import type { Ellipsoid } from './ellipsoid.ts';
import { authalic, ellipsoidOf, stripArea } from './ellipsoid.ts';
import type { Grid } from './grid.ts';

/** Nodes of the mesh lie at most this far apart, in metres and in cells. */
const maxNodeMetres = 10_000;
const maxNodeCells = 64;

/** Area in m2 of the cell at a column and row of a grid; NaN where its projection shows no ground. */
export type CellArea = (column: number, row: number) => number;

/**
 * True areas on the ellipsoid of the cells of a window of a north-up grid, whatever its projection does to areas. In
 * degrees the closed formula for a cell between two parallels (Snyder 1987, eq. 3-12). In other CRSs a mesh of nodes at most 10 km
 * and 64 cells apart, between which areas are interpolated: at each node the square around it is brought into an equal-area
 * projection centred on it (Lambert azimuthal on the authalic sphere). Within 1e-5 of geodesic
 * polygons for cells up to 10 km; of 100 km in EPSG:6933 within 1e-4 below 60° of latitude, 7e-4 near the poles.
 * @throws AppError `bad_data` when the CRS can't be transformed
 */
export function cellAreas(grid: Pick<Grid, 'crs' | 'transform'>, window: Window): CellArea {
  const [a, , c, , e, f] = grid.transform;
  if (grid.crs.unit === 'degree') {
    const ellipsoid = ellipsoidOf(grid.crs);
    const rows = Float64Array.from({ length: window.height }, (_, i) => {
      const north = Math.min(90, f + (window.y + i) * e);
      const south = Math.max(-90, f + (window.y + i + 1) * e);
      return Math.max(0, stripArea(ellipsoid, north) - stripArea(ellipsoid, south)) * Math.abs(a);
    });
    return (_, row) => rows[row - window.y] ?? NaN;
  }
  const step = Math.max(1, Math.min(maxNodeCells, Math.floor(maxNodeMetres / Math.max(Math.abs(a), Math.abs(e)))));
  const [across, down] = [Math.ceil((window.width - 1) / step) + 1, Math.ceil((window.height - 1) / step) + 1];
  const areaAt = squareArea(grid.crs, step * Math.abs(a), step * Math.abs(e));
  const nodes = Float64Array.from({ length: across * down }, (_, i) => {
    const column = window.x + (i % across) * step + 0.5;
    const row = window.y + Math.floor(i / across) * step + 0.5;
    return areaAt(c + column * a, f + row * e) / (step * step);
  });
  return (column, row) => {
    const [x, y] = [(column - window.x) / step, (row - window.y) / step];
    const [left, top] = [
      Math.min(Math.floor(x), Math.max(0, across - 2)),
      Math.min(Math.floor(y), Math.max(0, down - 2)),
    ];
    const [right, bottom] = [Math.min(left + 1, across - 1), Math.min(top + 1, down - 1)];
    const node = (i: number, j: number): number => nodes[j * across + i] ?? NaN;
    const upper = mix(node(left, top), node(right, top), x - left);
    return mix(upper, mix(node(left, bottom), node(right, bottom), x - left), y - top);
  };
}

function mix(from: number, to: number, share: number): number {
  return share === 0 ? from : from + (to - from) * share;
}

/** Area on the ground of the rectangle `width` x `height` (in units of the CRS) around a point. */
function squareArea(crs: Crs, width: number, height: number): (x: number, y: number) => number {
  const { inverse } = transformer(wgs84, crs);
  const ellipsoid = ellipsoidOf(wgs84);
  return (x, y) => {
    const [longitude, latitude] = inverse(x, y);
    const project = equalArea(ellipsoid, longitude, latitude);
    const corners = [
      [-0.5, -0.5],
      [0.5, -0.5],
      [0.5, 0.5],
      [-0.5, 0.5],
    ].map(([dx = 0, dy = 0]) => project(...inverse(x + dx * width, y + dy * height)));
    let twice = 0;
    for (const [i, [x1, y1]] of corners.entries()) {
      const [x2, y2] = corners[(i + 1) % 4] ?? [NaN, NaN];
      twice += x1 * y2 - x2 * y1;
    }
    return Math.abs(twice) / 2;
  };
}

/** Lambert's azimuthal equal-area projection on the authalic sphere, centred on a point (Snyder 1987, eqs. 24-2 to 24-14). */
function equalArea(
  { a, e2 }: Ellipsoid,
  longitude0: number,
  latitude0: number,
): (longitude: number, latitude: number) => [number, number] {
  const pole = authalic(e2, 90);
  const radius = a * Math.sqrt(pole / 2);
  const sine = (latitude: number): number => Math.max(-1, Math.min(1, authalic(e2, latitude) / pole));
  const sine0 = sine(latitude0);
  const cosine0 = Math.sqrt(1 - sine0 * sine0);
  return (longitude, latitude) => {
    const turn = ((longitude - longitude0) * Math.PI) / 180;
    const sine1 = sine(latitude);
    const cosine1 = Math.sqrt(1 - sine1 * sine1);
    const stretch = Math.sqrt(2 / (1 + sine0 * sine1 + cosine0 * cosine1 * Math.cos(turn)));
    return [
      radius * stretch * cosine1 * Math.sin(turn),
      radius * stretch * (cosine0 * sine1 - sine0 * cosine1 * Math.cos(turn)),
    ];
  };
}
