import type { Json } from '../run/messages.ts';
import type { AreaGeometry, PointGeometry } from './features.ts';
import { rightHanded } from './orient.ts';

export interface MadeFeature {
  readonly id: string;
  readonly geometry: AreaGeometry | PointGeometry;
  readonly properties: Readonly<Record<string, Json>>;
}

export interface CollectionFacts {
  /** Printed on maps; left out for measurements. */
  readonly mark: string | undefined;
  /** The property by which a map colours the features. */
  readonly colourBy?: string | undefined;
}

/** GeoJSON (RFC 7946) of results, one feature a line; the mark and what to colour by are members that other programs ignore. */
export function featureCollection(features: readonly MadeFeature[], { mark, colourBy }: CollectionFacts): Uint8Array {
  const head = JSON.stringify({
    type: 'FeatureCollection',
    ...(mark !== undefined && { 'transect:mark': mark }),
    ...(colourBy !== undefined && { 'transect:colour_by': colourBy }),
  }).slice(0, -1);
  const lines = features.map(({ id, geometry, properties }) =>
    JSON.stringify({ type: 'Feature', id, properties, geometry: rightHanded(geometry) }),
  );
  return new TextEncoder().encode(`${head},"features":[\n${lines.join(',\n')}\n]}\n`);
}
