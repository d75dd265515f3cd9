import type { TopLevelSpec } from 'vega-lite';
import { AppError } from '../../src-shared/errors.ts';
import { axisTitle, type ChartAxis } from './chart-config.ts';
import { emptyChart } from './chart-empty.ts';

export interface TimeSeriesPoint {
  /** ISO 8601; UTC where no offset is given. */
  readonly datetime: string;
  /** Null or NaN leaves a gap in the line. */
  readonly value: number | null;
  readonly low?: number | null | undefined;
  readonly high?: number | null | undefined;
}

export interface TimeSeries {
  readonly name: string;
  /** False: points only, each with its own range, where a line would join what does not belong together. */
  readonly joined?: boolean | undefined;
  readonly points: readonly TimeSeriesPoint[];
}

export interface TimeSeriesChartOptions {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly y: ChartAxis;
  readonly series: readonly TimeSeries[];
  /** What the band between `low` and `high` is, such as `minimum to maximum` or `mean ± 1 standard deviation`. */
  readonly band?: string | undefined;
}

const zoneless = /^\d{4}-\d{2}-\d{2}T[\d:.]+$/;

/** Points at their dates (UTC), joined in time order, with a band from `low` to `high` where both are given. */
export function timeSeriesChart(options: TimeSeriesChartOptions): TopLevelSpec {
  const rows = options.series.flatMap(({ name, points }) =>
    points
      .map((point) => ({
        time: epoch(point.datetime),
        series: name,
        value: finite(point.value),
        low: finite(point.low),
        high: finite(point.high),
      }))
      .toSorted((one, other) => one.time - other.time),
  );
  const band = options.band === undefined ? '' : `band: ${options.band}`;
  const subtitle = [options.subtitle ?? '', band].filter((part) => part !== '').join(' · ');
  const title = { text: options.title, ...(subtitle !== '' && { subtitle }) };
  if (rows.every(({ value }) => value === null)) return emptyChart(title, 'No valid pixels on any date');
  const x = {
    field: 'time',
    type: 'temporal',
    scale: { type: 'utc', padding: 14 },
    axis: { title: timeTitle(rows.map(({ time }) => time)), labelOverlap: 'greedy', tickCount: 6 },
  } as const;
  const y = { type: 'quantitative', scale: { zero: false }, axis: { title: axisTitle(options.y) } } as const;
  const names = options.series.map(({ name }) => name);
  const legend = names.length > 1 ? { title: null } : null;
  const color = { field: 'series', type: 'nominal', scale: { domain: names }, legend } as const;
  const apart = new Set(options.series.filter(({ joined }) => joined === false).map(({ name }) => name));
  const joined = rows.filter(({ series }) => !apart.has(series));
  const withBand = rows.filter(({ low, high }) => low !== null && high !== null);
  return {
    title,
    width: 640,
    height: 320,
    layer: [
      {
        data: { values: joined },
        mark: { type: 'area', opacity: 0.16, invalid: 'break-paths-show-path-domains' },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      {
        data: { values: withBand },
        mark: { type: 'rule', opacity: 0.4 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      {
        data: { values: joined },
        mark: { type: 'line', strokeWidth: 1.75, invalid: 'break-paths-show-path-domains' },
        encoding: { x, y: { ...y, field: 'value' }, color },
      },
      {
        data: { values: rows },
        mark: {
          type: 'point',
          filled: true,
          opacity: 1,
          size: 44,
          stroke: '#ffffff',
          strokeWidth: 1,
          invalid: 'filter',
        },
        encoding: {
          x,
          y: { ...y, field: 'value' },
          color,
          ...(names.length > 1 && { shape: { field: 'series', type: 'nominal', scale: { domain: names }, legend } }),
        },
      },
    ],
  };
}

/** The ticks name no year when all points lie in one: the title does. */
export function timeTitle(times: readonly number[]): string {
  const years = new Set(times.map((time) => new Date(time).getUTCFullYear()));
  const [year] = years;
  return years.size === 1 && year !== undefined ? `date in ${year} (UTC)` : 'date (UTC)';
}

function epoch(datetime: string): number {
  const time = Date.parse(zoneless.test(datetime) ? `${datetime}Z` : datetime);
  if (Number.isNaN(time)) throw new AppError('bad_data', `'${datetime}' is not an ISO 8601 date`);
  return time;
}

function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
