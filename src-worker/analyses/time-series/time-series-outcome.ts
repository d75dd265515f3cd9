import type { RunContext } from '../../run/context.ts';
import type { Json, Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { Bbox } from '../../stac/item.ts';
import { areaBox } from '../../stac/footprint.ts';
import type { Feature } from '../../vector/features.ts';
import { isArea } from '../../vector/features.ts';
import { maskText } from '../shared/cloud-mask.ts';
import { derivedFromItems, emptySection, extentOf, pixelValidity, sceneJson } from '../shared/facts.ts';
import { numbersText } from '../shared/numbers-text.ts';
import type { Scene } from '../shared/scenes.ts';
import { unionBbox } from '../shared/union-bbox.ts';
import { counted } from '../shared/words.ts';
import { drawAnomalies, drawMap, drawSeries, drawSlopes } from './time-series-figures.ts';
import type { FeatureSeries, SeriesJob } from './time-series-series.ts';
import { writeTables } from './time-series-tables.ts';
import { layerTitle, methodText } from './time-series-words.ts';

interface Read {
  /** All that were opened; observations name their place in it. */
  readonly scenes: readonly Scene[];
  /** Those that could be read to the end. */
  readonly used: readonly Scene[];
  readonly skipped: number;
}

/** Tables, figures, map and words for the series of all features. */
export async function timeSeriesOutcome(
  ctx: RunContext,
  job: SeriesJob,
  read: Read,
  series: readonly FeatureSeries[],
  outputs: Outputs,
): Promise<Outcome> {
  const { task, layers, features } = job;
  warnMissing(ctx, series);
  const trends = await writeTables(outputs, job, read.scenes, series);
  await outputs.write('maps/trends.geojson', geoJson(ctx, job, trends));
  const slopes = await drawSlopes(ctx, outputs, job, series);
  const charts = await drawSeries(ctx, outputs, job, series);
  const anomalies = await drawAnomalies(ctx, outputs, job, series);
  const picture = ctx.task.outputs.make_quicklook ? await drawMap(ctx, outputs, job, series) : null;
  const values = series.reduce((sum, one) => sum + one.values.length, 0);
  const { validity, validityLine } = pixelValidity(read.skipped, read.used.length, 'item', values);
  const lost =
    features.skipped > 0 ? ` ${counted(features.skipped, 'feature')} could not be used (see the warnings).` : '';
  const bbox = unionBbox(features.features.map(featureBox));
  const what = layers.map(layerTitle).join(', ');
  const significant = series.filter(({ trend }) => trend !== null && trend.verdict !== 'no significant trend').length;
  return {
    validity: features.skipped > 0 && validity[0] === 'computed' ? ['partial'] : validity,
    validityLine: `${validityLine}${lost}`,
    summary: `${what} over time at ${counted(features.features.length, 'feature')} from ${counted(read.used.length, 'item')}: ${counted(values, 'value')}${task.trend === 'none' ? '' : `, ${significant} of ${series.length} series with a significant trend`}. ${maskText(task.mask)}`,
    marks: [],
    sections: [
      ...emptySection(validity),
      ...(slopes.length === 0 ? [] : [{ kind: 'figure' as const, title: 'Trends', figures: slopes }]),
      {
        kind: 'table',
        title: slopes.length === 0 ? 'Trends' : 'Trends in numbers',
        caption: 'Slopes in units of the layer per year; the CSV holds all columns.',
        columns: [
          { key: 'feature', label: 'feature' },
          ...(layers.length > 1 ? [{ key: 'layer', label: 'layer' }] : []),
          { key: 'values', label: 'values' },
          { key: 'mean', label: 'mean' },
          { key: 'slope', label: 'slope', unit: '1/year' },
          { key: 'slope_low', label: 'low', unit: '1/year' },
          { key: 'slope_high', label: 'high', unit: '1/year' },
          { key: 'p', label: 'p' },
          { key: 'trend', label: 'trend' },
          ...(task.harmonics > 0 ? [{ key: 'amplitude_1', label: 'amplitude' }] : []),
          { key: 'notes', label: 'notes' },
        ],
        rows: trends.slice(0, 100),
        totalRows: trends.length,
        csvHref: 'tables/trends.csv',
      },
      { kind: 'figure', title: 'Series', figures: charts },
      ...(anomalies.length === 0 ? [] : [{ kind: 'figure' as const, title: 'Anomalies', figures: anomalies }]),
      {
        kind: 'map',
        title: 'Map',
        href: 'maps/trends.geojson',
        description: `The features (WGS 84) with mean, slope, p and seasonal curve of ${what}.`,
        ...(picture !== null && { quicklook: { href: picture, alt: `The features coloured by the trend of ${what}` } }),
      },
      { kind: 'text', title: 'Method', paragraphs: [...methodText(job), numbersText(task.apply_scale, read.used)] },
    ],
    metadata: {
      features: features.features.length,
      features_left_out: features.skipped,
      grid: job.origin,
      layers,
      observations: series.reduce((sum, { observations }) => sum + observations.length, 0),
      values,
      series: trends,
      items: read.used.map(sceneJson),
    },
    extent: extentOf(
      read.used.map(({ item }) => item),
      bbox,
    ),
    derivedFrom: derivedFromItems(read.used.map(({ item }) => item)),
    maps: [],
  };
}

/** Features outside all scenes, and features that are never clear enough. */
function warnMissing(ctx: RunContext, series: readonly FeatureSeries[]): void {
  const warn = (some: readonly FeatureSeries[], what: string) => {
    const names = [...new Set(some.map(({ feature }) => feature.name))];
    if (names.length === 0) return;
    const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
    ctx.warn(`${counted(names.length, 'feature')} ${what}: ${names.slice(0, 10).join(', ')}${more}.`);
  };
  warn(
    series.filter(({ observations }) => observations.length === 0),
    'outside all items, without any value',
  );
  warn(
    series.filter(({ observations, values }) => observations.length > 0 && values.length === 0),
    'never clear enough for a value',
  );
}

function featureBox({ geometry }: Feature): Bbox {
  if (isArea(geometry)) return areaBox(geometry);
  const points = geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** GeoJSON (RFC 7946) of the features with the numbers of their series; those of several layers begin with its name. */
function geoJson(
  ctx: RunContext,
  { features: { features }, layers }: SeriesJob,
  trends: readonly Readonly<Record<string, string | number | null>>[],
): Uint8Array {
  const own = ['feature_id', 'feature', 'layer'];
  const document = {
    type: 'FeatureCollection',
    ...(ctx.mark !== undefined && { 'transect:mark': ctx.mark }),
    features: features.map(({ id, name, geometry }, index) => {
      const properties: Record<string, Json> = { name };
      for (const [at, layer] of layers.entries())
        for (const [key, value] of Object.entries(trends[at * features.length + index] ?? {}))
          if (!own.includes(key)) properties[layers.length === 1 ? key : `${layer}_${key}`] = value;
      return { type: 'Feature', id, properties, geometry };
    }),
  };
  return new TextEncoder().encode(`${JSON.stringify(document)}\n`);
}
