import { hexOf } from '../../render/palette.ts';
import type { CsvColumn, CsvValue } from '../../render/table.ts';
import type { Layer } from '../../vector/layers.ts';
import { layersOf } from '../../vector/layers.ts';
import { polygonArea } from '../../vector/polygon-area.ts';
import type { ZoneStatistics } from '../../vector/zone-stats.ts';
import type { MeasuredRaster, ZonalJob, Zone } from './zonal-statistics-pass.ts';

/** One band of one raster, with its statistics by zone. */
export interface ZonalLayer extends Layer<MeasuredRaster> {
  readonly statistics: readonly ZoneStatistics[];
}

export type ZonalRow = Readonly<Record<string, CsvValue>>;

export function zonalLayers(rasters: readonly MeasuredRaster[]): ZonalLayer[] {
  return layersOf(rasters).map((layer) => ({ ...layer, statistics: layer.source.statistics[layer.at] ?? [] }));
}

/** Names of the percentiles' columns: p25, p97.5. */
export function percentileKeys({ percentiles }: ZonalJob['analysis']): string[] {
  return percentiles.map((one) => `p${one}`);
}

export function zoneAreas(zones: readonly Zone[]): number[] {
  return zones.map(({ feature }) => polygonArea(feature.geometry));
}

/** The statistics of a zone as one record; areas in m2. */
export function statisticsRecord(
  analysis: ZonalJob['analysis'],
  one: ZoneStatistics,
  zoneArea: number,
): Readonly<Record<string, number | null>> {
  return {
    pixels: one.pixels,
    count: one.count,
    valid_share: one.covered === 0 ? null : one.count / one.covered,
    area_m2: one.areaM2,
    area_share: zoneArea === 0 ? null : one.areaM2 / zoneArea,
    mean: one.mean,
    std: one.std,
    min: one.min,
    ...Object.fromEntries(percentileKeys(analysis).map((key, i) => [key, one.percentiles[i] ?? null])),
    median: one.median,
    max: one.max,
    sum: one.sum,
    majority: one.majority,
    minority: one.minority,
    variety: one.variety,
  };
}

export function zoneColumns(analysis: ZonalJob['analysis']): CsvColumn[] {
  return [
    { key: 'zone' },
    { key: 'id' },
    { key: 'name' },
    { key: 'raster' },
    { key: 'band' },
    { key: 'band_name' },
    { key: 'zone_area', unit: 'm2' },
    { key: 'pixels', unit: 'pixels' },
    { key: 'count', unit: 'pixels' },
    { key: 'valid_share' },
    { key: 'area_m2', label: 'area', unit: 'm2' },
    { key: 'area_share' },
    ...[
      'mean',
      'std',
      'min',
      ...percentileKeys(analysis),
      'median',
      'max',
      'sum',
      'majority',
      'minority',
      'variety',
    ].map((key) => ({ key })),
  ];
}

/** Rows of tables/zones.csv: by layer, then by zone. */
export function zoneRows(job: ZonalJob, layers: readonly ZonalLayer[], areas: readonly number[]): ZonalRow[] {
  return layers.flatMap((layer) =>
    layer.statistics.map((one, index) => ({
      zone: (job.zones[index]?.feature.index ?? 0) + 1,
      id: job.zones[index]?.feature.id ?? '',
      name: job.zones[index]?.name ?? '',
      raster: layer.raster,
      band: layer.band,
      band_name: layer.label,
      zone_area: areas[index] ?? 0,
      ...statisticsRecord(job.analysis, one, areas[index] ?? 0),
    })),
  );
}

export const classColumns: CsvColumn[] = [
  { key: 'zone' },
  { key: 'id' },
  { key: 'name' },
  { key: 'raster' },
  { key: 'band' },
  { key: 'value' },
  { key: 'class' },
  { key: 'colour' },
  { key: 'count', unit: 'pixels' },
  { key: 'area_m2', label: 'area', unit: 'm2' },
  { key: 'share' },
];

/** Rows of tables/classes.csv: the parts of a zone's valid pixels that hold each value. */
export function classRowsOf(job: ZonalJob, layers: readonly ZonalLayer[]): ZonalRow[] {
  return layers.flatMap(({ raster, band, statistics, source }) =>
    statistics.flatMap((one, index) =>
      (one.classes ?? []).map(({ value, count, area }) => ({
        zone: (job.zones[index]?.feature.index ?? 0) + 1,
        id: job.zones[index]?.feature.id ?? '',
        name: job.zones[index]?.name ?? '',
        raster,
        band,
        value,
        class: className(source, band, value),
        colour: paletteColour(source, band, value),
        count,
        area_m2: area,
        share: one.count === 0 ? null : count / one.count,
      })),
    ),
  );
}

/** What the file says that a value means; null where it says nothing. */
export function className({ info }: MeasuredRaster, band: number, value: number): string | null {
  return info.bands[band - 1]?.classNames?.[value] ?? null;
}

/** `#rrggbb` of a value in a band's colour table; null where it has none. */
export function paletteColour({ info }: MeasuredRaster, band: number, value: number): string | null {
  if (info.bands[band - 1]?.colorInterpretation !== 'palette') return null;
  const colour = info.palette?.[value];
  return colour === undefined ? null : hexOf(colour);
}
