import proj4 from 'proj4';
import type { Crs } from '../../src-raster/types.ts';

export interface Ellipsoid {
  /** Semi-major axis in metres. */
  readonly a: number;
  /** First eccentricity squared. */
  readonly e2: number;
}

const wgs84: Ellipsoid = { a: 6_378_137, e2: 0.006_694_379_990_141_317 };

/** The ellipsoid of a CRS's datum; that of WGS 84 for a CRS without a definition. */
export function ellipsoidOf({ proj4: definition }: Pick<Crs, 'proj4'>): Ellipsoid {
  if (definition === null) return wgs84;
  const { a, b } = new proj4.Proj(definition) as { readonly a?: unknown; readonly b?: unknown };
  const [major, minor] = [Number(a), Number(b)];
  if (!(major > 0 && minor > 0)) return wgs84;
  return { a: major, e2: 1 - (minor / major) ** 2 };
}

/** Metres in one degree of longitude and of latitude at a latitude in degrees (Snyder 1987, eqs. 4-20 and 4-19). */
export function metresPerDegree(
  { a, e2 }: Ellipsoid,
  latitude: number,
): { readonly east: number; readonly north: number } {
  const phi = (latitude * Math.PI) / 180;
  const w = Math.sqrt(1 - e2 * Math.sin(phi) ** 2);
  const degree = Math.PI / 180;
  return { east: (degree * a * Math.cos(phi)) / w, north: (degree * a * (1 - e2)) / w ** 3 };
}

/** Area in m2 between the equator and a latitude (degrees) of a strip one degree wide (Snyder 1987, eq. 3-12). */
export function stripArea({ a, e2 }: Ellipsoid, latitude: number): number {
  return ((Math.PI / 180) * a * a * authalic(e2, latitude)) / 2;
}

/** Snyder's q of eq. 3-12. */
export function authalic(e2: number, latitude: number): number {
  const sine = Math.sin((latitude * Math.PI) / 180);
  const e = Math.sqrt(e2);
  // Its limit on a sphere.
  const rest = e < 1e-9 ? sine : Math.atanh(e * sine) / e;
  return (1 - e2) * (sine / (1 - e2 * sine * sine) + rest);
}
