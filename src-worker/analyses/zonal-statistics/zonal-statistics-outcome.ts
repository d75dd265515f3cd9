import { validityRule } from '../../../src-raster/validity.ts';
import type { ReportSection } from '../../render/report.ts';
import { csv } from '../../render/table.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import { mostWide } from '../../vector/layers.ts';
import { boxOfGeometry } from '../../vector/orient.ts';
import { derivedFromLayers, layerRasterJson, usedValidity, writeWide } from '../../vector/outcome-parts.ts';
import { crsText } from '../shared/facts.ts';
import { unionBbox } from '../shared/union-bbox.ts';
import { counted, percent, sizeText } from '../shared/words.ts';
import { zonalFigures } from './zonal-statistics-figures.ts';
import type { MeasuredRaster, ZonalJob } from './zonal-statistics-pass.ts';
import { holdsClasses } from './zonal-statistics-pass.ts';
import type { ZonalLayer, ZonalRow } from './zonal-statistics-rows.ts';
import {
  classColumns,
  classRowsOf,
  statisticsRecord,
  zonalLayers,
  zoneAreas,
  zoneColumns,
  zoneRows,
} from './zonal-statistics-rows.ts';

const tablePath = 'tables/zones.csv';
const classesPath = 'tables/classes.csv';
const mapPath = 'maps/zones.geojson';

/** Tables, map, figures and words for the zones. */
export async function zonalOutcome(
  ctx: RunContext,
  job: ZonalJob,
  rasters: readonly MeasuredRaster[],
  rastersSkipped: number,
  zonesSkipped: number,
  outputs: Outputs,
): Promise<Outcome> {
  const layers = zonalLayers(rasters);
  const areas = zoneAreas(job.zones);
  const rows = zoneRows(job, layers, areas);
  await outputs.write(tablePath, csv(rows, zoneColumns(job.analysis)));
  const classes = classRowsOf(job, layers);
  if (classes.length > 0) await outputs.write(classesPath, csv(classes, classColumns));
  const merged = layers.flatMap(({ statistics }) => statistics.map(({ percentileError }) => percentileError));
  const error = Math.max(0, ...merged);
  if (error > 0)
    ctx.warn(
      `${counted(merged.filter((one) => one > 0).length, 'zone')} had more distinct values than the memory allows to keep apart: their median and percentiles are exact to a relative ${error}, and they have no majority, minority, variety and classes. More limits.memory_mb gives exact ones.`,
    );
  warnOfAreas(ctx, job, layers);
  const colourBy = await writeZones(ctx, job, layers.slice(0, mostWide), areas, outputs);
  const figures = await zonalFigures(ctx, job, layers, outputs);
  const hasValue = layers.some(({ statistics }) => statistics.some(({ pixels }) => pixels > 0));
  const boxes = job.zones.map(({ feature }) => boxOfGeometry(feature.geometry));
  return {
    ...usedValidity({
      rasters: rasters.length,
      rastersSkipped,
      features: job.zones.length,
      featuresSkipped: zonesSkipped,
      hasValue,
      noun: 'zone',
    }),
    summary: `Area-weighted statistics of ${counted(layers.length, 'band')} of ${counted(rasters.length, 'raster')} within ${counted(job.zones.length, 'zone')}, from all pixels at full resolution.`,
    marks: [],
    sections: [
      ...(figures.length === 0 ? [] : [{ kind: 'figure' as const, title: 'Zones', figures }]),
      zoneTable(rows, layers),
      ...classTable(classes),
      {
        kind: 'map',
        title: 'Zones with their statistics',
        href: mapPath,
        description: `The zones (WGS 84) with the statistics of ${layers.length > mostWide ? `the first ${mostWide} of ` : ''}${counted(layers.length, 'band')}; coloured by ${colourBy}. The same as GeoParquet: tables/zones.parquet.`,
      },
      method(job, rasters, layers),
    ],
    metadata: {
      weighting: job.analysis.weighting,
      percentiles: [...job.analysis.percentiles],
      apply_scale: job.analysis.apply_scale,
      zones: { used: job.zones.length, left_out: zonesSkipped, source: ctx.features?.name ?? null },
      rasters: rasters.map(layerRasterJson),
      layers: layers.map((layer) => ({
        prefix: layer.prefix,
        raster: layer.raster,
        band: layer.band,
        label: layer.label,
        unit: layer.unit,
        zones_with_values: layer.statistics.filter(({ pixels }) => pixels > 0).length,
        largest_percentile_error: Math.max(0, ...layer.statistics.map(({ percentileError }) => percentileError)),
      })),
    },
    extent: { bbox: unionBbox(boxes), start: null, end: null },
    derivedFrom: derivedFromLayers(ctx, rasters),
    maps: [],
  };
}

/** Pixels whose areas differ by more than this part within a zone are worth a word. */
const notableSpread = 0.02;

function warnOfAreas(ctx: RunContext, { analysis }: ZonalJob, layers: readonly ZonalLayer[]): void {
  const spread = Math.max(0, ...layers.flatMap(({ statistics }) => statistics.map(({ areaSpread }) => areaSpread)));
  if (analysis.weighting === 'ground_area' || spread <= notableSpread) return;
  ctx.warn(
    `Pixels within one zone differ in area on the ground by up to ${percent(spread)} %, and each counts the same. For means over the area choose weighting: ground_area.`,
  );
}

/** Writes one feature a zone; gives the property that the map is coloured by. */
async function writeZones(
  ctx: RunContext,
  job: ZonalJob,
  layers: readonly ZonalLayer[],
  areas: readonly number[],
  outputs: Outputs,
): Promise<string> {
  const features = job.zones.map(({ feature, name }, index) => ({
    id: feature.id,
    geometry: feature.geometry,
    properties: {
      zone: feature.index + 1,
      id: feature.id,
      name,
      zone_area_m2: areas[index] ?? 0,
      ...Object.fromEntries(
        layers.flatMap(({ prefix, statistics }) => {
          const one = statistics[index];
          const record = one === undefined ? {} : statisticsRecord(job.analysis, one, areas[index] ?? 0);
          return Object.entries(record).map(([key, value]) => [`${prefix}${key}`, value]);
        }),
      ),
    },
  }));
  const [first] = layers;
  const isClasses = first !== undefined && holdsClasses(job.analysis, first.source.info, first.band);
  const colourBy = `${first?.prefix ?? ''}${isClasses ? 'majority' : 'mean'}`;
  await writeWide(ctx, outputs, 'zones', features, new Set(['id', 'name']), colourBy);
  return colourBy;
}

function zoneTable(rows: readonly ZonalRow[], layers: readonly ZonalLayer[]): ReportSection {
  const several = layers.length > 1;
  return {
    kind: 'table',
    title: 'Statistics',
    caption:
      'Pixels: the sum of the covered parts of valid pixels. Valid: their share of what the zone covers of the raster. The column std is the population standard deviation.',
    columns: [
      { key: 'name', label: 'zone' },
      ...(several
        ? [
            { key: 'raster', label: 'raster', code: true },
            { key: 'band', label: 'band' },
          ]
        : []),
      { key: 'count', label: 'pixels' },
      { key: 'valid_share', label: 'valid', unit: '%' },
      { key: 'area_km2', label: 'area', unit: 'km²' },
      ...(['mean', 'std', 'min', 'median', 'max'] as const).map((key) => ({ key, label: key })),
    ],
    rows: rows.slice(0, 100).map((row) => ({
      ...(Object.fromEntries(Object.entries(row).filter(([, value]) => typeof value !== 'bigint')) as Record<
        string,
        string | number | null
      >),
      valid_share: typeof row['valid_share'] === 'number' ? percent(row['valid_share']) : null,
      area_km2: typeof row['area_m2'] === 'number' ? row['area_m2'] / 1e6 : null,
    })),
    totalRows: rows.length,
    csvHref: tablePath,
  };
}

function classTable(rows: readonly ZonalRow[]): ReportSection[] {
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Classes',
      caption: 'The values of the valid pixels in each zone, with the ground area of the covered parts.',
      columns: [
        { key: 'name', label: 'zone' },
        { key: 'value', label: 'class' },
        { key: 'class', label: 'name' },
        { key: 'colour', label: 'colour', code: true },
        { key: 'area_km2', label: 'area', unit: 'km²' },
        { key: 'share', label: 'share', unit: '%' },
      ],
      rows: rows.slice(0, 100).map(({ name, value, class: meaning, colour, area_m2: area, share }) => ({
        name: String(name),
        value: Number(value),
        class: typeof meaning === 'string' ? meaning : null,
        colour: typeof colour === 'string' ? colour : null,
        area_km2: Number(area) / 1e6,
        share: typeof share === 'number' ? percent(share) : null,
      })),
      totalRows: rows.length,
      csvHref: classesPath,
    },
  ];
}

function method(
  { analysis }: ZonalJob,
  rasters: readonly MeasuredRaster[],
  layers: readonly ZonalLayer[],
): ReportSection {
  const [first] = rasters;
  return {
    kind: 'keyvalue',
    title: 'How it was computed',
    rows: [
      {
        label: 'Weight of a pixel',
        value:
          analysis.weighting === 'coverage'
            ? 'the part of it that the zone covers, by exact clipping'
            : 'the ground area of the part that the zone covers',
      },
      { label: 'Areas', value: 'on the ellipsoid, whatever the projection does to areas' },
      { label: 'Median and percentiles', value: 'the smallest value below or at which lies so much of the weight' },
      {
        label: 'Values',
        value: analysis.apply_scale ? 'with the declared scale and offset applied' : 'as stored in the file',
      },
      ...(first === undefined
        ? []
        : [
            {
              label: 'Grid',
              value: `${sizeText(first.info)}, ${crsText(first.info.crs)}${rasters.length > 1 ? ' (the first raster)' : ''}`,
            },
            { label: 'Rule for valid pixels', value: validityRule(first.info) },
          ]),
      ...(layers.length > 1
        ? [{ label: 'Columns of the map', value: 'r1_b2_mean is the mean of band 2 of the first raster' }]
        : []),
    ],
  };
}
