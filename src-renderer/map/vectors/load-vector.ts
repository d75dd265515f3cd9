import type { Feature, FeatureCollection, Geometry } from 'geojson';
import { AppError } from '../../../src-shared/errors.ts';
import type { RunVector } from '../files.ts';

/** Larger GeoJSON would hold the window up while it is parsed. */
const maxBytes = 20_000_000;
const geometryTypes = new Set([
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
  'GeometryCollection',
]);

export interface LoadedVector {
  readonly data: FeatureCollection;
  /** The property by which the file wants to be coloured; null where it says nothing. */
  readonly colourBy: string | null;
}

/** Fetches a GeoJSON file or the geometry of a STAC Item. Errors: `over_limit`, `bad_data`, `source_unavailable`. */
export async function loadVector(
  { id, url, bytes, isFootprint }: RunVector,
  signal: AbortSignal,
): Promise<LoadedVector> {
  if (bytes > maxBytes)
    throw new AppError(
      'over_limit',
      `${id} has ${Math.round(bytes / 1e6)} MB, more than is shown on the map (20 MB).`,
      {
        remedy: 'Open it in a desktop GIS, or simplify it: ogr2ogr -simplify 0.001 small.geojson input.geojson',
      },
    );
  const response = await fetch(url, { signal, cache: 'no-store' }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new AppError('source_unavailable', `${id} could not be reached.`, { remedy: 'Try again.', cause });
  });
  if (!response.ok)
    throw new AppError('source_unavailable', `${id} could not be read (HTTP ${response.status}).`, {
      remedy: 'Try again.',
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(await response.text());
  } catch (cause) {
    throw new AppError('bad_data', `${id} is not JSON.`, { remedy: 'The file is damaged. Run the task again.', cause });
  }
  const features = featuresOf(parsed);
  if (features === null)
    throw new AppError('bad_data', `${id} is not GeoJSON in longitude and latitude.`, {
      remedy: 'Convert it: ogr2ogr -t_srs EPSG:4326 converted.geojson input',
    });
  // A STAC Item has links and assets that the map has no use for.
  const shown = isFootprint ? features.map((feature) => ({ ...feature, properties: {} })) : features;
  return { data: { type: 'FeatureCollection', features: shown }, colourBy: colourByOf(parsed) };
}

function colourByOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('transect:colour_by' in value)) return null;
  const name = value['transect:colour_by'];
  return typeof name === 'string' ? name : null;
}

/** The features of a parsed GeoJSON document that can be drawn; null when it is something else or in another CRS. */
export function featuresOf(value: unknown): Feature[] | null {
  if (typeof value !== 'object' || value === null || !('type' in value)) return null;
  // The 2008 format could name a CRS; RFC 7946 is always WGS 84.
  if ('crs' in value && value.crs !== null && !/CRS84|4326/.test(JSON.stringify(value.crs))) return null;
  const { type } = value;
  if (type === 'FeatureCollection')
    return 'features' in value && Array.isArray(value.features)
      ? value.features.flatMap((one) => featuresOf(one) ?? [])
      : null;
  if (type === 'Feature') {
    const feature = value as Feature<Geometry | null>;
    return feature.geometry === null || !isGeometry(feature.geometry) ? [] : [feature as Feature];
  }
  return isGeometry(value) ? [{ type: 'Feature', properties: {}, geometry: value }] : null;
}

function isGeometry(value: object): value is Geometry {
  return 'type' in value && geometryTypes.has(String(value.type)) && ('coordinates' in value || 'geometries' in value);
}
