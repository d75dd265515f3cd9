import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../../src-worker/zarr/calendar.ts';
import { calendarOf, dateOf, dayNumber, isDate } from '../../../src-worker/zarr/calendar.ts';
import { dateAt, dateText, isoInstant, parseTimeUnits, timeMs } from '../../../src-worker/zarr/cf-time.ts';
import { planTime } from '../../../src-worker/zarr/time-steps.ts';
import { hasOracle } from '../../helpers/python.ts';
import { random } from '../raster/support.ts';
import { ask } from './support.ts';

const calendars: readonly Calendar[] = ['standard', 'proleptic_gregorian', 'julian', 'noleap', 'all_leap', '360_day'];

const units = [
  'days since 1850-01-01',
  'hours since 1900-01-01 00:00:0.0',
  'seconds since 1970-01-01T00:00:00Z',
  'minutes since 2000-02-28 23:59:30 +01:30',
  'milliseconds since 1999-12-30 6:00',
  'days since 0001-01-01 12:00:00',
  'days since 1582-10-04',
];

describe('dates of the CF calendars', () => {
  it.skipIf(!hasOracle)('are those of cftime', { timeout: 120_000 }, async () => {
    const next = random(11);
    const questions = calendars.flatMap((calendar) =>
      units.flatMap((unit) =>
        Array.from({ length: 60 }, () => {
          const days = next() * 400_000;
          const scale = { d: 1, h: 24, s: 86_400, m: 1_440 }[unit.charAt(0)] ?? 1;
          const exact = unit.startsWith('milli') ? 86_400_000 : scale;
          return [
            unit.startsWith('days') ? Math.floor(days) + 0.25 : Math.floor(days * exact),
            unit,
            calendar,
          ] as const;
        }),
      ),
    );
    const answers = await ask<[number, number, number, number][]>('dates.py', questions);
    const ours = questions.map(([value, unit, calendar]) => {
      const parsed = parseTimeUnits(unit, calendar);
      if (parsed === null) throw new Error(`${unit} in ${calendar} was not understood`);
      const { year, month, day, ms } = dateAt(timeMs(value, parsed), calendar);
      return [year, month, day, ms];
    });
    expect(ours).toEqual(answers);
    expect(ours.length).toBe(2_520);
  });

  it('come back from their day numbers', () => {
    fc.assert(
      fc.property(fc.constantFrom(...calendars), fc.integer({ min: -800_000, max: 1_500_000 }), (calendar, days) => {
        const { year, month, day } = dateOf(calendar, days);
        expect(isDate(calendar, year, month, day)).toBe(true);
        expect(dayNumber(calendar, year, month, day)).toBe(days);
      }),
    );
  });

  it('leave out the ten days of 1582, and know 30 February', () => {
    const cut = dayNumber('standard', 1582, 10, 4);
    expect(dateOf('standard', cut + 1)).toEqual({ year: 1582, month: 10, day: 15 });
    expect(isDate('standard', 1582, 10, 10)).toBe(false);
    expect(isDate('360_day', 2001, 2, 30)).toBe(true);
    expect(isDate('noleap', 2000, 2, 29)).toBe(false);
    expect(isDate('all_leap', 2001, 2, 29)).toBe(true);
  });

  it.each([
    ['months since 2000-01-01', 'standard'],
    ['years since 2000-01-01', 'noleap'],
    ['days since 2001-02-30', 'standard'],
    ['days since 0000-01-01', 'standard'],
    ['days since yesterday', 'standard'],
    ['fortnights since 2000-01-01', 'standard'],
    ['days after 2000-01-01', 'standard'],
    ['days since 2000-01-01 10:99', 'standard'],
  ] as const)('refuses %s in %s', (text, calendar) => {
    expect(parseTimeUnits(text, calendar)).toBeNull();
  });

  it('takes months of 30 days where the calendar has them', () => {
    const parsed = parseTimeUnits('months since 2000-01-01', '360_day');
    if (parsed === null) throw new Error('not understood');
    expect(dateText(dateAt(timeMs(13, parsed), '360_day'))).toBe('2001-02-01');
  });

  it('knows the calendars by all their names, and no others', () => {
    expect(['gregorian', 'Standard', '365_day', '366_day', undefined].map(calendarOf)).toEqual([
      'standard',
      'standard',
      'noleap',
      'all_leap',
      'standard',
    ]);
    expect(calendarOf('mayan')).toBeNull();
    expect(calendarOf({})).toBeNull();
  });

  it('are written as RFC 3339 with a day that exists', () => {
    expect(isoInstant({ year: 2001, month: 2, day: 30, ms: 3_600_000 })).toBe('2001-02-28T01:00:00.000Z');
    expect(isoInstant({ year: 1, month: 1, day: 1, ms: 0 })).toBe('0001-01-01T00:00:00.000Z');
    expect(isoInstant({ year: -4, month: 1, day: 1, ms: 0 })).toBeNull();
  });
});

describe('periods', () => {
  const date = (year: number, month: number, day = 15) => ({ year, month, day, ms: 0 });

  it('put a December into the season of the next year', () => {
    const { steps, stepOf } = planTime(
      [date(2000, 11), date(2000, 12), date(2001, 2), date(2001, 3)],
      'season',
      null,
      null,
    );
    expect(steps.map(({ label, count }) => [label, count])).toEqual([
      ['2000 SON', 1],
      ['2001 DJF', 2],
      ['2001 MAM', 1],
    ]);
    expect([...stepOf]).toEqual([0, 1, 1, 2]);
  });

  it('take time steps in any order, and say so', () => {
    const plan = planTime([date(2001, 2), date(2000, 12), date(2001, 2, 20)], 'month', null, null);
    expect(plan.inOrder).toBe(false);
    expect(plan.steps.map(({ label }) => label)).toEqual(['2000-12', '2001-02']);
    expect([...plan.stepOf]).toEqual([1, 0, 1]);
  });

  it('choose both ends of an interval', () => {
    const selected = { start: date(2000, 2, 30), end: date(2000, 4, 1) };
    const days = [date(2000, 2, 29), date(2000, 2, 30), date(2000, 4, 1), date(2000, 4, 2)];
    expect([...planTime(days, 'all', selected, null).stepOf]).toEqual([-1, 0, 0, -1]);
  });
});
