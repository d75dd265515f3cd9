import { expect, test } from 'vitest';
import { age, bytes, count, duration, span, time } from '../../../src-renderer/ui/format.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [9_960, '10 kB'],
  [999_499, '999 kB'],
  [999_600, '1.0 MB'],
  [1_450_000_000, '1.4 GB'],
])('%i bytes are %s', (value, text) => {
  expect(bytes(value)).toBe(text);
});

test.each([
  [-5, '0.0 s'],
  [420, '0.4 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min 00 s'],
  [3_599_700, '1 h 00 min'],
  [7_800_000, '2 h 10 min'],
  [273_600_000, '3 d 4 h'],
])('%i ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('times carry their zone', () => {
  expect(time('2026-11-22T09:04:31Z')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC([+-]\d\d:\d\d)?$/);
});

test('ages and counts', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  expect(age('2026-11-22T11:59:50Z', now)).toBe('just now');
  expect(age('2026-11-22T11:55:00Z', now)).toBe('5 min ago');
  expect(age('2026-11-19T12:00:00Z', now)).toBe('3 d ago');
  expect(count(1, 'file')).toBe('1 file');
  expect(count(12_000, 'entry', 'entries')).toBe('12\u202f000 entries');
});

test.each([
  [0, '0 s'],
  [45, '45 s'],
  [3_600, '1 h'],
  [5_400, '1 h 30 min'],
  [86_461, '1 d 1 min 1 s'],
  [604_800, '7 d'],
])('%d s that somebody set are %s, exactly', (seconds, text) => {
  expect(span(seconds)).toBe(text);
});
