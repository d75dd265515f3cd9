import { indexFormulas } from '../shared/index-formula.ts';
import { maskText } from '../shared/cloud-mask.ts';
import type { Trend } from './time-series-fit.ts';
import type { SeriesJob } from './time-series-series.ts';

/** `NDVI` for the index, a band's own name else. */
export function layerTitle(layer: string): string {
  return Object.hasOwn(indexFormulas, layer) ? indexFormulas[layer as keyof typeof indexFormulas].title : layer;
}

/** A number with three digits, as charts and sentences have it. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(3))).replaceAll('-', '−');
}

/** `−0.012 per year (95 % interval −0.015 to −0.009), p = 0.0004: decreasing`. */
export function trendText({ slope, low, high, p, verdict }: Trend, confidence: number): string {
  const share = Number((100 * confidence).toFixed(1));
  const probability = p < 0.0001 ? 'p < 0.0001' : `p = ${rounded(p)}`;
  const interval =
    Number.isFinite(low) && Number.isFinite(high)
      ? `${share} % interval ${rounded(low)} to ${rounded(high)}`
      : 'no interval: too many ties';
  return `${rounded(slope)} per year (${interval}), ${probability}: ${verdict}`;
}

/** How the values came about and what was made of them, one paragraph a step. */
export function methodText({ task, layers, origin }: SeriesJob): string[] {
  const formula = task.index === undefined ? null : indexFormulas[task.index];
  const seasonal = task.trend === 'seasonal_mann_kendall';
  return [
    ...(formula === null ? [] : [`${formula.title} = ${formula.formula} (${formula.source}), in float64.`]),
    `Within a polygon the value of a scene is the mean of its clear pixels, each weighted by the exact share that the polygon covers of it; it counts when at least ${Number((100 * task.min_clear_share).toFixed(1))} % of the polygon’s area are clear${task.combine === 'day' ? ', the clear shares of the day’s scenes added (at most 100 %; ground that two of them show counts twice)' : ''}. At a point it is ${task.point_sampling === 'nearest' ? 'the pixel that holds it' : 'the bilinear mean of the four pixels around it, of those that are clear'}. ${maskText(task.mask)} Grid: ${origin}.`,
    task.combine === 'day'
      ? 'Scenes of one day (UTC) give one value, their mean weighted by clear shares.'
      : 'Every scene gives a value of its own.',
    ...(task.trend === 'none'
      ? []
      : [
          `Trend: the median of the slopes between all pairs of values${seasonal ? ' of the same calendar month, as means of the month' : ''} (Theil 1950, Sen 1968) with Sen’s interval, in ${layers.length === 1 ? `${layerTitle(layers[0] ?? '')} units` : 'units of the layer'} per year of 365.25 days; significance by the ${seasonal ? 'seasonal Kendall test (Hirsch, Slack and Smith 1982)' : 'Mann–Kendall test (Mann 1945, Kendall 1975)'}, two-sided, with correction for ties and continuity. The test takes values as independent: where neighbours in time are alike, p is too small.`,
        ]),
    ...(task.harmonics === 0
      ? []
      : [
          `Seasonal curve: least squares of a constant${task.linear_term ? ', a linear term' : ''} and ${task.harmonics} ${task.harmonics === 1 ? 'wave' : 'waves'} over ${task.period_days} days. Peaks are days after the beginning of a period, counted from 2000-01-01.`,
        ]),
    ...(task.anomalies === 'none'
      ? []
      : [
          task.anomalies === 'harmonic'
            ? 'An anomaly is the value less the seasonal curve at its time.'
            : `An anomaly is the value less the mean of its calendar month (of monthly means${task.reference === undefined ? '' : ` in ${task.reference}`}); a month that was seen in fewer than two years has none.`,
        ]),
  ];
}
