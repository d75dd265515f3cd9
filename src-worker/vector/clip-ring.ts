import type { Bbox } from '../../src-raster/types.ts';

type Point = readonly [x: number, y: number];

/**
 * A closed ring cut to a box by Sutherland and Hodgman's algorithm (1974). Parts of a concave ring stay joined by edges that
 * run along the box, there and back, and so enclose no area. Empty when nothing is left.
 */
export function clipRing(ring: readonly Point[], [west, south, east, north]: Bbox): Point[] {
  let points: readonly Point[] = ring.slice(0, -1);
  const sides: readonly (readonly [axis: 0 | 1, at: number, keep: 1 | -1])[] = [
    [0, west, 1],
    [0, east, -1],
    [1, south, 1],
    [1, north, -1],
  ];
  for (const [axis, at, keep] of sides) {
    const kept: Point[] = [];
    points.forEach((point, i) => {
      const previous = points[(i + points.length - 1) % points.length] ?? point;
      const [inside, wasInside] = [(point[axis] - at) * keep >= 0, (previous[axis] - at) * keep >= 0];
      if (inside !== wasInside) {
        const share = (at - previous[axis]) / (point[axis] - previous[axis]);
        const other =
          previous[(1 - axis) as 0 | 1] + (point[(1 - axis) as 0 | 1] - previous[(1 - axis) as 0 | 1]) * share;
        kept.push(axis === 0 ? [at, other] : [other, at]);
      }
      if (inside) kept.push(point);
    });
    points = kept;
  }
  const [first] = points;
  return first === undefined ? [] : [...points, first];
}
