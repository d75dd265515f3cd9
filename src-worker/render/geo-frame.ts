import type { Footprint } from './footprints.ts';

export type Ring = readonly (readonly [longitude: number, latitude: number])[];
export type Bbox = readonly [west: number, south: number, east: number, north: number];

/** All rings of a footprint with longitudes unwrapped to one run around `centre`, so that none jumps at ±180°. */
export function unwrappedRings(geometry: Footprint['geometry'], centre: number): Ring[] {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return polygons.flat().map((ring) => unwrap(ring, centre));
}

/** The area of interest with east beyond 180° where it crosses the antimeridian. */
export function unwrappedBbox([west, south, east, north]: Bbox): Bbox {
  return [west, south, east < west ? east + 360 : east, north];
}

/** Smallest box around all points with a margin, inside ±90° of latitude; never thinner than a thousandth of a degree. */
export function extentOf(points: Iterable<readonly [number, number]>, margin: number): Bbox {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    west = Math.min(west, x);
    east = Math.max(east, x);
    south = Math.min(south, y);
    north = Math.max(north, y);
  }
  const pad = Math.max((east - west) * margin, (north - south) * margin, 0.0005);
  return [west - pad, Math.max(-90, south - pad), east + pad, Math.min(90, north + pad)];
}

function unwrap(ring: readonly (readonly number[])[], centre: number): Ring {
  let previous = centre;
  return ring.map((position) => {
    const [longitude = NaN, latitude = NaN] = position;
    const turned = longitude - 360 * Math.round((longitude - previous) / 360);
    if (Number.isFinite(turned)) previous = turned;
    return [turned, latitude] as const;
  });
}
