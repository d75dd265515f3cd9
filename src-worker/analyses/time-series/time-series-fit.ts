import type { z } from 'zod';
import type { TimeSeries } from '../../../src-shared/task/analyses/time-series.ts';
import { parseInterval } from '../../../src-shared/task/fields.ts';
import type { HarmonicFit } from '../../statistics/harmonic.ts';
import { fitHarmonics, harmonicTerms } from '../../statistics/harmonic.ts';
import type { MannKendall } from '../../statistics/mann-kendall.ts';
import { mannKendall } from '../../statistics/mann-kendall.ts';
import type { Sample, TheilSen } from '../../statistics/theil-sen.ts';
import { theilSen } from '../../statistics/theil-sen.ts';
import type { SeriesValue } from './time-series-values.ts';
import { calendar, monthlyMeans, yearsOf } from './time-series-values.ts';

export type TimeSeriesTask = z.infer<typeof TimeSeries>;

export interface Trend extends TheilSen, MannKendall {
  readonly verdict: 'increasing' | 'decreasing' | 'no significant trend';
}

export interface FittedSeries {
  readonly values: readonly SeriesValue[];
  /** Slope in units a year; x = 0 is 2000-01-01. */
  readonly trend: Trend | null;
  /** x in years since 2000-01-01. */
  readonly curve: HarmonicFit | null;
  /** One a value: what is normal then, null where that isn't known. */
  readonly normal: readonly (number | null)[];
  /** Why something is missing or rough, each a clause. */
  readonly notes: readonly string[];
}

/** Fewer values have no trend worth a number, and fewer than `sound` only a rough p (Kendall 1975). */
const fewest = 4;
const sound = 10;
/** Years of a month that make a normal. */
const normalYears = 2;

/** Trend, seasonal curve and normals of one series, as the task asks for them. */
export function fitSeries(values: readonly SeriesValue[], task: TimeSeriesTask): FittedSeries {
  const notes: string[] = [];
  const trend = task.trend === 'none' ? null : fitTrend(values, task, notes);
  const curve = task.harmonics === 0 ? null : fitCurve(values, task, notes);
  return { values, trend, curve, normal: normals(values, task, curve), notes };
}

function fitTrend(values: readonly SeriesValue[], task: TimeSeriesTask, notes: string[]): Trend | null {
  if (values.length < fewest) {
    notes.push(`no trend: ${values.length} of at least ${fewest} values`);
    return null;
  }
  const samples = task.trend === 'seasonal_mann_kendall' ? seasons(values) : [sampleOf(values)];
  const slope = theilSen(samples, task.confidence);
  if (slope === null) {
    notes.push(
      task.trend === 'seasonal_mann_kendall'
        ? 'no trend: no month was seen in two years'
        : 'no trend: all values have one time',
    );
    return null;
  }
  const count = samples.reduce((sum, { x }) => sum + x.length, 0);
  if (count < sound) notes.push(`p is rough: ${count} of ${sound} values for the normal approximation`);
  if (spanDays(values) < 0.9 * 365.25)
    notes.push(`the slope is that of ${Math.round(spanDays(values))} days: season and trend can’t be told apart`);
  const test = mannKendall(samples);
  const significant = test.p <= 1 - task.confidence;
  const verdict = !significant ? 'no significant trend' : test.s > 0 ? 'increasing' : 'decreasing';
  return { ...slope, ...test, verdict };
}

function spanDays(values: readonly SeriesValue[]): number {
  return ((values.at(-1)?.time ?? 0) - (values[0]?.time ?? 0)) / 86_400_000;
}

function sampleOf(values: readonly SeriesValue[]): Sample {
  return {
    x: Float64Array.from(values, ({ time }) => yearsOf(time)),
    y: Float64Array.from(values, ({ value }) => value),
  };
}

/** Monthly means as twelve samples: x is the middle of the month in years since 2000. */
function seasons(values: readonly SeriesValue[]): Sample[] {
  const means = monthlyMeans(values);
  return Array.from({ length: 12 }, (_, month) => {
    const own = means.filter((one) => one.month === month);
    return {
      x: Float64Array.from(own, ({ year }) => year - 2000 + (month + 0.5) / 12),
      y: Float64Array.from(own, ({ value }) => value),
    };
  }).filter(({ x }) => x.length > 1);
}

/** A curve is fitted to at least one whole period: less would only be extrapolated. */
function fitCurve(values: readonly SeriesValue[], task: TimeSeriesTask, notes: string[]): HarmonicFit | null {
  const { x, y } = sampleOf(values);
  const model = { period: task.period_days / 365.25, orders: task.harmonics, linear: task.linear_term };
  const days = spanDays(values);
  if (y.length <= harmonicTerms(model)) {
    notes.push(`no seasonal curve: ${y.length} values for ${harmonicTerms(model)} terms`);
    return null;
  }
  // A yearly series whose last scene comes some days early in the year still shows all seasons.
  if (days < 0.9 * task.period_days) {
    notes.push(`no seasonal curve: ${Math.round(days)} days of a period of ${task.period_days}`);
    return null;
  }
  const fit = fitHarmonics(x, y, model);
  if (fit === null) notes.push('no seasonal curve: the dates can’t tell its terms apart');
  return fit;
}

function normals(values: readonly SeriesValue[], task: TimeSeriesTask, curve: HarmonicFit | null): (number | null)[] {
  if (task.anomalies === 'none') return values.map(() => null);
  if (task.anomalies === 'harmonic') return values.map(({ time }) => curve?.at(yearsOf(time)) ?? null);
  const within = task.reference === undefined ? null : parseInterval(task.reference);
  const known = values.filter(({ time }) => within === null || (time >= within.start && time <= within.end));
  const means = monthlyMeans(known);
  const climatology = Array.from({ length: 12 }, (_, month) => {
    const own = means.filter((one) => one.month === month);
    return own.length < normalYears ? null : own.reduce((sum, { value }) => sum + value, 0) / own.length;
  });
  return values.map(({ time }) => climatology[calendar(time).month] ?? null);
}
