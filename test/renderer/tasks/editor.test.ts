import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorPlace } from '../../../src-renderer/tasks/editor/cursor-path.ts';
import { minimalChange } from '../../../src-renderer/tasks/editor/minimal-change.ts';
import { opened, stored } from '../../../src-renderer/tasks/editor/text-shape.ts';

describe('minimalChange', () => {
  it('turns one text into the other, and is null for equal ones', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.string(),
        (head, a, tail, b) => {
          const [before, after] = [head + a + tail, head + b + tail];
          const change = minimalChange(before, after);
          if (before === after) expect(change).toBeNull();
          else expect(before.slice(0, change!.from) + change!.insert + before.slice(change!.to)).toBe(after);
        },
      ),
    );
  });

  it('touches only what differs, and never half a character', () => {
    expect(minimalChange('a: 1\nb: 2\n', 'a: 1\nb: 3\n')).toEqual({ from: 8, to: 9, insert: '3' });
    expect(minimalChange('x😀y', 'x😁y')).toEqual({ from: 1, to: 3, insert: '😁' });
  });
});

describe('a file in the editor', () => {
  it.each([
    ['with a byte order mark and line breaks of Windows', '\uFEFFa: 1\r\nb: 2\r\n', 'a: 1\nb: 2\n'],
    ['with mixed line breaks, as it is', 'a: 1\r\nb: 2\n', 'a: 1\r\nb: 2\n'],
    ['with a lone carriage return, as it is', 'a: "\r"\r\n', 'a: "\r"\r\n'],
    ['without a line break', 'a: 1', 'a: 1'],
  ])('%s', (_, file, shown) => {
    const { text, shape } = opened(file);
    expect(text).toBe(shown);
    expect(stored(text, shape)).toBe(file);
  });

  it('comes back byte for byte', () => {
    const piece = fc.constantFrom('\r', '\n', '\r\n', 'a', '\uFEFF', ': ', '😀');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const { text, shape } = opened(pieces.join(''));
        expect(stored(text, shape)).toBe(pieces.join(''));
      }),
    );
  });
});

describe('the place of the cursor', () => {
  const lines = [
    'inputs:',
    '  raster: a.tif',
    'analysis:',
    '  type: composite',
    '  mask:',
    '    band: qa',
    '  met',
    '  method: ',
    '# note',
    '',
  ];
  it.each([
    ['a key that is being typed', 6, 5, { parent: ['analysis'], key: null }],
    ['behind a colon', 7, 10, { parent: ['analysis'], key: 'method' }],
    ['deeper', 5, 6, { parent: ['analysis', 'mask'], key: null }],
    ['at the margin', 9, 0, { parent: [], key: null }],
    ['in a comment', 8, 6, null],
  ])('%s', (_, line, column, place) => {
    expect(cursorPlace(lines, line, column)).toEqual(place);
  });

  it('is unknown in braces and behind a dash', () => {
    expect(cursorPlace(['mask: {ba'], 0, 9)).toBeNull();
    expect(cursorPlace(['bands:', '  - re'], 1, 6)).toBeNull();
  });
});
