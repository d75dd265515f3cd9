import type { FeatureCollection } from 'geojson';
import type { MercatorBox } from '../geo/mercator.ts';
import { maxLatitude, toMercator, wrapLongitude } from '../geo/mercator.ts';

/** [west, south, east, north] in degrees; west > east means that it crosses the antimeridian. */
export type GeographicBox = readonly [west: number, south: number, east: number, north: number];

/** Which edges a handle moves: -1 the west or south one, 1 the east or north one, 0 none; `move` moves all. */
export type Grip = { readonly x: -1 | 0 | 1; readonly y: -1 | 0 | 1 } | 'move';

/** Mean radius of the earth, km (IUGG). */
const earthRadius = 6371.0088;

/** How far east of `west` the box reaches, degrees, 0 to 360. */
export function spanOf([west, , east]: GeographicBox): number {
  return west > east ? east + 360 - west : east - west;
}

/** Area on a sphere, km². */
export function areaOf(box: GeographicBox): number {
  const [, south, , north] = box;
  const radians = Math.PI / 180;
  return earthRadius ** 2 * spanOf(box) * radians * Math.abs(Math.sin(north * radians) - Math.sin(south * radians));
}

/** Its place on the map, from its west edge on; x1 passes 1 across the antimeridian. */
export function boxOnMap(box: GeographicBox): MercatorBox {
  const clamp = (latitude: number): number => Math.max(-maxLatitude, Math.min(maxLatitude, latitude));
  const [x0, y0] = toMercator(box[0], clamp(box[3]));
  const [x1, y1] = toMercator(box[0] + spanOf(box), clamp(box[1]));
  return [x0, y0, x1, y1];
}

/** The box between two corners; from the one that was pressed to where the pointer is, so it may cross the antimeridian. */
export function boxBetween([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): GeographicBox {
  const [west, east] = [Math.min(ax, bx), Math.max(ax, bx)];
  const isRound = east - west >= 360;
  return [
    isRound ? -180 : wrapLongitude(west),
    Math.max(-90, Math.min(ay, by)),
    isRound ? 180 : wrapLongitude(east),
    Math.min(90, Math.max(ay, by)),
  ];
}

/** The box after a handle was dragged by [degrees east, degrees north]. */
export function dragged(box: GeographicBox, grip: Grip, [dx, dy]: readonly [number, number]): GeographicBox {
  const [west, south, , north] = box;
  const east = west + spanOf(box);
  if (grip === 'move') {
    const up = Math.max(-90 - south, Math.min(90 - north, dy));
    return [wrapLongitude(west + dx), south + up, wrapLongitude(east + dx), north + up];
  }
  return boxBetween(
    [west + (grip.x === -1 ? dx : 0), south + (grip.y === -1 ? dy : 0)],
    [east + (grip.x === 1 ? dx : 0), north + (grip.y === 1 ? dy : 0)],
  );
}

/** Rounded to about a pixel of the map: `degreesPerPixel` at its zoom. */
export function rounded(box: GeographicBox, degreesPerPixel: number): GeographicBox {
  const digits = Math.max(0, Math.min(7, Math.ceil(-Math.log10(degreesPerPixel))));
  const [west, south, east, north] = box.map((value) => Number(value.toFixed(digits)));
  return [west ?? 0, south ?? 0, east ?? 0, north ?? 0];
}

/** For the map's `box` source. */
export function boxFeature(box: GeographicBox | null): FeatureCollection {
  if (box === null) return { type: 'FeatureCollection', features: [] };
  const [west, south, , north] = box;
  const east = west + spanOf(box);
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } }],
  };
}
