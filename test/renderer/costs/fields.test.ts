import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rangeOf, rangeProblem } from '../../../src-renderer/costs/range.ts';
import { localTime, untilProblem } from '../../../src-renderer/costs/until.ts';

it('a time in the field is the moment that was meant, to the minute', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }), (date) => {
      const minute = Math.floor(date.getTime() / 60_000) * 60_000;
      expect(Date.parse(localTime(date.getTime()))).toBe(minute);
    }),
  );
});

it('a time that is over, or none at all, ends nothing', () => {
  const now = Date.parse('2026-11-22T10:00:00Z');
  expect(untilProblem(localTime(now + 60_000), now)).toBeNull();
  expect(untilProblem(localTime(now), now)).toBe('That time is over.');
  expect(untilProblem('', now)).toBe('Give a date and a time.');
});

it('a range of days is open at an end that is left empty, and is not turned round', () => {
  expect(rangeOf('', '')).toEqual({});
  expect(rangeOf('2026-11-01', '')).toEqual({ from: '2026-11-01' });
  expect(rangeOf('', '2026-11-02')).toEqual({ to: '2026-11-02' });
  expect(rangeProblem('2026-11-02', '2026-11-02')).toBeNull();
  expect(rangeProblem('2026-11-03', '2026-11-02')).not.toBeNull();
  expect(rangeProblem('2026-11-03', '')).toBeNull();
});
