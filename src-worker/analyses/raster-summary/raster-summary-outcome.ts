import { boundsTo, wgs84 } from '../../../src-raster/crs.ts';
import type { Bbox, RasterInfo, Window } from '../../../src-raster/types.ts';
import { validityRule } from '../../../src-raster/validity.ts';
import type { KeyValueRow } from '../../render/report.ts';
import { csv } from '../../render/table.ts';
import type { RunContext } from '../../run/context.ts';
import type { Json, Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { Place } from '../../run/places.ts';
import type { SummarisedBand } from './raster-summary-band.ts';
import { scalingText, validText } from './raster-summary-band.ts';
import { crsJson, crsText, etagJson, jsonNumber, statisticsJson, validityOf } from '../shared/facts.ts';
import { rasterBounds } from '../shared/target-grid.ts';
import { unionBbox } from '../shared/union-bbox.ts';
import { counted, percent, shortNumber, sizeText, unitSign } from '../shared/words.ts';

export interface SummarisedRaster {
  readonly place: Place;
  readonly info: RasterInfo;
  readonly window: Window;
  readonly bands: readonly SummarisedBand[];
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
  const rows = rasters.flatMap(({ place, info, bands }) =>
    bands.map(({ band, pixels, statistics: { count, min, max, mean, std } }) => ({
      raster: place.name,
      band,
      description: info.bands[band - 1]?.description ?? '',
      dtype: info.storedType ?? info.dtype,
      nodata: info.nodata === null ? '' : String(info.nodata),
      count,
      valid_share: pixels === 0 ? 0 : count / pixels,
      min,
      max,
      mean,
      std,
      scale: info.bands[band - 1]?.scale ?? 1,
      offset: info.bands[band - 1]?.offset ?? 0,
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
      { key: 'valid_share' },
      { key: 'min' },
      { key: 'max' },
      { key: 'mean' },
      { key: 'std' },
      { key: 'scale' },
      { key: 'offset' },
    ]),
  );
  const classes = rasters.flatMap(({ place, bands }) =>
    bands.flatMap(({ band, classes: list }) => (list ?? []).map((one) => ({ raster: place.name, band, ...one }))),
  );
  if (classes.length > 0) await outputs.write(classesPath, csv(classes, classColumns));
  const scaled = rows.some(({ scale, offset }) => scale !== 1 || offset !== 0);
  const { validity, validityLine } = validityOf(skipped, rasters.length, 'raster');
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
        caption: `Valid pixels${inside}: not NaN, not nodata, not masked in the file. Stored values${scaled ? '; scale and offset are not applied' : ''}. The column std is the population standard deviation.`,
        columns: [
          { key: 'raster', label: 'raster', code: true },
          { key: 'band', label: 'band' },
          { key: 'count', label: 'count', unit: 'pixels' },
          { key: 'valid_share', label: 'valid', unit: '%' },
          ...(['min', 'max', 'mean', 'std'] as const).map((key) => ({ key, label: key })),
          ...(scaled ? (['scale', 'offset'] as const) : []).map((key) => ({ key, label: key })),
        ],
        rows: rows.slice(0, 100).map((row) => ({ ...row, valid_share: percent(row.valid_share) })),
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

function rasterSections({ place, info, bands, quicklook, histograms }: SummarisedRaster): Outcome['sections'] {
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
        ...bandRows('Valid pixels', bands, validText),
        { label: 'Rule for valid pixels', value: validityRule(info) },
        ...bandRows('Scale and offset', bands, ({ band }) => {
          const text = scalingText(info.bands[band - 1]);
          return text === null ? null : `${text}; statistics are of stored values`;
        }),
        {
          label: 'Layout',
          value: `${info.tiled ? `tiles of ${info.blockWidth} × ${info.blockHeight}` : `strips of ${counted(info.blockHeight, 'row')}`}, ${info.compression}, ${counted(info.overviews.length, 'overview')}`,
        },
        { label: 'File', value: info.bytes, unit: 'bytes' },
      ],
    },
    ...(figures.length === 0 ? [] : [{ kind: 'figure' as const, figures }]),
    ...bands.flatMap(({ classes }) => classTable(classes)),
  ];
}

const classesPath = 'tables/classes.csv';
const classColumns = [
  { key: 'raster' },
  { key: 'band' },
  { key: 'value' },
  { key: 'colour' },
  { key: 'count', unit: 'pixels' },
];
const maxClassRows = 256;

function classTable(classes: SummarisedBand['classes']): Outcome['sections'] {
  if (classes === null || classes.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: "Classes: the valid values and their colours in the file's own palette.",
      columns: [
        { key: 'value', label: 'value' },
        { key: 'colour', label: 'colour', code: true },
        { key: 'count', label: 'count', unit: 'pixels' },
      ],
      rows: classes.slice(0, maxClassRows).map((one) => ({ ...one })),
      totalRows: classes.length,
      csvHref: classesPath,
    },
  ];
}

const maxBandRows = 20;

/** One row for every band that has the fact; one row in all when it is the same for all bands. */
function bandRows(
  label: string,
  bands: readonly SummarisedBand[],
  textOf: (band: SummarisedBand) => string | null,
): KeyValueRow[] {
  const facts = bands.map((one) => ({ band: one.band, text: textOf(one) }));
  const [first] = facts;
  if (first === undefined) return [];
  if (facts.every(({ text }) => text === first.text))
    return first.text === null
      ? []
      : [{ label, value: `${first.text}${facts.length > 1 ? `, each of ${facts.length} bands` : ''}` }];
  return facts
    .slice(0, maxBandRows)
    .flatMap(({ band, text }) => (text === null ? [] : [{ label: `${label}, band ${band}`, value: text }]));
}

function boundsRow(bounds: Bbox | null, { crs }: RasterInfo): KeyValueRow[] {
  const unit = unitSign(crs);
  if (bounds === null) return [{ label: 'Bounds', value: 'none' }];
  return [
    {
      label: 'Bounds (west, south, east, north)',
      value: bounds.map(shortNumber).join(', '),
      ...(unit !== undefined && { unit }),
    },
  ];
}

function rasterJson({ place, info, window, bands }: SummarisedRaster): Json {
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
    bands: bands.map(({ band, statistics: values, pixels, classes }) => {
      const described = info.bands[band - 1];
      return {
        band,
        ...statisticsJson(values),
        pixels,
        valid_share: pixels === 0 ? 0 : values.count / pixels,
        scale: described?.scale ?? 1,
        offset: described?.offset ?? 0,
        scaling: scalingText(described) ?? 'none declared',
        description: described?.description ?? null,
        unit: described?.unit ?? null,
        color_interpretation: described?.colorInterpretation ?? null,
        ...(classes !== null && { classes: classes.slice(0, maxClassRows).map((one) => ({ ...one })) }),
      };
    }),
  };
}

function boundsWgs84(info: RasterInfo): Bbox | null {
  const bounds = rasterBounds(info);
  return bounds === null || info.crs === null || info.crs.proj4 === null ? null : boundsTo(info.crs, bounds, wgs84);
}
