import type { Feature, FeatureCollection, Geometry, MultiLineString, Point, Position } from 'geojson';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';

/** The countries file of world-atlas: Natural Earth 1:50 million, public domain. */
export type CountriesTopology = Topology<{
  countries: GeometryCollection<{ name: string }>;
  land: GeometryCollection;
}>;

/** What the basemap draws. */
export interface BasemapData {
  readonly land: FeatureCollection;
  readonly coast: MultiLineString;
  readonly borders: MultiLineString;
  /** A point inside each country with its `name` and `size` (degrees² of its largest part, shrunk towards the poles). */
  readonly names: FeatureCollection<Point, { name: string; size: number }>;
}

export function basemapFrom(topology: CountriesTopology): BasemapData {
  const { countries, land } = topology.objects;
  return {
    land: unwrapped(feature(topology, land)),
    coast: cutAtAntimeridian(mesh(topology, countries, (a, b) => a === b)),
    borders: cutAtAntimeridian(mesh(topology, countries, (a, b) => a !== b)),
    names: { type: 'FeatureCollection', features: unwrapped(feature(topology, countries)).features.flatMap(nameOf) },
  };
}

/** Longitudes that go on beyond 180° instead of jumping: the file is made for globes, where a ring may cross the antimeridian. */
function unwrapped<P>(collection: FeatureCollection<Geometry, P>): FeatureCollection<Geometry, P> {
  const polygon = (rings: Position[][]): Position[][] => rings.map(unwrapRing);
  const features = collection.features.map((one) => {
    const { geometry } = one;
    if (geometry.type === 'Polygon')
      return { ...one, geometry: { ...geometry, coordinates: polygon(geometry.coordinates) } };
    if (geometry.type !== 'MultiPolygon') return one;
    return { ...one, geometry: { ...geometry, coordinates: geometry.coordinates.map(polygon) } };
  });
  return { ...collection, features };
}

function unwrapRing(ring: Position[]): Position[] {
  let before = ring[0]?.[0] ?? 0;
  const out = ring.map(([x = 0, y = 0]): Position => {
    before = x - 360 * Math.round((x - before) / 360);
    return [before, y];
  });
  const [[first = 0, y = 0] = [], [last = 0] = []] = [out[0], out.at(-1)];
  // A ring around the pole is closed along it.
  if (Math.abs(last - first) > 180) out.push([last, y < 0 ? -90 : 90], [first, y < 0 ? -90 : 90], [first, y]);
  return out;
}

/** Lines without the jump from one side of the map to the other. */
function cutAtAntimeridian({ coordinates }: MultiLineString): MultiLineString {
  const lines = coordinates.flatMap((line) => {
    const parts: Position[][] = [[]];
    for (const [i, at] of line.entries()) {
      const jump = i > 0 && Math.abs((at[0] ?? 0) - (line[i - 1]?.[0] ?? 0)) > 180;
      if (jump) parts.push([]);
      parts.at(-1)?.push(at);
    }
    return parts.filter((part) => part.length > 1);
  });
  return { type: 'MultiLineString', coordinates: lines };
}

function nameOf(country: Feature<Geometry, { name: string }>): Feature<Point, { name: string; size: number }>[] {
  const rings = outerRings(country.geometry);
  const sizes = rings.map(ringSize);
  const size = Math.max(...sizes);
  const ring = rings[sizes.indexOf(size)];
  if (ring === undefined) return [];
  const { name } = country.properties;
  return [{ type: 'Feature', properties: { name, size }, geometry: { type: 'Point', coordinates: pointInside(ring) } }];
}

function outerRings(geometry: Geometry): Position[][] {
  const polygons: Position[][][] =
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
  return polygons.flatMap(([outer]) => (outer === undefined ? [] : [outer]));
}

/** About the area as it is on a globe. */
function ringSize(ring: readonly Position[]): number {
  const latitudes = ring.map(([, y = 0]) => y);
  const middle = (Math.min(...latitudes) + Math.max(...latitudes)) / 2;
  const twice = ring.reduce((sum, [x = 0, y = 0], i) => {
    const [nx = 0, ny = 0] = ring[(i + 1) % ring.length] ?? [];
    return sum + x * ny - nx * y;
  }, 0);
  return (Math.abs(twice) / 2) * Math.cos((middle * Math.PI) / 180);
}

/** A point well inside a ring: the middle of the widest stretch at the height of its middle. */
function pointInside(ring: readonly Position[]): [number, number] {
  const latitudes = ring.map(([, y = 0]) => y);
  const height = (Math.min(...latitudes) + Math.max(...latitudes)) / 2 + 1e-9;
  const crossings = ring
    .flatMap(([x = 0, y = 0], i) => {
      const [nx = 0, ny = 0] = ring[(i + 1) % ring.length] ?? [];
      return y > height === ny > height ? [] : [x + ((height - y) / (ny - y)) * (nx - x)];
    })
    .sort((a, b) => a - b);
  let best: [number, number] = [0, 0];
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const [from = 0, to = 0] = [crossings[i], crossings[i + 1]];
    if (to - from > best[1] - best[0]) best = [from, to];
  }
  return [(best[0] + best[1]) / 2, height];
}
