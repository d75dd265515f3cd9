import type { CsvColumn, CsvValue } from '../../render/table.ts';
import { csv } from '../../render/table.ts';
import type { Outputs } from '../../run/outputs.ts';
import { timeText } from '../../stac/item.ts';
import type { Scene } from '../shared/scenes.ts';
import type { FeatureSeries, SeriesJob } from './time-series-series.ts';
import { yearsOf } from './time-series-values.ts';

type Row = Readonly<Record<string, CsvValue>>;

/** Writes observations (a row for each scene, layer and feature), series (a row a value) and trends (a row a series). */
export async function writeTables(
  outputs: Outputs,
  job: SeriesJob,
  scenes: readonly Scene[],
  series: readonly FeatureSeries[],
): Promise<readonly Readonly<Record<string, string | number | null>>[]> {
  await outputs.write('tables/observations.csv', csv(observationRows(scenes, series), observationColumns));
  await outputs.write('tables/series.csv', csv(series.flatMap(valueRows), valueColumns));
  const trends = series.map((one) => trendRow(one, job));
  await outputs.write('tables/trends.csv', csv(trends, trendColumns(job)));
  return trends;
}

const observationColumns: CsvColumn[] = [
  { key: 'feature_id' },
  { key: 'feature' },
  { key: 'layer' },
  { key: 'datetime' },
  { key: 'item' },
  { key: 'value' },
  { key: 'std' },
  { key: 'clear', unit: 'pixels' },
  { key: 'clear_share' },
  { key: 'used' },
];

/** Rising in time, then by layer and feature. */
function observationRows(scenes: readonly Scene[], series: readonly FeatureSeries[]): Row[] {
  return series
    .flatMap(({ feature, layer, observations, used }, order) =>
      observations.map((one) => ({
        order: [one.scene, order] as const,
        row: {
          feature_id: feature.id,
          feature: feature.name,
          layer,
          datetime: timeText(one.time),
          item: scenes[one.scene]?.item.id ?? '',
          value: one.value,
          std: one.std,
          clear: one.weight,
          clear_share: one.share,
          used: used.has(one),
        },
      })),
    )
    .sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1])
    .map(({ row }) => row);
}

const valueColumns: CsvColumn[] = [
  { key: 'feature_id' },
  { key: 'feature' },
  { key: 'layer' },
  { key: 'datetime' },
  { key: 'value' },
  { key: 'scenes' },
  { key: 'trend' },
  { key: 'curve' },
  { key: 'normal' },
  { key: 'anomaly' },
];

function valueRows({ feature, layer, values, trend, curve, normal }: FeatureSeries): Row[] {
  return values.map(({ time, value, scenes }, index) => {
    const usual = normal[index] ?? null;
    return {
      feature_id: feature.id,
      feature: feature.name,
      layer,
      datetime: timeText(time),
      value,
      scenes,
      trend: trend === null ? null : trend.intercept + trend.slope * yearsOf(time),
      curve: curve === null ? null : curve.at(yearsOf(time)),
      normal: usual,
      anomaly: usual === null ? null : value - usual,
    };
  });
}

function trendColumns({ task }: SeriesJob): CsvColumn[] {
  const waves = Array.from({ length: task.harmonics }, (_, index) => [
    { key: `amplitude_${index + 1}` },
    { key: `peak_${index + 1}`, unit: 'days' },
  ]).flat();
  return [
    { key: 'feature_id' },
    { key: 'feature' },
    { key: 'layer' },
    { key: 'observations' },
    { key: 'values' },
    { key: 'first' },
    { key: 'last' },
    { key: 'mean' },
    { key: 'slope', unit: '1/year' },
    { key: 'slope_low', unit: '1/year' },
    { key: 'slope_high', unit: '1/year' },
    { key: 'value_2000' },
    { key: 's' },
    { key: 'tau' },
    { key: 'z' },
    { key: 'p' },
    { key: 'trend' },
    { key: 'curve_level' },
    { key: 'curve_slope', unit: '1/year' },
    ...waves,
    { key: 'r2' },
    { key: 'rmse' },
    { key: 'notes' },
  ];
}

function trendRow({ feature, layer, observations, values, trend, curve, notes }: FeatureSeries, { task }: SeriesJob) {
  const [first, last] = [values[0], values.at(-1)];
  const number = (value: number | undefined) => (value === undefined || !Number.isFinite(value) ? null : value);
  const waves = Array.from({ length: task.harmonics }, (_, index) => {
    const wave = curve?.harmonics[index];
    return [
      [`amplitude_${index + 1}`, number(wave?.amplitude)],
      [`peak_${index + 1}`, wave === undefined ? null : wave.peak * 365.25],
    ] as const;
  }).flat();
  return {
    feature_id: feature.id,
    feature: feature.name,
    layer,
    observations: observations.length,
    values: values.length,
    first: first === undefined ? null : timeText(first.time),
    last: last === undefined ? null : timeText(last.time),
    mean: values.length === 0 ? null : values.reduce((sum, { value }) => sum + value, 0) / values.length,
    slope: number(trend?.slope),
    slope_low: number(trend?.low),
    slope_high: number(trend?.high),
    value_2000: number(trend?.intercept),
    s: number(trend?.s),
    tau: number(trend?.tau),
    z: number(trend?.z),
    p: number(trend?.p),
    trend: trend?.verdict ?? null,
    curve_level: number(curve?.intercept),
    curve_slope: task.linear_term ? number(curve?.slope) : null,
    ...Object.fromEntries(waves),
    r2: number(curve?.r2),
    rmse: number(curve?.rmse),
    notes: notes.join('; '),
  };
}
