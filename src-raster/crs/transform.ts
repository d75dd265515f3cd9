import proj4 from 'proj4';
import { AppError } from '../../src-shared/errors.ts';
import type { Bbox, Crs } from '../types.ts';

export interface Transformer {
  /** From the first CRS to the second; [NaN, NaN] outside the domain of either. */
  readonly forward: (x: number, y: number) => [number, number];
  readonly inverse: (x: number, y: number) => [number, number];
  readonly identity: boolean;
}

/** True when coordinates mean the same in both. */
function sameCrs(a: Crs, b: Crs): boolean {
  return (a.code !== null && a.code === b.code) || (a.proj4 !== null && a.proj4 === b.proj4);
}

/** Converts x/y (longitude/latitude in degrees for geographic CRSs). Throws `bad_data` when a CRS has no definition. */
export function transformer(from: Crs, to: Crs): Transformer {
  if (sameCrs(from, to)) return { forward: (x, y) => [x, y], inverse: (x, y) => [x, y], identity: true };
  const converter = converterOf(from, to);
  const total =
    (convert: (point: [number, number]) => [number, number]) =>
    (x: number, y: number): [number, number] => {
      if (!Number.isFinite(x) || !Number.isFinite(y)) return [NaN, NaN];
      try {
        const [u, v] = convert([x, y]);
        return Number.isFinite(u) && Number.isFinite(v) ? [u, v] : [NaN, NaN];
      } catch {
        // proj4 throws for points that a projection can't show.
        return [NaN, NaN];
      }
    };
  return {
    forward: total((point) => converter.forward(point)),
    inverse: total((point) => converter.inverse(point)),
    identity: false,
  };
}

function converterOf(from: Crs, to: Crs): proj4.Converter {
  for (const crs of [from, to]) {
    try {
      new proj4.Proj(definitionOf(crs));
    } catch (cause) {
      // A WKT may name a projection that proj4 lacks.
      throw cause instanceof AppError ? cause : notTransformable(crs);
    }
  }
  return proj4(definitionOf(from), definitionOf(to));
}

function definitionOf(crs: Crs): string {
  if (crs.proj4 !== null) return withOrigin(crs.proj4);
  throw notTransformable(crs);
}

function notTransformable(crs: Crs): AppError {
  return new AppError(
    'bad_data',
    `The coordinate reference system ${crs.code ?? crs.name ?? 'of the file'} can't be transformed.`,
    {
      remedy: 'Reproject the file first: gdalwarp -t_srs EPSG:4326 input.tif output.tif',
    },
  );
}

/** proj4's sinusoidal has no inverse without a false origin, which is 0 when it is left out. */
function withOrigin(definition: string): string {
  return /^\+proj=sinu\b(?!.*\+y_0=)/.test(definition) ? `${definition} +x_0=0 +y_0=0` : definition;
}

/**
 * The box that `bbox` covers in another CRS, as PROJ's proj_trans_bounds: each edge is sampled at `densify` inner points; a
 * pole inside the box widens a geographic result to all longitudes; across the antimeridian the result has west > east, and
 * so may `bbox` in a geographic CRS.
 * Throws `bad_data` when no point of the edge can be transformed.
 */
export function boundsTo(from: Crs, bbox: Bbox, to: Crs, densify = 21): Bbox {
  const { forward, inverse, identity } = transformer(from, to);
  if (identity) return bbox;
  const [west, south, , north] = bbox;
  const east = from.unit === 'degree' && west > bbox[2] ? bbox[2] + 360 : bbox[2];
  const isInside = (x: number, y: number): boolean => x > west && x < east && y > south && y < north;
  const points = ring([west, south, east, north], densify)
    .map(([x, y]) => forward(x, y))
    .filter(([x]) => !Number.isNaN(x));
  // Beyond 180 degrees after a turn: back into -180..180.
  const xs = points.map(([x]) => (to.unit === 'degree' && east !== bbox[2] && x > 180 ? x - 360 : x));
  const ys = points.map(([, y]) => y);
  if (points.length === 0)
    throw new AppError(
      'bad_data',
      `The box [${bbox.join(', ')}] lies outside what ${to.code ?? 'the target CRS'} can show.`,
      { remedy: 'Choose a CRS that covers the area, such as the UTM zone of its middle.' },
    );
  const [minY, maxY] = [Math.min(...ys), Math.max(...ys)];
  if (to.unit !== 'degree') return [Math.min(...xs), minY, Math.max(...xs), maxY];
  const hasNorth = from.unit !== 'degree' && isInside(...inverse(0, 90));
  const hasSouth = from.unit !== 'degree' && isInside(...inverse(0, -90));
  if (hasNorth || hasSouth) return [-180, hasSouth ? -90 : minY, 180, hasNorth ? 90 : maxY];
  const [minX, maxX] = longitudeRange(xs);
  return [minX, minY, maxX, maxY];
}

/** The box's edge, counter-clockwise from the north-west corner, with `densify` points between two corners. */
function ring([west, south, east, north]: Bbox, densify: number): [number, number][] {
  const steps = densify + 1;
  const points: [number, number][] = [];
  for (let i = 0; i < steps; i += 1) points.push([west, north + ((south - north) * i) / steps]);
  for (let i = 0; i < steps; i += 1) points.push([west + ((east - west) * i) / steps, south]);
  for (let i = 0; i < steps; i += 1) points.push([east, south + ((north - south) * i) / steps]);
  for (let i = 0; i < steps; i += 1) points.push([east + ((west - east) * i) / steps, north]);
  return points;
}

/** West and east of a closed ring of longitudes. A jump of 200 degrees or more is a crossing of the antimeridian (PROJ's rule). */
function longitudeRange(longitudes: readonly number[]): [number, number] {
  let [min, max, positiveMin, negativeMax] = [Infinity, -Infinity, Infinity, -Infinity];
  let crossings = 0;
  let side: 'east' | 'west' | null = null;
  let previous = longitudes.at(-1) ?? 0;
  for (const value of longitudes) {
    const jump = previous - value;
    if (Math.abs(jump) >= 200) {
      if (crossings === 0) {
        positiveMin = jump > 0 ? min : value;
        negativeMax = jump > 0 ? value : max;
      }
      crossings += 1;
      side = jump > 0 ? 'west' : 'east';
    }
    if (side === 'east') positiveMin = Math.min(positiveMin, value);
    if (side === 'west') negativeMax = Math.max(negativeMax, value);
    min = Math.min(min, value);
    max = Math.max(max, value);
    previous = value;
  }
  if (crossings === 2) return [positiveMin, negativeMax];
  return crossings === 4 ? [-180, 180] : [min, max];
}
