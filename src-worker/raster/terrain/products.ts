import type { Neighbours } from './gradient.ts';

const degrees = 180 / Math.PI;

/** Slope from a gradient (rise over run): its angle in degrees (0..90) or 100 times its length (percent). */
export function slope(east: number, north: number, unit: 'degree' | 'percent'): number {
  const length = Math.sqrt(east * east + north * north);
  return unit === 'degree' ? Math.atan(length) * degrees : 100 * length;
}

/**
 * The direction that the ground falls to, clockwise from north, 0 (inclusive) to 360 (exclusive) also in float32; null
 * where it is flat.
 */
export function aspect(east: number, north: number): number | null {
  if (east === 0 && north === 0) return null;
  const angle = Math.atan2(-east, -north) * degrees;
  const turned = Math.fround(angle < 0 ? angle + 360 : angle);
  // A hair west of north rounds up to a whole turn.
  return turned === 360 || turned === 0 ? 0 : turned;
}

export type Shading = 'single' | 'combined' | 'multidirectional';

export interface Light {
  readonly shading: Shading;
  /** Degrees clockwise from north. */
  readonly azimuth: number;
  /** Degrees above the horizon. */
  readonly altitude: number;
}

/**
 * How light the ground is, 1 (in the shade) to 255, not rounded; formulas of GDAL's gdaldem_lib.cpp. `single`: cosine of
 * the angle between the light and the normal (Horn 1981). `combined`: that angle times the slope. `multidirectional`: lights
 * from 225, 270, 315 and 360 degrees, each weighted by how square it falls on the aspect (Mark 1992, USGS OFR 92-422).
 */
export function hillshade({ shading, azimuth, altitude }: Light): (east: number, north: number) => number {
  const [sinAltitude, cosAltitude] = [Math.sin(altitude / degrees), Math.cos(altitude / degrees)];
  const [sinAzimuth, cosAzimuth] = [Math.sin(azimuth / degrees), Math.cos(azimuth / degrees)];
  const cosine = (east: number, north: number): number =>
    (sinAltitude - cosAltitude * (north * cosAzimuth + east * sinAzimuth)) / Math.sqrt(1 + east * east + north * north);
  const scaled = (share: number): number => (share <= 0 ? 1 : 1 + 254 * share);
  if (shading === 'single') return (east, north) => scaled(cosine(east, north));
  if (shading === 'combined')
    return (east, north) => {
      const angle = Math.acos(Math.min(1, Math.max(-1, cosine(east, north))));
      return scaled(1 - (angle * Math.atan(Math.hypot(east, north))) / (Math.PI / 2) ** 2);
    };
  const diagonal = Math.SQRT1_2;
  return (east, north) => {
    const square = east * east + north * north;
    if (square === 0) return 1 + 254 * sinAltitude;
    const from = (toEast: number, toNorth: number): number =>
      Math.max(0, sinAltitude - cosAltitude * (toEast * east + toNorth * north));
    const weight225 = 0.5 * square + east * north;
    const lights =
      weight225 * from(-diagonal, -diagonal) +
      east * east * from(-1, 0) +
      (square - weight225) * from(-diagonal, diagonal) +
      north * north * from(0, 1);
    return 1 + (127 * lights) / square / Math.sqrt(1 + square);
  };
}

/** Largest minus smallest of the nine elevations (Wilson et al. 2007, "Multiscale terrain analysis of multibeam bathymetry data"). */
export function roughness(z: Neighbours): number {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < 9; i += 1) {
    const value = z[i] ?? NaN;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}

/** Terrain ruggedness index: root of the sum of the squared differences to the eight neighbours (Riley et al. 1999). */
export function ruggedness(z: Neighbours): number {
  const middle = z[4] ?? NaN;
  let sum = 0;
  for (let i = 0; i < 9; i += 1) sum += ((z[i] ?? NaN) - middle) ** 2;
  return Math.sqrt(sum);
}

/** Topographic position index: elevation minus the mean of the eight neighbours (Weiss 2001). */
export function position(z: Neighbours): number {
  let sum = 0;
  for (let i = 0; i < 9; i += 1) if (i !== 4) sum += z[i] ?? NaN;
  return (z[4] ?? NaN) - sum * 0.125;
}
