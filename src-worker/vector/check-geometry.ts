import { crossingsOf } from './ring-crossings.ts';
import type { AreaGeometry, PointGeometry } from './features.ts';

type Position = [number, number];

/** A geometry that can be used, or the reason why not: the end of a sentence that begins with the feature's name. */
export type Checked =
  | {
      readonly geometry: AreaGeometry | PointGeometry;
      /** Where its rings cross, too little to matter. */
      readonly flaw?: string;
    }
  | { readonly problem: string; readonly outside?: boolean };

/** A turn more than RFC 7946 needs: some write what lies beyond the antimeridian as 190 degrees. */
const longitudeLimit = 540;

/** Rings that cross are taken all the same where at most this part of the area is in doubt. */
const mostDoubt = 0.001;

/**
 * Judges a GeoJSON geometry in WGS 84. Heights are dropped and rings that are not closed are closed. Not usable are:
 * other types than points and polygons, empty ones, positions that are no longitude and latitude (`outside`), rings of
 * fewer than three corners or without an area, and rings that cross themselves or each other (OGC 06-103r4,
 * 6.1.11), unless at most a thousandth of the area is in doubt by that: then there is a `flaw`.
 */
export function checkGeometry(value: unknown): Checked {
  if (value === null || typeof value !== 'object') return { problem: 'has no geometry' };
  const { type, coordinates } = value as { type?: unknown; coordinates?: unknown };
  if (type === 'Point') {
    const [point] = positions([coordinates]) ?? [];
    if (point === undefined) return { problem: 'has no coordinates' };
    return outside([point]) ?? { geometry: { type, coordinates: point } };
  }
  if (type === 'MultiPoint') {
    const points = positions(coordinates);
    if (points === null || points.length === 0) return { problem: 'has no coordinates' };
    return outside(points) ?? { geometry: { type, coordinates: points } };
  }
  if (type === 'Polygon' || type === 'MultiPolygon') return checkArea(type, coordinates);
  const named = typeof type === 'string' ? type.slice(0, 40) : 'an unknown geometry';
  return { problem: `is of type ${named}, neither points nor polygons` };
}

function checkArea(type: 'Polygon' | 'MultiPolygon', coordinates: unknown): Checked {
  const parts: unknown = type === 'Polygon' ? [coordinates] : coordinates;
  if (!Array.isArray(parts) || parts.length === 0) return { problem: 'has no coordinates' };
  const polygons: Position[][][] = [];
  for (const part of parts as unknown[]) {
    if (!Array.isArray(part) || part.length === 0) return { problem: 'has a polygon without a ring' };
    const rings: Position[][] = [];
    for (const list of part as unknown[]) {
      const ring = positions(list);
      if (ring === null) return { problem: 'has positions that are not two finite numbers' };
      const away = outside(ring);
      if (away !== null) return away;
      const closed = closeRing(ring);
      if (closed.length < 4) return { problem: 'has a ring of fewer than three corners' };
      rings.push(closed);
    }
    polygons.push(rings);
  }
  const all = polygons.flat();
  const crossings = crossingsOf(all);
  const [x, y] = (crossings?.near ?? [0, 0]).map((one) => Number(one.toFixed(5)));
  const where = `near ${x}, ${y} (longitude, latitude)`;
  if (crossings !== null && !(crossings.share <= mostDoubt))
    return { problem: `has rings that cross themselves or each other ${where}` };
  if (all.some((ring) => ringArea(ring) === 0)) return { problem: 'has a ring without an area' };
  const [first = []] = polygons;
  return {
    geometry: type === 'Polygon' ? { type, coordinates: first } : { type, coordinates: polygons },
    ...(crossings !== null && { flaw: `${where}, at most ${(crossings.share * 100).toPrecision(2)} % of its area` }),
  };
}

function positions(value: unknown): Position[] | null {
  if (!Array.isArray(value)) return null;
  const list: Position[] = [];
  for (const one of value as unknown[]) {
    const [x, y] = Array.isArray(one) ? (one as unknown[]) : [];
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y)) return null;
    list.push([x, y]);
  }
  return list;
}

function outside(points: readonly Position[]): Checked | null {
  const away = points.find(([x, y]) => Math.abs(x) > longitudeLimit || Math.abs(y) > 90);
  if (away === undefined) return null;
  return { problem: `has the position ${away.join(', ')}, which is no longitude and latitude`, outside: true };
}

/** Without corners given twice in a row, and closed. */
function closeRing(ring: readonly Position[]): Position[] {
  const kept = ring.filter(([x, y], i) => i === 0 || x !== ring[i - 1]?.[0] || y !== ring[i - 1]?.[1]);
  const [first, last] = [kept[0], kept.at(-1)];
  if (first === undefined || last === undefined) return [];
  return kept.length > 1 && first[0] === last[0] && first[1] === last[1] ? kept : [...kept, [...first]];
}

/** Twice the signed area of a closed ring, relative to its first corner. */
export function ringArea(ring: readonly (readonly number[])[]): number {
  const [x0 = 0, y0 = 0] = ring[0] ?? [];
  let sum = 0;
  for (let i = 1; i < ring.length; i += 1) {
    const [x1 = 0, y1 = 0] = ring[i - 1] ?? [];
    const [x2 = 0, y2 = 0] = ring[i] ?? [];
    sum += (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
  }
  return sum;
}
