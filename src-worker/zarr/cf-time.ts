import type { Calendar, CalendarDate } from './calendar.ts';
import { dateOf, dayNumber, isDate } from './calendar.ts';

export const dayMs = 86_400_000;

/** Milliseconds of the units of time that UDUNITS knows; months and years only where the calendar gives them one length. */
const unitMs: Readonly<Record<string, number>> = {
  nanosecond: 1e-6,
  nsec: 1e-6,
  ns: 1e-6,
  microsecond: 1e-3,
  microsec: 1e-3,
  us: 1e-3,
  millisecond: 1,
  millisec: 1,
  msec: 1,
  ms: 1,
  second: 1e3,
  sec: 1e3,
  s: 1e3,
  minute: 6e4,
  min: 6e4,
  hour: 3.6e6,
  hr: 3.6e6,
  h: 3.6e6,
  day: dayMs,
  d: dayMs,
  week: 7 * dayMs,
};

const since =
  /^\s*([a-z]+)\s+since\s+([+-]?\d{1,6})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?)?)?\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?\s*$/i;

/** How the numbers of a time coordinate become dates. */
export interface TimeUnits {
  readonly calendar: Calendar;
  /** Milliseconds of one unit. */
  readonly unitMs: number;
  /** Milliseconds from day 0 of the calendar's day numbers to the reference date. */
  readonly originMs: number;
}

export function isTimeUnits(units: unknown): units is string {
  return typeof units === 'string' && /^\s*[a-z_]+\s+since\s/i.test(units);
}

/** Parses `days since 1850-01-01 00:00:00` (CF 1.11, 4.4). Null when the unit or the date is none of the calendar. */
export function parseTimeUnits(units: string, calendar: Calendar): TimeUnits | null {
  const match = since.exec(units);
  if (match === null) return null;
  const [, name = '', yearText, monthText, dayText, hours = '0', minutes = '0', seconds = '0', zone] = match;
  const [year, month, day] = [Number(yearText), Number(monthText), Number(dayText)];
  if (!isDate(calendar, year, month, day) || Number(hours) > 24 || Number(minutes) > 59 || Number(seconds) >= 61)
    return null;
  // These two calendars have no year 0.
  if ((calendar === 'standard' || calendar === 'julian') && year < 1) return null;
  const length = lengthOf(name.toLowerCase(), calendar);
  if (length === null) return null;
  const ofDay = (Number(hours) * 60 + Number(minutes)) * 6e4 + Number(seconds) * 1e3;
  return { calendar, unitMs: length, originMs: dayNumber(calendar, year, month, day) * dayMs + ofDay - zoneMs(zone) };
}

function lengthOf(name: string, calendar: Calendar): number | null {
  const singular = name.length > 2 ? name.replace(/s$/, '') : name;
  const fixed = unitMs[name] ?? unitMs[singular];
  if (fixed !== undefined) return fixed;
  if (singular === 'month') return calendar === '360_day' ? 30 * dayMs : null;
  if (singular !== 'year') return null;
  return calendar === '360_day' ? 360 * dayMs : null;
}

function zoneMs(zone: string | undefined): number {
  const match = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone ?? '');
  if (match === null) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? 0)) * 6e4;
}

/** Milliseconds since day 0 of the calendar, to the nearest one; NaN stays. */
export function timeMs(value: number, { unitMs: length, originMs }: TimeUnits): number {
  return originMs + Math.round(value * length);
}

/** The date of milliseconds since day 0 of the calendar. */
export function dateAt(ms: number, calendar: Calendar): CalendarDate {
  const days = Math.floor(ms / dayMs);
  return { ...dateOf(calendar, days), ms: ms - days * dayMs };
}

/** `2001-02-30`, and the time of day when it is not midnight: `2001-02-30T06:00:00`. */
export function dateText({ year, month, day, ms }: CalendarDate): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const sign = year < 0 ? '-' : '';
  const date = `${sign}${String(Math.abs(year)).padStart(4, '0')}-${two(month)}-${two(day)}`;
  if (ms === 0) return date;
  const seconds = Math.floor(ms / 1_000);
  return `${date}T${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** The same day where a real calendar has it, else the last one of its month: RFC 3339, for catalogues and axes. */
export function isoInstant({ year, month, day, ms }: CalendarDate): string | null {
  if (year < 0 || year > 9_999) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  date.setUTCDate(Math.min(day, date.getUTCDate()));
  return new Date(date.getTime() + ms).toISOString();
}

/** Orders dates of one calendar; also against dates of the task, which are Gregorian: 02-28 is before 02-30, which is before 03-01. */
export function compareDates(a: CalendarDate, b: CalendarDate): number {
  return a.year - b.year || a.month - b.month || a.day - b.day || a.ms - b.ms;
}

/** The earliest and the latest of dates in any order; nothing when there is none. */
export function spanOf(dates: readonly CalendarDate[]): [first?: CalendarDate, last?: CalendarDate] {
  const [one] = dates;
  if (one === undefined) return [];
  let [first, last] = [one, one];
  for (const date of dates) {
    if (compareDates(date, first) < 0) first = date;
    if (compareDates(date, last) > 0) last = date;
  }
  return [first, last];
}
