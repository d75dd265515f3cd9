import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRange } from '../../src-main/engine/run-files/byte-range.ts';

describe('parseRange', () => {
  it.each([
    ['bytes=0-0', 10, { start: 0, end: 0 }],
    ['bytes=0-9', 10, { start: 0, end: 9 }],
    ['bytes=3-', 10, { start: 3, end: 9 }],
    ['bytes=3-999', 10, { start: 3, end: 9 }],
    ['bytes=-4', 10, { start: 6, end: 9 }],
    ['bytes=-999', 10, { start: 0, end: 9 }],
    ['Bytes= 1-2 ', 10, { start: 1, end: 2 }],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=10-12', 10, 'unsatisfiable'],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=-5', 0, null],
    ['bytes=5-2', 10, null],
    ['bytes=0-1,4-5', 10, null],
    ['bytes=-', 10, null],
    ['bytes=a-b', 10, null],
    ['bytes=1.5-2', 10, null],
    ['items=0-1', 10, null],
    ['', 10, null],
    [undefined, 10, null],
  ])('%s of %d bytes', (header, size, expected) => {
    expect(parseRange(header, size)).toEqual(expected);
  });

  it('gives a range inside the file, and the one that was asked for, or none', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.nat(500), (first, last, size) => {
        const range = parseRange(`bytes=${first}-${last}`, size);
        const asked = Array.from({ length: size }, (_, byte) => byte).filter((byte) => byte >= first && byte <= last);
        if (last < first) expect(range).toBeNull();
        else if (asked.length === 0) expect(range).toBe('unsatisfiable');
        else expect(range).toEqual({ start: asked[0], end: asked.at(-1) });
      }),
    );
  });

  it('survives any header', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^bytes=[\d,-]{0,40}$/)), fc.nat(1_000), (header, size) => {
        const range = parseRange(header, size);
        if (range === null || range === 'unsatisfiable') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(size);
      }),
    );
  });
});
