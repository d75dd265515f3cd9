/**
 * Places on the map are in Mercator units: spherical Mercator (EPSG:3857) as MapLibre counts it, x from 0 at 180° W to 1 at
 * 180° E, y from 0 in the north (85.051129°) to 1 in the south. x goes on beyond 0 and 1 across the antimeridian.
 */

/** [west, north, east, south] in Mercator units; east may pass 1. */
export type MercatorBox = readonly [x0: number, y0: number, x1: number, y1: number];

/** Where the Mercator square ends, degrees: atan(sinh(π)). */
export const maxLatitude = (Math.atan(Math.sinh(Math.PI)) * 180) / Math.PI;

export function toMercator(longitude: number, latitude: number): [number, number] {
  const y = Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360));
  return [(longitude + 180) / 360, 0.5 - y / (2 * Math.PI)];
}

/** Longitude (not wrapped) and latitude, degrees. */
export function fromMercator(x: number, y: number): [number, number] {
  const latitude = (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;
  return [x * 360 - 180, latitude];
}

/** The same meridian in -180 to 180. */
export function wrapLongitude(longitude: number): number {
  return longitude >= -180 && longitude <= 180 ? longitude : ((((longitude + 180) % 360) + 360) % 360) - 180;
}

export function boxesMeet(a: MercatorBox, b: MercatorBox): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
