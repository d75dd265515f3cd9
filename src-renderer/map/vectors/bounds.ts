import type { FeatureCollection, Geometry } from 'geojson';
import type { MercatorBox } from '../geo/mercator.ts';
import { maxLatitude, toMercator } from '../geo/mercator.ts';

/** The box of features in WGS 84 on the map; null when there is no position in them. A point gets a box of about 2 km. */
export function boundsOf({ features }: FeatureCollection): MercatorBox | null {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    const [longitude, latitude] = value as unknown[];
    if (typeof longitude === 'number' && typeof latitude === 'number') {
      const [x, y] = toMercator(longitude, Math.max(-maxLatitude, Math.min(maxLatitude, latitude)));
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
    } else value.forEach(visit);
  };
  const walk = (geometry: Geometry): void => {
    if (geometry.type === 'GeometryCollection') geometry.geometries.forEach(walk);
    else visit(geometry.coordinates);
  };
  for (const { geometry } of features) walk(geometry);
  if (x0 === Infinity) return null;
  const least = 5e-5;
  const [dx, dy] = [Math.max(0, least - (x1 - x0)) / 2, Math.max(0, least - (y1 - y0)) / 2];
  return [x0 - dx, y0 - dy, x1 + dx, y1 + dy];
}
