import { AppError } from '../../src-shared/errors.ts';
import type { Json } from '../run/messages.ts';
import type { RawFeature } from './features.ts';

/** What the old `crs` member (GeoJSON 2008) may say without meaning something else than WGS 84 longitude and latitude. */
const wgs84Names = /(CRS84|EPSG:{1,2}4326|EPSG:[\d.]*:4326|4326)$/i;

/**
 * The features of a GeoJSON document: of a FeatureCollection, of one Feature, or of a bare geometry.
 * @throws AppError `bad_data` when it is none of these, or when it declares another CRS than WGS 84
 */
export function parseGeoJson(value: unknown, name: string): RawFeature[] {
  const document = asRecord(value);
  const type = document?.['type'];
  if (document === null || typeof type !== 'string')
    throw new AppError('bad_data', `${name} is not GeoJSON.`, {
      remedy: 'Give a FeatureCollection of points or polygons: ogr2ogr -t_srs EPSG:4326 features.geojson INPUT',
    });
  checkCrs(document['crs'], name);
  if (type === 'FeatureCollection') {
    const list = document['features'];
    if (!Array.isArray(list))
      throw new AppError('bad_data', `${name} is a FeatureCollection without a list of features.`, {
        remedy: 'Write the file anew: ogr2ogr -t_srs EPSG:4326 features.geojson INPUT',
      });
    return list.map(rawFeature);
  }
  return [type === 'Feature' ? rawFeature(document) : { id: null, properties: {}, geometry: document }];
}

function rawFeature(value: unknown): RawFeature {
  const feature = asRecord(value) ?? {};
  const { id, geometry } = feature;
  return {
    id: typeof id === 'string' || typeof id === 'number' ? id : null,
    // Parsed from JSON, so that its values are.
    properties: (asRecord(feature['properties']) ?? {}) as Record<string, Json>,
    geometry: geometry ?? null,
  };
}

function checkCrs(crs: unknown, name: string): void {
  const declared = asRecord(asRecord(crs)?.['properties'])?.['name'];
  if (typeof declared !== 'string' || wgs84Names.test(declared.trim())) return;
  throw new AppError('bad_data', `${name} declares the CRS ${declared.slice(0, 80)}; features must be in WGS 84.`, {
    remedy: 'Reproject them to longitude and latitude: ogr2ogr -t_srs EPSG:4326 features.geojson INPUT',
  });
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
