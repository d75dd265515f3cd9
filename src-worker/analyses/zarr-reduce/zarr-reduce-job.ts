import { AppError } from '../../../src-shared/errors.ts';
import { parseInterval } from '../../../src-shared/task/fields.ts';
import type { Grid } from '../../raster/grid.ts';
import type { RunContext } from '../../run/context.ts';
import { textOf } from '../../zarr/attributes.ts';
import type { Axis } from '../../zarr/axes.ts';
import { axesOf } from '../../zarr/axes.ts';
import type { Calendar, CalendarDate } from '../../zarr/calendar.ts';
import { calendarOf } from '../../zarr/calendar.ts';
import { dateAt, dateText, parseTimeUnits, spanOf, timeMs } from '../../zarr/cf-time.ts';
import type { Packing } from '../../zarr/packing.ts';
import { packingOf } from '../../zarr/packing.ts';
import type { AxisLayout } from '../../zarr/regular-axis.ts';
import type { DateInterval, TimePlan } from '../../zarr/time-steps.ts';
import { planTime } from '../../zarr/time-steps.ts';
import type { ZarrArray } from '../../zarr/zarr-array.ts';
import type { ZarrStore } from '../../zarr/zarr-store.ts';
import { fixedIndexes } from './zarr-reduce-fixed.ts';
import type { ZarrReduceTask } from './zarr-reduce-grid.ts';
import { zarrGrid } from './zarr-reduce-grid.ts';

/** What is reduced, and how: everything that metadata and coordinates tell. */
export interface ReduceJob {
  readonly store: ZarrStore;
  readonly variable: ZarrArray;
  readonly packing: Packing;
  readonly analysis: ZarrReduceTask;
  readonly grid: Grid;
  /** Where the CRS comes from, in words. */
  readonly crsFrom: string;
  /** Places of the three dimensions in the variable. */
  readonly at: { readonly time: number; readonly y: number; readonly x: number };
  readonly rows: AxisLayout;
  readonly columns: AxisLayout;
  /** Index along every other dimension, by its place in the variable. */
  readonly fixed: ReadonlyMap<number, number>;
  /** What was chosen along the other dimensions, in words. */
  readonly chosen: readonly string[];
  readonly calendar: Calendar;
  readonly dates: readonly CalendarDate[];
  readonly time: TimePlan;
  readonly unit: string | null;
  readonly label: string;
  /** Attributes that a mark of synthetic data may stand in: of the variable and of its groups. */
  readonly attributes: readonly Readonly<Record<string, unknown>>[];
}

/** A COG with more bands is none that programs open; coarser periods say more. */
const mostSteps = 2_000;

/** Reads metadata and coordinates and checks that the task can be done on them. @throws AppError */
export async function reduceJob(ctx: RunContext, store: ZarrStore, analysis: ZarrReduceTask): Promise<ReduceJob> {
  const variable = await store.array(analysis.variable);
  const axes = await axesOf(ctx, store, variable);
  const [time, y, x] = [roleAxis(axes, 'time', variable), roleAxis(axes, 'y', variable), roleAxis(axes, 'x', variable)];
  const { fixed, chosen } = fixedIndexes(axes, analysis.select ?? {}, variable);
  const groups = groupsOf(variable.path);
  const attributes = [
    variable.facts.attributes,
    ...(await Promise.all(groups.map((path) => store.groupAttributes(path)))),
  ];
  const { calendar, dates } = datesOf(time);
  const selected = interval(analysis.datetime);
  const reference = interval(analysis.reference);
  const plan = planTime(dates, analysis.period, selected, reference);
  checkTime(plan, dates, analysis);
  const placed = await zarrGrid(ctx, store, variable, y, x, analysis, attributes);
  const { units, long_name: longName } = variable.facts.attributes;
  return {
    store,
    variable,
    packing: packingOf(variable.facts, variable.path),
    analysis,
    ...placed,
    at: { time: time.index, y: y.index, x: x.index },
    fixed,
    chosen,
    calendar,
    dates,
    time: plan,
    unit: typeof units === 'string' && units !== '' && units !== '1' ? units : null,
    label: typeof longName === 'string' && longName !== '' ? longName : (variable.path.split('/').at(-1) ?? ''),
    attributes,
  };
}

/** The group of an array and those above it, the root last: empty names the root. */
function groupsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.map((_, index) => parts.slice(0, parts.length - 1 - index).join('/'));
}

function roleAxis(axes: readonly Axis[], role: 'time' | 'x' | 'y', { path }: ZarrArray): Axis {
  const fits = axes.filter((axis) => axis.role === role);
  const [axis] = fits;
  if (axis !== undefined && fits.length === 1) return axis;
  const names = axes.map(({ name }) => name).join(', ') || 'none';
  const what = { time: 'time (units such as "days since 1850-01-01")', x: 'longitude or x', y: 'latitude or y' }[role];
  throw new AppError(
    'bad_data',
    `The array ${path} has ${fits.length === 0 ? 'no dimension' : 'several dimensions'} of ${what}. Its dimensions: ${names}.`,
    {
      remedy:
        role === 'time'
          ? 'Choose a variable with a time dimension that has a coordinate variable with units of time (CF conventions, 4.4).'
          : 'Choose a variable on a grid of longitude and latitude or of projected x and y. Unstructured and curvilinear grids must be regridded first, for example with cdo remapbil.',
    },
  );
}

function datesOf({ name, values, attributes }: Axis): { calendar: Calendar; dates: CalendarDate[] } {
  const calendar = calendarOf(attributes['calendar']);
  const text = textOf(attributes, 'units');
  const units = calendar === null ? null : parseTimeUnits(text, calendar);
  if (values === null || calendar === null || units === null)
    throw new AppError(
      'bad_data',
      values === null
        ? `The dimension ${name} has no coordinate variable, so its dates are not known.`
        : calendar === null
          ? `The calendar ${JSON.stringify(attributes['calendar'])} of ${name} is not one of the CF conventions.`
          : `The units of ${name}, ${JSON.stringify(text)}, are none of time in the calendar ${calendar}.`,
      {
        remedy:
          'Write the time coordinate as CF has it (4.4), such as "days since 1850-01-01" with calendar "standard".',
      },
    );
  const dates = Array.from(values, (value) => dateAt(timeMs(value, units), calendar));
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new AppError('bad_data', `The time coordinate ${name} has no value at position ${bad}.`, {
      remedy: 'The store is incomplete, or was still being written. Write the coordinate again.',
    });
  return { calendar, dates };
}

/** The interval of a task, which is Gregorian and in UTC, as dates that those of any calendar are compared with. */
function interval(text: string | undefined): DateInterval | null {
  if (text === undefined) return null;
  const bounds = parseInterval(text);
  const side = (ms: number): CalendarDate | null => (Number.isFinite(ms) ? dateAt(ms, 'proleptic_gregorian') : null);
  return bounds === null ? null : { start: side(bounds.start), end: side(bounds.end) };
}

function checkTime({ steps, partCounts }: TimePlan, dates: readonly CalendarDate[], analysis: ZarrReduceTask): void {
  const [first, last] = spanOf(dates);
  const range =
    first === undefined || last === undefined ? 'It holds none.' : `It holds ${dateText(first)} to ${dateText(last)}.`;
  if (steps.length === 0)
    throw new AppError('bad_data', `The store has no time step in ${analysis.datetime ?? 'it'}. ${range}`, {
      remedy: 'Choose a time that the store covers (analysis.datetime).',
    });
  if (analysis.reference !== undefined && partCounts.every((count) => count === 0))
    throw new AppError(
      'bad_data',
      `The store has no time step in the reference period ${analysis.reference}. ${range}`,
      {
        remedy: 'Choose a reference period that the store covers (analysis.reference).',
      },
    );
  if (steps.length > mostSteps)
    throw new AppError('over_limit', `The result would have ${steps.length} bands; at most ${mostSteps} are written.`, {
      remedy: 'Choose a longer period or a shorter time (analysis.period, analysis.datetime).',
      details: { limit: 'bands', asked: steps.length, allowed: mostSteps },
    });
}
