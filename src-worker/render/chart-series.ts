import type { TopLevelSpec } from 'vega-lite';
import { axisTitle, type ChartAxis } from './chart-config.ts';
import { emptyChart } from './chart-empty.ts';
import { timeTitle } from './chart-time-series.ts';
import { categories, ink, quietInk } from './palette.ts';

interface TimedValue {
  /** ms since 1970, UTC. */
  readonly time: number;
  readonly value: number;
}

export interface SeriesChartOptions {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly y: ChartAxis;
  readonly values: readonly TimedValue[];
  /** A curve through the values, close enough to be drawn by straight lines. */
  readonly curve: readonly TimedValue[] | null;
  /** The two ends of a straight line. */
  readonly trend: readonly TimedValue[] | null;
}

const seriesNames = { values: 'values', curve: 'seasonal curve', trend: 'Theil–Sen trend' } as const;
const noValue = 'No clear value on any date';

function timeAxis(values: readonly TimedValue[]) {
  return {
    field: 'time',
    type: 'temporal',
    scale: { type: 'utc', padding: 14 },
    axis: { title: timeTitle(values.map(({ time }) => time)), labelOverlap: 'greedy', tickCount: 6 },
  } as const;
}

/** One series as points with its seasonal curve and its trend. */
export function seriesChart({ values, curve, trend, ...options }: SeriesChartOptions): TopLevelSpec {
  const title = titleOf(options);
  if (values.length === 0) return emptyChart(title, noValue);
  const x = timeAxis(values);
  const shown = [
    { name: seriesNames.values, color: categories[0], rows: values },
    ...(curve === null ? [] : [{ name: seriesNames.curve, color: categories[2], rows: curve }]),
    ...(trend === null ? [] : [{ name: seriesNames.trend, color: categories[1], rows: trend }]),
  ];
  const names = shown.map(({ name }) => name);
  const color = {
    field: 'kind',
    type: 'nominal',
    scale: { domain: names, range: shown.map((one) => one.color) },
    legend: names.length > 1 ? { title: null, symbolType: 'stroke' } : null,
  } as const;
  const y = {
    field: 'value',
    type: 'quantitative',
    scale: { zero: false },
    axis: { title: axisTitle(options.y) },
  } as const;
  const data = (name: string) => ({
    values: (shown.find((one) => one.name === name)?.rows ?? []).map((row) => ({ ...row, kind: name })),
  });
  return {
    title,
    width: 640,
    height: 300,
    layer: [
      {
        data: data(seriesNames.curve),
        mark: { type: 'line', strokeWidth: 1.5, opacity: 0.9 },
        encoding: { x, y, color },
      },
      {
        data: data(seriesNames.trend),
        mark: { type: 'line', strokeWidth: 2, strokeDash: [7, 4] },
        encoding: { x, y, color },
      },
      {
        data: data(seriesNames.values),
        mark: { type: 'point', filled: true, opacity: 0.9, size: 34, stroke: '#ffffff', strokeWidth: 0.75 },
        encoding: { x, y, color },
      },
    ],
  };
}

export interface AnomalyChartOptions {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly y: ChartAxis;
  readonly anomalies: readonly TimedValue[];
}

/** Departures from normal as bars up and down from 0. */
export function anomalyChart({ anomalies, ...options }: AnomalyChartOptions): TopLevelSpec {
  const title = titleOf(options);
  if (anomalies.length === 0) return emptyChart(title, 'No date with a normal to compare with');
  const above = 'above normal';
  const below = 'below normal';
  return {
    title,
    width: 640,
    height: 240,
    layer: [
      {
        data: { values: anomalies.map((row) => ({ ...row, side: row.value >= 0 ? above : below })) },
        mark: { type: 'rule', strokeWidth: Math.max(1.5, Math.min(9, 420 / anomalies.length)) },
        encoding: {
          x: timeAxis(anomalies),
          y: { field: 'value', type: 'quantitative', axis: { title: axisTitle(options.y) } },
          y2: { datum: 0 },
          color: {
            field: 'side',
            type: 'nominal',
            scale: { domain: [above, below], range: [categories[0], categories[1]] },
            legend: { title: null },
          },
        },
      },
      { data: { values: [{}] }, mark: { type: 'rule', color: ink, strokeWidth: 1 }, encoding: { y: { datum: 0 } } },
    ],
  };
}

export interface IntervalChartOptions {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly x: ChartAxis;
  /** Drawn from top to bottom. */
  readonly rows: readonly {
    readonly label: string;
    readonly value: number;
    readonly low: number;
    readonly high: number;
    /** Drawn in colour, the others in grey. */
    readonly strong: boolean;
  }[];
  /** What coloured and grey rows stand for. */
  readonly kinds: { readonly strong: string; readonly weak: string };
}

/** Numbers with their intervals, one a row, around a line at 0. */
export function intervalChart({ rows, kinds, ...options }: IntervalChartOptions): TopLevelSpec {
  const title = titleOf(options);
  if (rows.length === 0) return emptyChart(title, 'No series has a trend');
  const values = rows.map((row, index) => ({
    ...row,
    row: String(index),
    kind: row.strong ? kinds.strong : kinds.weak,
  }));
  const y = {
    field: 'row',
    type: 'nominal',
    sort: null,
    axis: {
      title: null,
      grid: true,
      labelLimit: 240,
      // The rows' labels come from the data by position, so that two rows of one name stay two.
      labelExpr: `${JSON.stringify(rows.map(({ label }) => label))}[toNumber(datum.value)]`,
    },
  } as const;
  const x = { type: 'quantitative', axis: { title: axisTitle(options.x), grid: true } } as const;
  const color = {
    field: 'kind',
    type: 'nominal',
    scale: { domain: [kinds.strong, kinds.weak], range: [categories[0], quietInk] },
    legend: { title: null },
  } as const;
  return {
    title,
    width: 640,
    height: 84 + rows.length * 24,
    // The descenders of the axis title reach below the axis.
    padding: { left: 0, right: 0, top: 0, bottom: 4 },
    data: { values },
    layer: [
      { mark: { type: 'rule', color: ink, strokeWidth: 1 }, encoding: { x: { ...x, datum: 0 } } },
      {
        mark: { type: 'rule', strokeWidth: 2.5, opacity: 0.55 },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, color },
      },
      {
        mark: { type: 'point', filled: true, opacity: 1, size: 64 },
        encoding: { x: { ...x, field: 'value' }, y, color },
      },
    ],
  };
}

function titleOf({ title, subtitle }: { readonly title: string; readonly subtitle?: string | undefined }) {
  return { text: title, ...(subtitle !== undefined && subtitle !== '' && { subtitle }) };
}
