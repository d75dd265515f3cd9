import { invertAffine } from '../../../src-raster/affine.ts';
import { transformer, wgs84 } from '../../../src-raster/crs.ts';
import type { Window } from '../../../src-raster/types.ts';
import type { Grid } from '../../raster/grid.ts';
import { polygonsOf } from '../../stac/footprint.ts';
import { PolygonCoverage } from '../../vector/coverage.ts';
import type { AreaGeometry, Feature, PointGeometry } from '../../vector/features.ts';
import { isArea } from '../../vector/features.ts';
import { followRing } from '../../vector/follow-ring.ts';

export type PointSampling = 'nearest' | 'bilinear';

/** Which pixels of a grid a feature takes its value from, and with which weights. */
export interface Sampler {
  /** Windows that are read one after the other; none when the feature misses the grid. */
  readonly parts: readonly Window[];
  /** Sum of all weights, also of those beyond the grid's edge: pixels of a polygon, 1 for points. */
  readonly total: number;
  /** Row-major, one a pixel of a part. */
  weights(part: Window): Float64Array;
}

const partSize = 512;

/**
 * A sampler for a feature on a grid: the exact share of each pixel that a polygon covers; for a point its pixel, or the four
 * pixels whose centres surround it, by bilinear weights. The points of a MultiPoint count alike.
 * @throws AppError `bad_data` when a polygon can't be placed on the grid
 */
export function makeSampler({ geometry }: Feature, grid: Grid, sampling: PointSampling): Sampler {
  return isArea(geometry) ? areaSampler(geometry, grid) : pointSampler(geometry, grid, sampling);
}

function areaSampler(geometry: AreaGeometry, grid: Grid): Sampler {
  const coverage = new PolygonCoverage(geometry, grid);
  const { window } = coverage;
  const parts: Window[] = [];
  if (window !== null)
    for (let y = 0; y < window.height; y += partSize)
      for (let x = 0; x < window.width; x += partSize)
        parts.push({
          x: window.x + x,
          y: window.y + y,
          width: Math.min(partSize, window.width - x),
          height: Math.min(partSize, window.height - y),
        });
  return { parts, total: pixelArea(geometry, grid), weights: (part) => coverage.weights(part) };
}

/** Area of a polygon in pixels of a grid, whether or not it lies on it; NaN where the projection can't show all of it. */
function pixelArea(geometry: AreaGeometry, grid: Grid): number {
  const { forward, identity } = transformer(wgs84, grid.crs);
  const [i0, i1, i2, j0, j1, j2] = invertAffine(grid.transform);
  const toPixel = (longitude: number, latitude: number): [number, number] => {
    const [x, y] = forward(longitude, latitude);
    return [i0 + x * i1 + y * i2, j0 + x * j1 + y * j2];
  };
  let area = 0;
  for (const polygon of polygonsOf(geometry))
    for (const [index, ring] of polygon.entries()) {
      const followed = followRing(
        ring.map(([x = 0, y = 0]): [number, number] => [x, y]),
        toPixel,
        identity,
      );
      if (followed === null) return NaN;
      area += Math.abs(shoelace(followed)) * (index === 0 ? 1 : -1);
    }
  return area;
}

function shoelace(ring: readonly (readonly [number, number])[]): number {
  const [x0, y0] = ring[0] ?? [0, 0];
  let twice = 0;
  for (let i = 1; i < ring.length; i += 1) {
    const [x1, y1] = ring[i - 1] ?? [0, 0];
    const [x2, y2] = ring[i] ?? [0, 0];
    twice += (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
  }
  return twice / 2;
}

function pointSampler(geometry: PointGeometry, grid: Grid, sampling: PointSampling): Sampler {
  const points = geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates;
  const weightOf = new Map<Window, Float64Array>();
  for (const [longitude, latitude] of points) {
    const at = pixelPosition(grid, longitude, latitude);
    const found = at === null ? null : sampling === 'nearest' ? nearest(at) : bilinear(at, grid);
    if (found === null) continue;
    weightOf.set(
      found.window,
      found.weights.map((weight) => weight / points.length),
    );
  }
  return { parts: [...weightOf.keys()], total: 1, weights: (part) => weightOf.get(part) ?? new Float64Array(0) };
}

/** Column and row of a place, (0, 0) the outer corner of the first pixel; null outside. Longitudes may be a turn off. */
function pixelPosition(grid: Grid, longitude: number, latitude: number): readonly [number, number] | null {
  const [i0, i1, i2, j0, j1, j2] = invertAffine(grid.transform);
  const [x, y] = transformer(wgs84, grid.crs).forward(longitude, latitude);
  for (const turn of grid.crs.unit === 'degree' ? [0, 360, -360] : [0]) {
    const [column, row] = [i0 + (x + turn) * i1 + y * i2, j0 + (x + turn) * j1 + y * j2];
    if (column >= 0 && row >= 0 && column < grid.width && row < grid.height) return [column, row];
  }
  return null;
}

function nearest([column, row]: readonly [number, number]): { window: Window; weights: Float64Array } {
  const window = { x: Math.floor(column), y: Math.floor(row), width: 1, height: 1 };
  return { window, weights: Float64Array.of(1) };
}

/** At the grid's edge, where fewer than four pixels surround the point, those that are there with the same weights. */
function bilinear([column, row]: readonly [number, number], grid: Grid): { window: Window; weights: Float64Array } {
  const axis = (at: number, size: number): { from: number; weights: readonly number[] } => {
    const first = Math.floor(at - 0.5);
    const share = at - 0.5 - first;
    if (first < 0) return { from: 0, weights: [share] };
    return first + 1 >= size || share === 0
      ? { from: first, weights: [1 - share] }
      : { from: first, weights: [1 - share, share] };
  };
  const [across, down] = [axis(column, grid.width), axis(row, grid.height)];
  return {
    window: { x: across.from, y: down.from, width: across.weights.length, height: down.weights.length },
    weights: Float64Array.from(down.weights.flatMap((v) => across.weights.map((u) => u * v))),
  };
}
