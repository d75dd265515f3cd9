import type { Bbox, RasterInfo, Window } from '../../../src-raster/types.ts';

/** A box whose west lies west of its east: one across the antimeridian goes on beyond 180 degrees. */
export function unwrapped([west, south, east, north]: Bbox): Bbox {
  return [west, south, west > east ? east + 360 : east, north];
}

/**
 * The window of a raster or grid that a box in its own CRS covers, `margin` pixels wider on all sides and clipped; null
 * when they don't meet. Longitudes may be a turn off (179..181 and -181..-179 are the same, and so are 0..360 and
 * -180..180); a box that meets a raster at both of its ends takes all columns between them. The raster must not be rotated.
 */
export function pixelWindow(
  { crs, transform, width, height }: Pick<RasterInfo, 'crs' | 'transform' | 'width' | 'height'>,
  box: Bbox,
  margin = 0,
): Window | null {
  const whole = { x: 0, y: 0, width, height };
  if (transform === null || transform[1] !== 0 || transform[3] !== 0) return whole;
  const [a, , c, , e, f] = transform;
  const isDegree = crs?.unit === 'degree';
  const [west, south, east, north] = isDegree ? unwrapped(box) : box;
  const span = (p: number, q: number, size: number): [number, number] => [
    Math.max(0, Math.floor(Math.min(p, q)) - margin),
    Math.min(size, Math.ceil(Math.max(p, q)) + margin),
  ];
  const columns = (isDegree ? [-720, -360, 0, 360, 720] : [0])
    .map((turn) => span((west + turn - c) / a, (east + turn - c) / a, width))
    .filter(([left, right]) => right > left);
  const left = Math.min(...columns.map(([from]) => from));
  const right = Math.max(...columns.map(([, to]) => to));
  const [top, bottom] = span((north - f) / e, (south - f) / e, height);
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : null;
}
