import { transformer } from '../../src-raster/crs.ts';
import { invertAffine } from '../../src-raster/affine.ts';
import type { Affine, Crs, RasterInfo } from '../../src-raster/types.ts';
import type { Grid } from './grid.ts';

export interface Georeferenced extends RasterInfo {
  readonly crs: Crs;
  readonly transform: Affine;
}

/** From pixels of a grid to pixels of a source, exactly; both count from the outer corner of the first pixel. */
export interface Locator {
  /** [NaN, NaN] where the projections have no answer. Far outside its domain a projection may give finite nonsense: see `sound`. */
  readonly locate: (column: number, row: number) => [number, number];
  /** Whether the grid's coordinates come back from the source's CRS as they went, which nonsense does not. */
  readonly sound: (column: number, row: number) => boolean;
  /** `locate` where it is sound, else [NaN, NaN]. */
  readonly exact: (column: number, row: number) => [number, number];
  /** The way back, from source pixels to grid pixels; [NaN, NaN] where there is none. */
  readonly toGrid: (column: number, row: number) => [number, number];
  /** 360 degrees in source columns; 0 where longitudes are not columns. */
  readonly turn: number;
}

/** @throws AppError `bad_data` when one of the CRSs can't be transformed */
export function makeLocator(info: Georeferenced, grid: Grid): Locator {
  const toSource = transformer(grid.crs, info.crs);
  const [i0, i1, i2, j0, j1, j2] = invertAffine(info.transform);
  const [a, b, c, d, e, f] = grid.transform;
  const isUnrotated = info.transform[1] === 0 && info.transform[3] === 0;
  const turn = info.crs.unit === 'degree' && isUnrotated ? Math.abs(360 / info.transform[0]) : 0;
  // A longitude may be meant a turn away: what falls outside is taken within half a turn of the source's middle.
  const leftmost = (info.width - turn) / 2;
  const locate = (column: number, row: number): [number, number] => {
    const [x, y] = toSource.forward(c + column * a + row * b, f + column * d + row * e);
    const px = i0 + x * i1 + y * i2;
    const py = j0 + x * j1 + y * j2;
    return turn > 0 && (px < 0 || px > info.width) ? [px - Math.floor((px - leftmost) / turn) * turn, py] : [px, py];
  };
  const sound = (column: number, row: number): boolean => {
    if (toSource.identity) return true;
    const [gx, gy] = [c + column * a + row * b, f + column * d + row * e];
    const [x, y] = toSource.inverse(...toSource.forward(gx, gy));
    const isFullTurn = grid.crs.unit === 'degree' && Math.abs(Math.abs(x - gx) - 360) < 1e-6;
    return (Math.abs(x - gx) < Math.abs(a) * 0.01 || isFullTurn) && Math.abs(y - gy) < Math.abs(e) * 0.01;
  };
  const exact = (column: number, row: number): [number, number] => {
    const place = locate(column, row);
    return Number.isFinite(place[0]) && Number.isFinite(place[1]) && sound(column, row) ? place : [NaN, NaN];
  };
  const [k0, k1, k2, l0, l1, l2] = invertAffine(grid.transform);
  const [sa, sb, sc, sd, se, sf] = info.transform;
  const gridTurn = grid.crs.unit === 'degree' && b === 0 && d === 0 ? Math.abs(360 / a) : 0;
  const gridLeft = (grid.width - gridTurn) / 2;
  const toGrid = (column: number, row: number): [number, number] => {
    const [x, y] = toSource.inverse(sc + column * sa + row * sb, sf + column * sd + row * se);
    const px = k0 + x * k1 + y * k2;
    const py = l0 + x * l1 + y * l2;
    const isOff = gridTurn > 0 && (px < 0 || px > grid.width);
    return [isOff ? px - Math.floor((px - gridLeft) / gridTurn) * gridTurn : px, py];
  };
  return { locate, sound, exact, toGrid, turn };
}
