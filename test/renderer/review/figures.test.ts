import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunFile } from '../../../src-shared/api/library.ts';
import { figuresOf, thumbnailOf } from '../../../src-renderer/review/figures/figure-list.ts';
import { fit, held, zoomAt } from '../../../src-renderer/review/figures/pan-zoom.ts';
import { tabToOpen, tabsOf } from '../../../src-renderer/review/tabs-of.ts';

const file = (path: string): RunFile => ({
  path,
  bytes: 10,
  mediaType: 'image/png',
  modifiedAt: '2026-11-22T00:00:00Z',
  sha256: null,
});

describe('the figures of a run', () => {
  const files = ['figures/b10.png', 'figures/b2.png', 'figures/b2.svg', 'figures/only.svg'].map(file);

  it('take an SVG beside an image for the same figure', () => {
    expect(figuresOf(files).map(({ name, vector }) => [name, vector?.path ?? null])).toEqual([
      ['b2.png', 'figures/b2.svg'],
      ['b10.png', null],
      ['only.svg', null],
    ]);
  });

  it('are shown by the quicklook first', () => {
    expect(thumbnailOf(files)?.path).toBe('figures/b10.png');
    expect(thumbnailOf([...files, file('figures/quicklook.png')])?.path).toBe('figures/quicklook.png');
    expect(thumbnailOf([{ path: 'figures/huge.png', bytes: 9e6 }])).toBeNull();
  });
});

describe('looking at a figure', () => {
  const size = fc.record({ width: fc.integer({ min: 1, max: 9_000 }), height: fc.integer({ min: 1, max: 9_000 }) });

  it('fits the whole of it in the middle, never enlarged', () => {
    fc.assert(
      fc.property(size, size, (image, frame) => {
        const { scale, x, y } = fit(image, frame);
        expect(scale).toBeLessThanOrEqual(1);
        expect(image.width * scale).toBeLessThanOrEqual(frame.width + 1e-6);
        expect(image.height * scale).toBeLessThanOrEqual(frame.height + 1e-6);
        expect(2 * x + image.width * scale).toBeCloseTo(frame.width, 6);
        expect(2 * y + image.height * scale).toBeCloseTo(frame.height, 6);
      }),
    );
  });

  it('keeps the point under the pointer where it is', () => {
    const at = { x: 130, y: 70 };
    const before = { scale: 0.5, x: 30, y: 20 };
    const after = zoomAt(before, 3, at);
    expect(after.scale).toBe(1.5);
    expect((at.x - after.x) / after.scale).toBeCloseTo((at.x - before.x) / before.scale, 9);
    expect((at.y - after.y) / after.scale).toBeCloseTo((at.y - before.y) / before.scale, 9);
  });

  it('never loses the image out of the frame', () => {
    const image = { width: 1_000, height: 800 };
    const frame = { width: 500, height: 400 };
    const { x, y } = held({ scale: 1, x: -9_999, y: 9_999 }, image, frame);
    expect(x + image.width).toBeGreaterThan(0);
    expect(y).toBeLessThan(frame.height);
  });
});

describe('the tabs of a run', () => {
  it('say why there is nothing behind them', () => {
    const tabs = tabsOf([file('logs.txt'), file('figures/a.png'), file('figures/a.svg')]);
    expect(tabs.filter(({ reason }) => reason === null).map(({ id }) => id)).toEqual([
      'figures',
      'log',
      'files',
      'isolation',
    ]);
    expect(tabs.find(({ id }) => id === 'figures')?.count).toBe(1);
    expect(tabs.find(({ id }) => id === 'map')?.reason).toBe('This run wrote no maps.');
  });

  it('open where there is something to see, and where they were asked for', () => {
    const tabs = tabsOf([file('report.html'), file('maps/a.tif')]);
    expect(tabToOpen(null, tabs, true)).toBe('map');
    expect(tabToOpen(null, tabs, false)).toBe('report');
    expect(tabToOpen('files', tabs, true)).toBe('files');
    expect(tabToOpen('tables', tabs, true)).toBe('map');
    expect(tabToOpen(null, tabsOf([]), true)).toBe('log');
  });
});
