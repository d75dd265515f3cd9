import { validityRule } from '../../../src-raster/validity.ts';
import type { ReportFigure, ReportSection } from '../../render/report.ts';
import { csv } from '../../render/table.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { PointGeometry } from '../../vector/features.ts';
import type { Layer } from '../../vector/layers.ts';
import { layersOf, mostDrawn, mostWide } from '../../vector/layers.ts';
import { derivedFromLayers, layerRasterJson, usedValidity, writeWide } from '../../vector/outcome-parts.ts';
import { valueFigures } from '../../vector/value-figures.ts';
import type { Sample, SampleJob, SamplePoint, SampledRaster } from './sample-points-pass.ts';
import { crsText } from '../shared/facts.ts';
import { unionBbox } from '../shared/union-bbox.ts';
import { counted, sizeText } from '../shared/words.ts';

interface SampleLayer extends Layer<SampledRaster> {
  readonly samples: readonly Sample[];
}

const tablePath = 'tables/points.csv';
const mapPath = 'maps/points.geojson';

/** Table, map, figures and words for the points. */
export async function sampleOutcome(
  ctx: RunContext,
  job: SampleJob,
  rasters: readonly SampledRaster[],
  rastersSkipped: number,
  featuresSkipped: number,
  outputs: Outputs,
): Promise<Outcome> {
  const layers = layersOf(rasters).map((layer): SampleLayer => ({
    ...layer,
    samples: layer.source.samples[layer.at] ?? [],
  }));
  const rows = rowsOf(job, layers);
  await outputs.write(
    tablePath,
    csv(rows, [
      { key: 'point' },
      { key: 'id' },
      { key: 'name' },
      { key: 'longitude', unit: '°' },
      { key: 'latitude', unit: '°' },
      { key: 'raster' },
      { key: 'band' },
      { key: 'band_name' },
      { key: 'column' },
      { key: 'row' },
      { key: 'value' },
      { key: 'status' },
    ]),
  );
  const colourBy = await writePoints(ctx, job, layers.slice(0, mostWide), outputs);
  const figures = await figuresOf(ctx, job, layers, outputs);
  const all = layers.flatMap(({ samples }) => samples);
  const count = (status: Sample['status']): number => all.filter((one) => one.status === status).length;
  const boxes = job.points.map(({ longitude: x, latitude: y }) => [x, y, x, y] as const);
  return {
    ...usedValidity({
      rasters: rasters.length,
      rastersSkipped,
      features: job.points.length,
      featuresSkipped,
      hasValue: count('ok') > 0,
      noun: 'point',
    }),
    summary: `Values of ${counted(layers.length, 'band')} of ${counted(rasters.length, 'raster')} at ${counted(job.points.length, 'point')}: ${count('ok')} values, ${count('nodata')} on nodata, ${count('outside')} outside.`,
    marks: [],
    sections: [
      ...(figures.length === 0 ? [] : [{ kind: 'figure' as const, title: 'Points', figures }]),
      valueTable(rows, layers),
      {
        kind: 'map',
        title: 'Points with their values',
        href: mapPath,
        description: `The points (WGS 84) with the values of ${layers.length > mostWide ? `the first ${mostWide} of ` : ''}${counted(layers.length, 'band')}; coloured by ${colourBy}. The same as GeoParquet: tables/points.parquet.`,
      },
      method(job, rasters),
    ],
    metadata: {
      method: job.analysis.method,
      apply_scale: job.analysis.apply_scale,
      points: { used: job.points.length, features_left_out: featuresSkipped, source: ctx.features?.name ?? null },
      rasters: rasters.map(layerRasterJson),
      layers: layers.map(({ prefix, raster, band, label, unit, samples }) => ({
        prefix,
        raster,
        band,
        label,
        unit,
        values: samples.filter(({ status }) => status === 'ok').length,
      })),
    },
    extent: { bbox: unionBbox(boxes), start: null, end: null },
    derivedFrom: derivedFromLayers(ctx, rasters),
    maps: [],
  };
}

function rowsOf({ points }: SampleJob, layers: readonly SampleLayer[]) {
  return layers.flatMap(({ raster, band, label, source, samples }) =>
    points.map(({ feature, name, longitude, latitude }, index) => ({
      point: index + 1,
      id: feature.id,
      name,
      longitude,
      latitude,
      raster,
      band,
      band_name: label,
      column: source.spots[index]?.column ?? null,
      row: source.spots[index]?.row ?? null,
      value: samples[index]?.value ?? null,
      status: samples[index]?.status ?? 'outside',
    })),
  );
}

function geometryOf({ longitude, latitude }: SamplePoint): PointGeometry {
  return { type: 'Point', coordinates: [longitude, latitude] };
}

/** Gives the property that the map is coloured by. */
async function writePoints(
  ctx: RunContext,
  job: SampleJob,
  layers: readonly SampleLayer[],
  outputs: Outputs,
): Promise<string> {
  const texts = new Set(['id', 'name', ...layers.map(({ prefix }) => `${prefix}status`)]);
  const features = job.points.map((point, index) => ({
    id: String(index + 1),
    geometry: geometryOf(point),
    properties: {
      point: index + 1,
      id: point.feature.id,
      name: point.name,
      ...Object.fromEntries(
        layers.flatMap(({ prefix, samples }): [string, string | number | null][] => [
          [`${prefix}value`, samples[index]?.value ?? null],
          [`${prefix}status`, samples[index]?.status ?? 'outside'],
        ]),
      ),
    },
  }));
  const colourBy = `${layers[0]?.prefix ?? ''}value`;
  await writeWide(ctx, outputs, 'points', features, texts, colourBy);
  return colourBy;
}

async function figuresOf(
  ctx: RunContext,
  job: SampleJob,
  layers: readonly SampleLayer[],
  outputs: Outputs,
): Promise<ReportFigure[]> {
  const figures: ReportFigure[] = [];
  for (const { raster, label, unit, prefix, samples } of layers.slice(0, mostDrawn))
    figures.push(
      ...(await valueFigures(ctx, outputs, `points_${prefix}value`, {
        title: layers.length === 1 ? raster : `${raster}, ${label}`,
        subtitle: `${job.analysis.method === 'nearest' ? 'Value of the pixel' : 'Value between the pixels'} at ${counted(job.points.length, 'point')}`,
        label,
        unit,
        noun: 'points',
        features: job.points.map((point, i) => ({
          name: point.name,
          geometry: geometryOf(point),
          value: samples[i]?.value ?? null,
        })),
      })),
    );
  return figures;
}

function valueTable(rows: ReturnType<typeof rowsOf>, layers: readonly SampleLayer[]): ReportSection {
  return {
    kind: 'table',
    title: 'Values',
    columns: [
      { key: 'name', label: 'point' },
      { key: 'longitude', label: 'longitude', unit: '°' },
      { key: 'latitude', label: 'latitude', unit: '°' },
      ...(layers.length > 1
        ? [
            { key: 'raster', label: 'raster', code: true },
            { key: 'band', label: 'band' },
          ]
        : []),
      { key: 'value', label: 'value', ...unitOf(layers) },
      { key: 'status', label: 'status' },
    ],
    rows: rows.slice(0, 100),
    totalRows: rows.length,
    csvHref: tablePath,
  };
}

/** The unit of the values where all layers have the same. */
function unitOf(layers: readonly SampleLayer[]): { unit?: string } {
  const [unit, ...others] = new Set(layers.map((layer) => layer.unit));
  return others.length > 0 || unit === null || unit === undefined || unit === '' ? {} : { unit };
}

function method({ analysis }: SampleJob, [first]: readonly SampledRaster[]): ReportSection {
  return {
    kind: 'keyvalue',
    title: 'How it was computed',
    rows: [
      {
        label: 'Value',
        value:
          analysis.method === 'nearest'
            ? 'of the pixel that holds the point'
            : 'bilinear between the centres of the four pixels around the point, over those that are valid; none where the point’s own pixel is not',
      },
      {
        label: 'Numbers',
        value: analysis.apply_scale ? 'with the declared scale and offset applied' : 'as stored in the file',
      },
      ...(first === undefined
        ? []
        : [
            { label: 'Grid of the first raster', value: `${sizeText(first.info)}, ${crsText(first.info.crs)}` },
            { label: 'Rule for valid pixels', value: validityRule(first.info) },
          ]),
    ],
  };
}
