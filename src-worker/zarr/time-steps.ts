import type { CalendarDate } from './calendar.ts';
import { compareDates } from './cf-time.ts';

export type Period = 'all' | 'year' | 'season' | 'month' | 'season_of_year' | 'month_of_year';

/** One result over time: which time steps it takes together. */
export interface ResultStep {
  readonly label: string;
  readonly first: CalendarDate;
  readonly last: CalendarDate;
  /** Time steps in it. */
  readonly count: number;
  /** Which part of the reference period it is compared with. */
  readonly part: number;
}

/** How time steps are taken together. */
export interface TimePlan {
  readonly steps: readonly ResultStep[];
  /** The result that every time step belongs to; -1: none. */
  readonly stepOf: Int32Array;
  /** The part of the reference period that every time step belongs to; -1: none. */
  readonly partOf: Int32Array;
  /** Time steps in each part of the reference period; empty without one. */
  readonly partCounts: readonly number[];
  /** Whether a time step never belongs to an earlier result than the one before it. */
  readonly inOrder: boolean;
}

/** Both ends included; null: open. */
export interface DateInterval {
  readonly start: CalendarDate | null;
  readonly end: CalendarDate | null;
}

const seasons = ['DJF', 'MAM', 'JJA', 'SON'];
export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** December, January and February are season 0. */
function seasonOf(month: number): number {
  return Math.floor((month % 12) / 3);
}

/** Sorts time steps into results. A December counts to the season of the next year, as xarray's QS-DEC has it. */
export function planTime(
  dates: readonly CalendarDate[],
  period: Period,
  selected: DateInterval | null,
  reference: DateInterval | null,
): TimePlan {
  const stepOf = new Int32Array(dates.length).fill(-1);
  const partOf = new Int32Array(dates.length).fill(-1);
  const found = new Map<string, { label: string; order: number; part: number; at: number[] }>();
  dates.forEach((date, at) => {
    if (!isInside(date, selected)) return;
    const { key, label, order } = groupOf(date, period);
    const group = found.get(key) ?? { label, order, part: partIn(date, period), at: [] };
    found.set(key, group);
    group.at.push(at);
  });
  const groups = [...found.values()].sort((a, b) => a.order - b.order);
  const steps = groups.map(({ label, part, at }, step) => {
    for (const index of at) stepOf[index] = step;
    const own = at.map((index) => dates[index]).filter((date) => date !== undefined);
    const sorted = own.sort(compareDates);
    const [first = nowhere] = sorted;
    return {
      label: label || allLabel(first, sorted.at(-1) ?? first),
      first,
      last: sorted.at(-1) ?? first,
      count: at.length,
      part,
    };
  });
  const partCounts: number[] = [];
  if (reference !== null)
    dates.forEach((date, at) => {
      if (!isInside(date, reference)) return;
      const part = partIn(date, period);
      partOf[at] = part;
      partCounts[part] = (partCounts[part] ?? 0) + 1;
    });
  const used = Array.from(stepOf).filter((step) => step >= 0);
  return {
    steps,
    stepOf,
    partOf,
    partCounts: Array.from({ length: reference === null ? 0 : partsOf(period) }, (_, part) => partCounts[part] ?? 0),
    inOrder: used.every((step, index) => index === 0 || step >= (used[index - 1] ?? 0)),
  };
}

const nowhere: CalendarDate = { year: 0, month: 1, day: 1, ms: 0 };

function isInside(date: CalendarDate, interval: DateInterval | null): boolean {
  if (interval === null) return true;
  const { start, end } = interval;
  return (start === null || compareDates(date, start) >= 0) && (end === null || compareDates(date, end) <= 0);
}

function groupOf({ year, month }: CalendarDate, period: Period): { key: string; label: string; order: number } {
  const season = seasonOf(month);
  const seasonYear = month === 12 ? year + 1 : year;
  switch (period) {
    case 'all':
      return { key: '', label: '', order: 0 };
    case 'year':
      return { key: String(year), label: yearText(year), order: year };
    case 'season':
      return {
        key: `${seasonYear}/${season}`,
        label: `${yearText(seasonYear)} ${seasons[season] ?? ''}`,
        order: seasonYear * 4 + season,
      };
    case 'month':
      return {
        key: `${year}/${month}`,
        label: `${yearText(year)}-${String(month).padStart(2, '0')}`,
        order: year * 12 + month,
      };
    case 'season_of_year':
      return { key: String(season), label: seasons[season] ?? '', order: season };
    case 'month_of_year':
      return { key: String(month), label: monthNames[month - 1] ?? '', order: month };
  }
}

function partIn({ month }: CalendarDate, period: Period): number {
  if (period === 'month' || period === 'month_of_year') return month - 1;
  return period === 'season' || period === 'season_of_year' ? seasonOf(month) : 0;
}

function partsOf(period: Period): number {
  if (period === 'month' || period === 'month_of_year') return 12;
  return period === 'season' || period === 'season_of_year' ? 4 : 1;
}

function yearText(year: number): string {
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`;
}

function allLabel(first: CalendarDate, last: CalendarDate): string {
  return first.year === last.year ? yearText(first.year) : `${yearText(first.year)} to ${yearText(last.year)}`;
}
