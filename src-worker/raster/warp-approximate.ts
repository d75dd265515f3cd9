import type { Locator } from './warp-locate.ts';

/** The greatest error that an interpolated position may have at the middle of its run, in source pixels: gdalwarp's `-et`. */
export const maxApproximation = 0.125;
/** Runs of so few points are computed exactly. */
const shortRun = 5;

type Point = readonly [number, number];

/** A run of points of a grid row, which begins at point `first`. */
interface Run {
  readonly first: number;
  readonly count: number;
  readonly start: Point;
  readonly middle: Point;
  readonly end: Point;
}

/** The part of a row whose positions are wanted: points `from` up to `to`, written to `xs` and `ys` from `at` on. */
interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly at: number;
}

/**
 * Source positions of points along one row of a grid, as GDAL's approximating transformer finds them (GDALApproxTransform,
 * gdaltransformer.cpp): the ends and the middle of the whole row are exact; where the middle lies further than 0.125 source
 * pixels (|dx| + |dy|) from the straight line between the ends, the row is halved, and so on; else all points lie on the line.
 * Runs begin at the grid's edge and not at the window's, so that a position does not depend on how a grid is cut into windows.
 * Points beyond the grid's edges, which no run has, are exact. Positions that do not exist are NaN.
 * @param row in grid pixels; 0.5 is the middle of the first row
 * @param offset of the points in a pixel: 0 its left edge, 0.5 its centre, 1 its right edge
 * @param width points of the whole row
 */
export function approximateRow(
  { exact }: Pick<Locator, 'exact'>,
  row: number,
  offset: number,
  width: number,
  wanted: Wanted,
): void {
  const locate = (point: number): Point => exact(point + offset, row);
  const exactly = (first: number, count: number): void => {
    for (let i = Math.max(first, wanted.from); i < Math.min(first + count, wanted.to); i += 1)
      put(wanted, i, locate(i));
  };
  const fill = ({ first, count, start, middle, end }: Run): void => {
    if (first + count <= wanted.from || first >= wanted.to) return;
    const half = (count - 1) >> 1;
    const stepX = (end[0] - start[0]) / (count - 1);
    const stepY = (end[1] - start[1]) / (count - 1);
    const error = Math.abs(start[0] + stepX * half - middle[0]) + Math.abs(start[1] + stepY * half - middle[1]);
    if (error <= maxApproximation) {
      for (let i = Math.max(first, wanted.from); i < Math.min(first + count, wanted.to); i += 1)
        put(wanted, i, [start[0] + stepX * (i - first), start[1] + stepY * (i - first)]);
      return;
    }
    const before =
      half > shortRun ? { middle: locate(first + ((half - 1) >> 1)), end: locate(first + half - 1) } : null;
    if (before !== null && isFound(before.middle) && isFound(before.end))
      fill({ first, count: half, start, ...before });
    else exactly(first, half);
    const rest = count - half;
    const later = rest > shortRun ? locate(first + half + ((rest - 1) >> 1)) : null;
    if (later !== null && isFound(later)) fill({ first: first + half, count: rest, start: middle, middle: later, end });
    else exactly(first + half, rest);
  };
  exactly(wanted.from, -wanted.from);
  exactly(width, wanted.to - width);
  const [start, middle, end] = [locate(0), locate((width - 1) >> 1), locate(width - 1)];
  if (width <= shortRun || ![start, middle, end].every(isFound)) exactly(0, width);
  else fill({ first: 0, count: width, start, middle, end });
}

function isFound([x, y]: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

function put({ xs, ys, from, at }: Wanted, point: number, [x, y]: Point): void {
  xs[at + point - from] = x;
  ys[at + point - from] = y;
}
