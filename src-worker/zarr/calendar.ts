/** The calendars of the CF conventions (1.11, 4.4.1); `standard` is the mixed one, Julian before 1582-10-15. */
export type Calendar = 'standard' | 'proleptic_gregorian' | 'julian' | 'noleap' | 'all_leap' | '360_day';

const names: Readonly<Record<string, Calendar>> = {
  standard: 'standard',
  gregorian: 'standard',
  proleptic_gregorian: 'proleptic_gregorian',
  julian: 'julian',
  noleap: 'noleap',
  '365_day': 'noleap',
  all_leap: 'all_leap',
  '366_day': 'all_leap',
  '360_day': '360_day',
};

/** The calendar that an attribute names, whatever its case; `standard` when there is none, null for one that is not known. */
export function calendarOf(attribute: unknown): Calendar | null {
  return attribute === undefined
    ? 'standard'
    : ((typeof attribute === 'string' ? names[attribute.toLowerCase()] : null) ?? null);
}

/** A point in time of some calendar: month and day from 1, milliseconds since midnight. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly ms: number;
}

const common = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
const leap = common.map((days, month) => (month > 1 ? days + 1 : days));
/** The first day of the Gregorian calendar, 1582-10-15, in days since 1970-01-01. */
const cutover = -141_427;
const [gregorianShift, julianShift] = [719_468, 719_470];

/** Number of a day: any two days of one calendar are as many apart as their numbers. */
export function dayNumber(calendar: Calendar, year: number, month: number, day: number): number {
  switch (calendar) {
    case 'noleap':
      return year * 365 + (common[month - 1] ?? 0) + day - 1;
    case 'all_leap':
      return year * 366 + (leap[month - 1] ?? 0) + day - 1;
    case '360_day':
      return year * 360 + (month - 1) * 30 + day - 1;
    case 'julian':
      return julianDay(year, month, day);
    case 'proleptic_gregorian':
      return gregorianDay(year, month, day);
    case 'standard': {
      const isGregorian = year > 1582 || (year === 1582 && (month > 10 || (month === 10 && day >= 15)));
      return isGregorian ? gregorianDay(year, month, day) : julianDay(year, month, day);
    }
  }
}

/** The date of a day number. */
export function dateOf(calendar: Calendar, days: number): Omit<CalendarDate, 'ms'> {
  switch (calendar) {
    case 'noleap':
      return byTable(days, 365, common);
    case 'all_leap':
      return byTable(days, 366, leap);
    case '360_day': {
      const year = Math.floor(days / 360);
      const rest = days - year * 360;
      return { year, month: Math.floor(rest / 30) + 1, day: (rest % 30) + 1 };
    }
    case 'julian':
      return fromJulian(days);
    case 'proleptic_gregorian':
      return fromGregorian(days);
    case 'standard':
      return days >= cutover ? fromGregorian(days) : fromJulian(days);
  }
}

/** Whether the calendar has such a day. */
export function isDate(calendar: Calendar, year: number, month: number, day: number): boolean {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return false;
  const back = dateOf(calendar, dayNumber(calendar, year, month, day));
  return back.year === year && back.month === month && back.day === day;
}

function byTable(days: number, length: number, starts: readonly number[]): Omit<CalendarDate, 'ms'> {
  const year = Math.floor(days / length);
  const rest = days - year * length;
  const month = starts.findLastIndex((start) => start <= rest) + 1;
  return { year, month, day: rest - (starts[month - 1] ?? 0) + 1 };
}

// Years are counted from March, so that a leap day is the last of its year (H. Hinnant, chrono-compatible date algorithms).
function marchDays(month: number, day: number): number {
  return Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
}

function gregorianDay(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + marchDays(month, day);
  return era * 146_097 + dayOfEra - gregorianShift;
}

function fromGregorian(days: number): Omit<CalendarDate, 'ms'> {
  const shifted = days + gregorianShift;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  return fromMarch(yearOfEra + era * 400, dayOfYear);
}

function julianDay(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 4);
  return era * 1_461 + (marchYear - era * 4) * 365 + marchDays(month, day) - julianShift;
}

function fromJulian(days: number): Omit<CalendarDate, 'ms'> {
  const shifted = days + julianShift;
  const era = Math.floor(shifted / 1_461);
  const dayOfEra = shifted - era * 1_461;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1_460)) / 365);
  return fromMarch(yearOfEra + era * 4, dayOfEra - 365 * yearOfEra);
}

function fromMarch(marchYear: number, dayOfYear: number): Omit<CalendarDate, 'ms'> {
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted + (shifted < 10 ? 3 : -9);
  return {
    year: marchYear + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}
