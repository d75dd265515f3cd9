import { z } from 'zod';
import type { Bbox } from './item.ts';

const position = z.array(z.number()).min(2);
const ring = z.array(position).min(4);
export const FootprintGeometrySchema = z.union([
  z.looseObject({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1) }),
  z.looseObject({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ring).min(1)).min(1) }),
]);
/** GeoJSON polygon in WGS 84 degrees. */
export type FootprintGeometry = z.infer<typeof FootprintGeometrySchema>;

type Ring = readonly (readonly number[])[];
type Point = readonly [number, number];

export function polygonsOf(geometry: FootprintGeometry): readonly (readonly Ring[])[] {
  return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
}

export function bboxOf(geometry: FootprintGeometry): Bbox {
  const points = polygonsOf(geometry).flatMap((rings) => rings[0] ?? []);
  const xs = points.map(([x = 0]) => x);
  const ys = points.map(([, y = 0]) => y);
  return [min(xs), min(ys), -min(xs.map((x) => -x)), -min(ys.map((y) => -y))];
}

/**
 * The box around an area, across the antimeridian (west > east) where that makes it narrower: areas that cross it are cut
 * in two there (RFC 7946, 3.1.9).
 */
export function areaBox(geometry: FootprintGeometry): Bbox {
  const whole = bboxOf(geometry);
  const spans = polygonsOf(geometry)
    .map((rings) => (rings[0] ?? []).map(([x = 0]) => x))
    .map((xs) => ({ west: min(xs), east: -min(xs.map((x) => -x)) }))
    .sort((a, b) => a.west - b.west);
  // Beyond ±180 the person has already unwrapped it.
  if (whole[0] < -180 || whole[2] > 180) return whole;
  let reached = spans[0]?.east ?? whole[2];
  let widest = { gap: whole[0] + 360 - whole[2], west: whole[0], east: whole[2] };
  for (const { west, east } of spans) {
    if (west - reached > widest.gap) widest = { gap: west - reached, west, east: reached };
    reached = Math.max(reached, east);
  }
  return [widest.west, whole[1], widest.east, whole[3]];
}

function min(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}

/** A box as polygons: two of them when it crosses the antimeridian (west > east). */
export function bboxGeometry([west, south, east, north]: Bbox): FootprintGeometry {
  const box = (w: number, e: number) => [
    [
      [w, south],
      [e, south],
      [e, north],
      [w, north],
      [w, south],
    ],
  ];
  return west > east
    ? { type: 'MultiPolygon', coordinates: [box(west, 180), box(-180, east)] }
    : { type: 'Polygon', coordinates: box(west, east) };
}

/** Whether two boxes share a point; either may cross the antimeridian. */
export function bboxesMeet(a: Bbox, b: Bbox): boolean {
  if (a[1] > b[3] || b[1] > a[3]) return false;
  const spans = ([west, , east]: Bbox): Point[] =>
    west > east
      ? [
          [west, 180],
          [-180, east],
        ]
      : [[west, east]];
  return spans(a).some(([w, e]) => spans(b).some(([w2, e2]) => w <= e2 && w2 <= e));
}

/** Whether two footprints share a point, in plain longitude and latitude as STAC APIs compare them. */
export function footprintsMeet(a: FootprintGeometry, b: FootprintGeometry): boolean {
  return polygonsOf(a).some((one) => polygonsOf(b).some((other) => polygonsMeet(one, other)));
}

function polygonsMeet(a: readonly Ring[], b: readonly Ring[]): boolean {
  const first = (rings: readonly Ring[]): Point => [rings[0]?.[0]?.[0] ?? 0, rings[0]?.[0]?.[1] ?? 0];
  if (insidePolygon(first(a), b) || insidePolygon(first(b), a)) return true;
  return a.some((one) => b.some((other) => ringsCross(one, other)));
}

/** Even-odd rule over all rings, so that a point in a hole is outside. */
function insidePolygon([x, y]: Point, rings: readonly Ring[]): boolean {
  let inside = false;
  for (const points of rings)
    for (const [[x1, y1], [x2, y2]] of edges(points))
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  return inside;
}

function ringsCross(a: Ring, b: Ring): boolean {
  const others = [...edges(b)];
  for (const one of edges(a)) if (others.some((other) => segmentsMeet(one, other))) return true;
  return false;
}

function* edges(points: Ring): Generator<readonly [Point, Point]> {
  for (let i = 1; i < points.length; i += 1) {
    const [x1 = 0, y1 = 0] = points[i - 1] ?? [];
    const [x2 = 0, y2 = 0] = points[i] ?? [];
    yield [
      [x1, y1],
      [x2, y2],
    ];
  }
}

function segmentsMeet([p, q]: readonly [Point, Point], [r, s]: readonly [Point, Point]): boolean {
  const side = (a: Point, b: Point, c: Point) =>
    Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
  const [d1, d2, d3, d4] = [side(p, q, r), side(p, q, s), side(r, s, p), side(r, s, q)];
  if (d1 !== d2 && d3 !== d4) return true;
  const on = (a: Point, b: Point, c: Point) =>
    Math.min(a[0], b[0]) <= c[0] &&
    c[0] <= Math.max(a[0], b[0]) &&
    Math.min(a[1], b[1]) <= c[1] &&
    c[1] <= Math.max(a[1], b[1]);
  return (
    (d1 === 0 && on(p, q, r)) || (d2 === 0 && on(p, q, s)) || (d3 === 0 && on(r, s, p)) || (d4 === 0 && on(r, s, q))
  );
}
