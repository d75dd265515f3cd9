import { ringArea } from './check-geometry.ts';
import type { AreaGeometry, PointGeometry } from './features.ts';

type Position = [number, number];
type Plain =
  | { type: 'Point'; coordinates: Position }
  | { type: 'MultiPoint'; coordinates: Position[] }
  | { type: 'Polygon'; coordinates: Position[][] }
  | { type: 'MultiPolygon'; coordinates: Position[][][] };

/** A geometry whose exterior rings run counter-clockwise and whose holes clockwise (RFC 7946, 3.1.6). */
export function rightHanded(geometry: AreaGeometry | PointGeometry): Plain {
  if (geometry.type === 'Point') return { type: 'Point', coordinates: [...geometry.coordinates] };
  if (geometry.type === 'MultiPoint')
    return { type: 'MultiPoint', coordinates: geometry.coordinates.map(([x, y]): Position => [x, y]) };
  const turned = (rings: readonly (readonly (readonly number[])[])[]): Position[][] =>
    rings.map((ring, index) => {
      const points = ring.map(([x = 0, y = 0]): Position => [x, y]);
      return ringArea(ring) > 0 === (index === 0) ? points : points.reverse();
    });
  return geometry.type === 'Polygon'
    ? { type: 'Polygon', coordinates: turned(geometry.coordinates) }
    : { type: 'MultiPolygon', coordinates: geometry.coordinates.map(turned) };
}

/** [west, south, east, north] of a geometry in degrees. */
export function boxOfGeometry(geometry: AreaGeometry | PointGeometry): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = ([x = 0, y = 0]: readonly number[]): void => {
    [box[0], box[1]] = [Math.min(box[0], x), Math.min(box[1], y)];
    [box[2], box[3]] = [Math.max(box[2], x), Math.max(box[3], y)];
  };
  if (geometry.type === 'Point') take(geometry.coordinates);
  else if (geometry.type === 'MultiPoint') geometry.coordinates.forEach(take);
  else
    (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).forEach((rings) =>
      rings.forEach((ring) => ring.forEach(take)),
    );
  return box;
}
