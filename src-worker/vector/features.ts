import type { FootprintGeometry } from '../stac/footprint.ts';
import type { Json } from '../run/messages.ts';

/** A GeoJSON Polygon or MultiPolygon in WGS 84 longitude and latitude, closed rings of [x, y]. */
export type AreaGeometry = FootprintGeometry;

export type PointGeometry =
  | { readonly type: 'Point'; readonly coordinates: readonly [longitude: number, latitude: number] }
  | { readonly type: 'MultiPoint'; readonly coordinates: readonly (readonly [longitude: number, latitude: number])[] };

export interface Feature<G = AreaGeometry | PointGeometry> {
  /** Its place in the file, from 0; features that were left out keep theirs. */
  readonly index: number;
  /** The feature's own id, else its number from 1. */
  readonly id: string;
  /** Its property `name`, else its id. */
  readonly name: string;
  readonly properties: Readonly<Record<string, Json>>;
  readonly geometry: G;
}

export interface FeatureSet<G = AreaGeometry | PointGeometry> {
  /** In the order of the file; at least one. */
  readonly features: readonly Feature<G>[];
  /** Features that were left out, each with a warning. */
  readonly skipped: number;
}

/** A feature as a file gives it, its geometry not looked at yet. */
export interface RawFeature {
  readonly id: string | number | null;
  readonly properties: Readonly<Record<string, Json>>;
  readonly geometry: unknown;
}

export function isArea(geometry: AreaGeometry | PointGeometry): geometry is AreaGeometry {
  return geometry.type === 'Polygon' || geometry.type === 'MultiPolygon';
}
