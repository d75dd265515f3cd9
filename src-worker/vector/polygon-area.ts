import { wgs84 } from '../../src-raster/crs.ts';
import { ellipsoidOf, stripArea } from '../raster/ellipsoid.ts';
import { polygonsOf } from '../stac/footprint.ts';
import type { AreaGeometry } from './features.ts';

/** Longest piece of an edge, in degrees, over which the area under it is integrated at once. */
const longestPiece = 1;

/**
 * Area of a polygon on the WGS 84 ellipsoid in m2, its edges straight in longitude and latitude: the strip between each
 * edge and the equator (Snyder 1987, eq. 3-12), integrated by Simpson's rule. Holes are taken off.
 */
export function polygonArea(geometry: AreaGeometry): number {
  let sum = 0;
  for (const rings of polygonsOf(geometry))
    rings.forEach((ring, index) => (sum += (index === 0 ? 1 : -1) * Math.abs(ringStrips(ring))));
  return sum;
}

function ringStrips(ring: readonly (readonly number[])[]): number {
  const ellipsoid = ellipsoidOf(wgs84);
  // Measured from the ring's own latitude, so that a small ring far from the equator keeps its digits.
  const [, base = 0] = ring[0] ?? [];
  const strip = (latitude: number): number => stripArea(ellipsoid, latitude) - stripArea(ellipsoid, base);
  let sum = 0;
  for (let i = 1; i < ring.length; i += 1) {
    const [x1 = 0, y1 = 0] = ring[i - 1] ?? [];
    const [x2 = 0, y2 = 0] = ring[i] ?? [];
    const pieces = Math.max(1, Math.ceil(Math.abs(y2 - y1) / longestPiece));
    const width = (x2 - x1) / pieces;
    const step = (y2 - y1) / pieces;
    for (let k = 0; k < pieces; k += 1) {
      const [from, to] = [y1 + k * step, y1 + (k + 1) * step];
      sum += (width * (strip(from) + 4 * strip((from + to) / 2) + strip(to))) / 6;
    }
  }
  return sum;
}
