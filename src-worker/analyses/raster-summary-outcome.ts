import { boundsTo, wgs84 } from '../raster/crs.ts';
import type { Statistics } from '../raster/stats.ts';
import type { Bbox, RasterInfo, Window } from '../raster/types.ts';
import { validityRule } from '../raster/validity.ts';
import type { KeyValueRow } from '../render/report.ts';
import { csv } from '../render/table.ts';
import type { RunContext } from '../run/context.ts';
import type { Json, Outcome } from '../run/messages.ts';
import type { Outputs } from '../run/outputs.ts';
import type { Place } from '../run/places.ts';
import { crsJson, crsText, etagJson, jsonNumber, statisticsJson, validityOf } from './shared/facts.ts';
import { rasterBounds } from './shared/target-grid.ts';
import { unionBbox } from './shared/union-bbox.ts';
import { counted, sizeText, unitSign } from './shared/words.ts';

export interface SummarisedRaster {
  readonly place: Place;
  readonly info: RasterInfo;
  readonly window: Window;
  readonly statistics: readonly { readonly band: number; readonly statistics: Statistics }[];
  readonly quicklook: string | null;
  readonly histograms: readonly string[];
}

/** Table and words for all rasters. */
export async function summaryOutcome(
  ctx: RunContext,
  rasters: readonly SummarisedRaster[],
  skipped: number,
  outputs: Outputs,
): Promise<Outcome> {
  const rows = rasters.flatMap(({ place, info, statistics }) =>
    statistics.map(({ band, statistics: { count, min, max, mean, std } }) => ({
      raster: place.name,
      band,
      description: info.bands[band - 1]?.description ?? '',
      dtype: info.storedType ?? info.dtype,
      nodata: info.nodata === null ? '' : String(info.nodata),
      count,
      min,
      max,
      mean,
      std,
    })),
  );
  await outputs.write(
    'tables/bands.csv',
    csv(rows, [
      { key: 'raster' },
      { key: 'band' },
      { key: 'description' },
      { key: 'dtype' },
      { key: 'nodata' },
      { key: 'count', unit: 'pixels' },
      { key: 'min' },
      { key: 'max' },
      { key: 'mean' },
      { key: 'std' },
    ]),
  );
  const { validity, validityLine } = validityOf(skipped, rasters.length, 'rasters');
  const inside = ctx.aoi === null ? '' : ' inside the area of interest';
  return {
    validity,
    validityLine,
    summary: `Statistics of ${counted(rows.length, 'band')} of ${counted(rasters.length, 'raster')}${inside}, from all pixels at full resolution.`,
    marks: [],
    sections: [
      {
        kind: 'table',
        title: 'Bands',
        caption: `Valid pixels${inside}: not NaN, not nodata, not masked in the file. Stored values; scale and offset are not applied. The column std is the population standard deviation.`,
        columns: [
          { key: 'raster', label: 'raster', code: true },
          { key: 'band', label: 'band' },
          { key: 'count', label: 'count', unit: 'pixels' },
          ...(['min', 'max', 'mean', 'std'] as const).map((key) => ({ key, label: key })),
        ],
        rows: rows.slice(0, 100),
        totalRows: rows.length,
        csvHref: 'tables/bands.csv',
      },
      ...rasters.slice(0, 50).flatMap((raster) => rasterSections(raster)),
    ],
    metadata: { rasters: rasters.map(rasterJson) },
    extent: { bbox: unionBbox(rasters.map(({ info }) => boundsWgs84(info))), start: null, end: null },
    derivedFrom: rasters.map(({ place: { name } }) => ({
      href: name,
      title: name,
      mediaType: 'image/tiff; application=geotiff',
    })),
    maps: [],
  };
}

function rasterSections({ place, info, quicklook, histograms }: SummarisedRaster): Outcome['sections'] {
  const bounds = rasterBounds(info);
  const figures = [
    ...(quicklook === null ? [] : [{ href: quicklook, alt: `Picture of ${place.name}` }]),
    ...histograms.map((href) => ({ href, alt: `Histogram of ${place.name}` })),
  ];
  return [
    {
      kind: 'keyvalue',
      title: place.name,
      rows: [
        {
          label: 'Size',
          value: `${sizeText(info)}, ${counted(info.bandCount, 'band')} of ${info.storedType ?? info.dtype}`,
        },
        { label: 'CRS', value: crsText(info.crs) },
        ...boundsRow(bounds, info),
        { label: 'Nodata', value: info.nodata === null ? 'none' : String(info.nodata) },
        { label: 'Valid pixels', value: validityRule(info) },
        {
          label: 'Layout',
          value: `${info.tiled ? `tiles of ${info.blockWidth} × ${info.blockHeight}` : `strips of ${counted(info.blockHeight, 'row')}`}, ${info.compression}, ${counted(info.overviews.length, 'overview')}`,
        },
        { label: 'File', value: info.bytes, unit: 'bytes' },
      ],
    },
    ...(figures.length === 0 ? [] : [{ kind: 'figure' as const, figures }]),
  ];
}

function boundsRow(bounds: Bbox | null, { crs }: RasterInfo): KeyValueRow[] {
  const unit = unitSign(crs);
  if (bounds === null) return [{ label: 'Bounds', value: 'none' }];
  return [
    { label: 'Bounds (west, south, east, north)', value: bounds.join(', '), ...(unit !== undefined && { unit }) },
  ];
}

function rasterJson({ place, info, window, statistics }: SummarisedRaster): Json {
  return {
    name: place.name,
    width: info.width,
    height: info.height,
    window: [window.x, window.y, window.width, window.height],
    band_count: info.bandCount,
    dtype: info.storedType ?? info.dtype,
    nodata: jsonNumber(info.nodata),
    mask_source: info.maskSource,
    crs: crsJson(info.crs),
    transform: info.transform,
    bounds: rasterBounds(info),
    bounds_wgs84: boundsWgs84(info),
    overviews: info.overviews.map(({ width, height }) => [width, height]),
    tiled: info.tiled,
    block: [info.blockWidth, info.blockHeight],
    compression: info.compression,
    bytes: info.bytes,
    ...etagJson(info),
    bands: statistics.map(({ band, statistics: values }) => {
      const described = info.bands[band - 1];
      return {
        band,
        ...statisticsJson(values),
        scale: described?.scale ?? 1,
        offset: described?.offset ?? 0,
        description: described?.description ?? null,
        unit: described?.unit ?? null,
        color_interpretation: described?.colorInterpretation ?? null,
      };
    }),
  };
}

function boundsWgs84(info: RasterInfo): Bbox | null {
  const bounds = rasterBounds(info);
  return bounds === null || info.crs === null || info.crs.proj4 === null ? null : boundsTo(info.crs, bounds, wgs84);
}
