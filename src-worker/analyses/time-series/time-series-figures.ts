import { renderChoropleth } from '../../render/choropleth.ts';
import { anomalyChart, intervalChart, seriesChart } from '../../render/chart-series.ts';
import type { ReportFigure } from '../../render/report.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { capitalised, counted } from '../shared/words.ts';
import { valueRange } from '../../render/value-range.ts';
import { writeChart } from '../shared/write-figures.ts';
import { layerTitle, trendText } from './time-series-words.ts';
import type { FeatureSeries, SeriesJob } from './time-series-series.ts';
import { yearsOf } from './time-series-values.ts';

/** More charts than this make a report nobody reads; the tables hold all series. */
const mostCharts = 12;
const mostAnomalyCharts = 6;
const mostRows = 40;
/** Points at which a seasonal curve is drawn. */
const curvePoints = 240;

/** A chart of each of the first series: values, seasonal curve and trend. */
export async function drawSeries(
  ctx: RunContext,
  outputs: Outputs,
  { task }: SeriesJob,
  series: readonly FeatureSeries[],
): Promise<ReportFigure[]> {
  const figures: ReportFigure[] = [];
  for (const [index, one] of series.slice(0, mostCharts).entries()) {
    const { values, curve, trend, feature, layer } = one;
    const first = values[0]?.time ?? 0;
    const last = values.at(-1)?.time ?? 0;
    const title = `${layerTitle(layer)} · ${feature.name}`;
    const href = await writeChart(
      ctx,
      outputs,
      `series_${index + 1}`,
      seriesChart({
        title,
        subtitle: trend === null ? (one.notes[0] ?? '') : trendText(trend, task.confidence),
        y: { label: layerTitle(layer) },
        values: values.map(({ time, value }) => ({ time, value })),
        curve:
          curve === null
            ? null
            : Array.from({ length: curvePoints + 1 }, (_, i) => {
                const time = first + ((last - first) * i) / curvePoints;
                return { time, value: curve.at(yearsOf(time)) };
              }),
        trend:
          trend === null
            ? null
            : [first, last].map((time) => ({ time, value: trend.intercept + trend.slope * yearsOf(time) })),
      }),
    );
    figures.push({ href, alt: `${title} over time` });
  }
  return figures;
}

/** A chart of the anomalies of each of the first series that has some. */
export async function drawAnomalies(
  ctx: RunContext,
  outputs: Outputs,
  { task }: SeriesJob,
  series: readonly FeatureSeries[],
): Promise<ReportFigure[]> {
  const figures: ReportFigure[] = [];
  for (const [index, { values, normal, feature, layer }] of series.slice(0, mostAnomalyCharts).entries()) {
    const anomalies = values.flatMap(({ time, value }, i) => {
      const usual = normal[i] ?? null;
      return usual === null ? [] : [{ time, value: value - usual }];
    });
    if (anomalies.length === 0) continue;
    const title = `${layerTitle(layer)} anomaly · ${feature.name}`;
    const href = await writeChart(
      ctx,
      outputs,
      `anomalies_${index + 1}`,
      anomalyChart({
        title,
        subtitle:
          task.anomalies === 'harmonic'
            ? 'Departure from the seasonal curve'
            : `Departure from the mean of the calendar month${task.reference === undefined ? '' : ` of ${task.reference}`}`,
        y: { label: `${layerTitle(layer)} anomaly` },
        anomalies,
      }),
    );
    figures.push({ href, alt: `${title} over time` });
  }
  return figures;
}

/** The slopes of one layer's features beside each other, with their intervals; null without a trend. */
export async function drawSlopes(
  ctx: RunContext,
  outputs: Outputs,
  { task, layers }: SeriesJob,
  series: readonly FeatureSeries[],
): Promise<ReportFigure[]> {
  const figures: ReportFigure[] = [];
  for (const [index, layer] of layers.entries()) {
    const own = series.filter((one) => one.layer === layer && one.trend !== null);
    if (own.length < 2) continue;
    const share = `${Number((100 * task.confidence).toFixed(1))} %`;
    const cut = own.length > mostRows ? `; the first ${mostRows} of ${counted(own.length, 'feature')}` : '';
    const href = await writeChart(
      ctx,
      outputs,
      `slopes_${index + 1}`,
      intervalChart({
        title: `Trend of ${layerTitle(layer)}`,
        subtitle: `Theil–Sen slope with its ${share} interval${cut}`,
        x: { label: `${layerTitle(layer)} per year` },
        rows: own.slice(0, mostRows).flatMap(({ feature, trend }) =>
          trend === null
            ? []
            : [
                {
                  label: feature.name,
                  value: trend.slope,
                  // Without an interval the point stands alone.
                  low: Number.isFinite(trend.low) ? trend.low : trend.slope,
                  high: Number.isFinite(trend.high) ? trend.high : trend.slope,
                  strong: trend.verdict !== 'no significant trend',
                },
              ],
        ),
        kinds: { strong: 'significant', weak: 'not significant' },
      }),
    );
    figures.push({ href, alt: capitalised(`slopes of ${layerTitle(layer)} with their intervals`) });
  }
  return figures;
}

/** The features coloured by the slope of a layer, or by its mean where no trend was asked for. Gives the path of the picture. */
export async function drawMap(
  ctx: RunContext,
  outputs: Outputs,
  { task, layers }: SeriesJob,
  series: readonly FeatureSeries[],
): Promise<string> {
  const [layer = ''] = layers;
  const isTrend = task.trend !== 'none';
  const features = series
    .filter((one) => one.layer === layer)
    .map(({ feature, trend, values }) => ({
      geometry: feature.geometry,
      value: isTrend ? (trend?.slope ?? null) : meanOf(values),
    }));
  const known = features.flatMap(({ value }) => (value === null ? [] : [value]));
  const [least, most] = valueRange(known) ?? [0, 1];
  const reach = Math.max(Math.abs(least), Math.abs(most)) || 1;
  const { png, svg } = await renderChoropleth({
    title: isTrend ? `Trend of ${layerTitle(layer)}` : `Mean of ${layerTitle(layer)}`,
    subtitle: `${isTrend ? 'Theil–Sen slope' : 'Mean of all values'} of ${counted(features.length, 'feature')}`,
    mark: ctx.mark,
    features,
    label: isTrend ? `${layerTitle(layer)} per year` : layerTitle(layer),
    colouring: isTrend ? { ramp: 'rdbu', stretch: [-reach, reach] } : { ramp: 'viridis', stretch: [least, most] },
  });
  await outputs.write('figures/map.png', png);
  await outputs.write('figures/map.svg', new TextEncoder().encode(svg));
  return 'figures/map.png';
}

function meanOf(values: FeatureSeries['values']): number | null {
  return values.length === 0 ? null : values.reduce((sum, { value }) => sum + value, 0) / values.length;
}
