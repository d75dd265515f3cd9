import { affineBounds } from '../../src-raster/affine.ts';
import { crsJson, etagJson, jsonNumber } from '../analyses/shared/facts.ts';
import { counted } from '../analyses/shared/words.ts';
import type { RunContext } from '../run/context.ts';
import type { Derivation, Json, Outcome } from '../run/messages.ts';
import type { Outputs } from '../run/outputs.ts';
import { featureCollection } from './feature-collection.ts';
import type { AreaGeometry, PointGeometry } from './features.ts';
import { geoParquet } from './geo-parquet.ts';
import type { LayerRaster } from './open-layers.ts';

/** What was used and what was left out of rasters and features. */
export interface Used {
  readonly rasters: number;
  readonly rastersSkipped: number;
  readonly features: number;
  readonly featuresSkipped: number;
  /** Whether there is a single value. */
  readonly hasValue: boolean;
  /** Of a feature, in the singular. */
  readonly noun: string;
}

export function usedValidity(used: Used): Pick<Outcome, 'validity' | 'validityLine'> {
  const { rasters, rastersSkipped, features, featuresSkipped, hasValue, noun } = used;
  const gaps = [
    ...(rastersSkipped > 0 ? [`${rastersSkipped} of ${counted(rasters + rastersSkipped, 'raster')}`] : []),
    ...(featuresSkipped > 0 ? [`${featuresSkipped} of ${counted(features + featuresSkipped, 'feature')}`] : []),
  ];
  const part = gaps.length === 0 ? [] : (['partial'] as const);
  const left = gaps.length === 0 ? '' : `${gaps.join(' and ')} could not be used (see the warnings).`;
  if (!hasValue)
    return {
      validity: [...part, 'empty'],
      validityLine: `No ${noun} has a valid pixel: there is no result. ${left}`.trim(),
    };
  return {
    validity: gaps.length === 0 ? ['computed'] : part,
    validityLine:
      gaps.length === 0
        ? `Computed from ${counted(rasters, 'raster')} and ${features === 1 ? `1 ${noun}` : `all ${features} ${noun}s`}.`
        : left,
  };
}

type Properties = Readonly<Record<string, string | number | null>>;

export interface WideFeature {
  readonly id: string;
  readonly geometry: AreaGeometry | PointGeometry;
  /** The same keys for all features: texts where `writeWide` is told so, else numbers. */
  readonly properties: Properties;
}

/** Writes the features of a result as maps/STEM.geojson and tables/STEM.parquet, with the same properties. */
export async function writeWide(
  ctx: RunContext,
  outputs: Outputs,
  stem: string,
  features: readonly WideFeature[],
  texts: ReadonlySet<string>,
  colourBy: string,
): Promise<void> {
  await outputs.write(
    `maps/${stem}.geojson`,
    featureCollection(
      features.map(({ id, geometry, properties }) => ({
        id,
        geometry,
        properties: Object.fromEntries(
          Object.entries(properties).map(([key, value]) => [
            key,
            typeof value === 'number' ? jsonNumber(value) : value,
          ]),
        ),
      })),
      { mark: ctx.mark, colourBy },
    ),
  );
  const keys = Object.keys(features[0]?.properties ?? {});
  await outputs.write(
    `tables/${stem}.parquet`,
    await geoParquet(
      keys.map((key) => ({
        name: key,
        type: texts.has(key) ? 'STRING' : 'DOUBLE',
        values: features.map(({ properties }) => properties[key] ?? null),
      })),
      features.map(({ geometry }) => geometry),
      ctx.mark === undefined ? {} : { 'transect:mark': ctx.mark },
    ),
  );
}

/** A raster as metadata.json lists it. */
export function layerRasterJson({ place, info, placed, bands }: LayerRaster): Json {
  return {
    name: place.name,
    bands,
    width: info.width,
    height: info.height,
    dtype: info.storedType ?? info.dtype,
    nodata: jsonNumber(info.nodata),
    crs: crsJson(info.crs),
    transform: [...placed.transform],
    bounds: [...affineBounds(placed.transform, info.width, info.height)],
    bytes: info.bytes,
    ...etagJson(info),
  };
}

export function derivedFromLayers(ctx: RunContext, rasters: readonly LayerRaster[]): Derivation[] {
  const features = ctx.features?.name;
  return [
    ...rasters.map(({ place: { name } }) => ({
      href: name,
      title: name,
      mediaType: 'image/tiff; application=geotiff',
    })),
    ...(features === undefined ? [] : [{ href: features, title: features, mediaType: 'application/geo+json' }]),
  ];
}
