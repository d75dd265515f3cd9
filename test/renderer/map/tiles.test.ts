import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placementOf } from '../../../src-renderer/map/geo/placement.ts';
import { chooseTiles, enoughPixels, TilePlaces } from '../../../src-renderer/map/tiles/choose-tiles.ts';
import type { PixelBox } from '../../../src-renderer/map/tiles/tile-grid.ts';
import { levelsOf, tileBox, tilesIn } from '../../../src-renderer/map/tiles/tile-grid.ts';
import { TileStore } from '../../../src-renderer/map/tiles/tile-store.ts';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import type { RasterInfo } from '../../../src-raster/types.ts';
import { fitted } from './support.ts';

const info = {
  width: 10_980,
  height: 10_980,
  transform: [10, 0, 399_960, 0, -10, 4_500_000],
  crs: crsFromEpsg(32618),
  overviews: [5490, 2745, 1373, 687].map((size) => ({ width: size, height: size })),
  tiled: true,
  blockWidth: 512,
  blockHeight: 512,
} as unknown as RasterInfo;
const levels = levelsOf(info);
const places = new TilePlaces(placementOf(info), levels);

function area([left, top, right, bottom]: PixelBox): number {
  return (right - left) * (bottom - top);
}

describe('tiles', () => {
  it('of each level cover the raster once', () => {
    for (const level of levels) {
      const boxes = tilesIn(levels, level, [0, 0, info.width, info.height]).map((tile) => tileBox(levels, level, tile));
      expect(boxes).toHaveLength(level.columns * level.rows);
      expect(boxes.reduce((sum, box) => sum + area(box), 0)).toBeCloseTo(info.width * info.height, 0);
    }
  });

  it('in a box are those that overlap it, and no others', () => {
    fc.assert(
      fc.property(fc.nat(4), fc.nat(10_000), fc.nat(10_000), fc.integer({ min: 1, max: 980 }), (at, x, y, size) => {
        const level = levels[at]!;
        const box: PixelBox = [x, y, x + size, y + size];
        const found = new Set(tilesIn(levels, level, box).map(({ column, row }) => `${column} ${row}`));
        for (let row = 0; row < level.rows; row += 1)
          for (let column = 0; column < level.columns; column += 1) {
            const [left, top, right, bottom] = tileBox(levels, level, { level: at, column, row });
            // Less than a hundredth of a pixel of the level is rounding.
            const slack = (0.01 * info.width) / level.width;
            const overlap = Math.min(
              Math.min(right, box[2]) - Math.max(left, x),
              Math.min(bottom, box[3]) - Math.max(top, y),
            );
            if (Math.abs(overlap) < slack) continue;
            expect(found.has(`${column} ${row}`)).toBe(overlap > 0);
          }
      }),
      { numRuns: 60 },
    );
  });

  it('chosen for a view cover it without overlap, with pixels of the right size', () => {
    for (const part of [1, 0.5, 0.1, 0.02]) {
      const [x0, y0, x1, y1] = places.placement.boxOf([0, 0, info.width, info.height]);
      const middle = [(x0 + x1) / 2, (y0 + y1) / 2] as const;
      const half = [((x1 - x0) * part) / 2, ((y1 - y0) * part) / 2] as const;
      const view = fitted(
        [middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1]],
        1280,
        800,
        0,
      );
      const chosen = chooseTiles(places, view)!;
      const finest = Math.min(...chosen.map(({ level }) => level));
      // A UTM scene has one scale: one level, or two where the limit falls inside the view.
      expect(new Set(chosen.map(({ level }) => level)).size).toBeLessThanOrEqual(2);
      const [a, b] = [places.placement.forward(5490, 5490), places.placement.forward(5491, 5490)];
      const pixel = Math.hypot(b[0] - a[0], b[1] - a[1]) * view.worldSize * (info.width / levels[finest]!.width);
      // At full resolution pixels grow with the zoom.
      if (finest > 0) expect(pixel).toBeLessThanOrEqual(enoughPixels * 1.05);
      if (finest < levels.length - 1) expect(pixel * 2).toBeGreaterThan(enoughPixels * 0.95);
      for (let i = 1; i < 16; i += 1)
        for (let j = 1; j < 16; j += 1) {
          const at = places.placement.inverse(
            view.x + ((i - 8) / 16) * (1280 / view.worldSize),
            view.y + ((j - 8) / 16) * (800 / view.worldSize),
          );
          if (at.some((value) => value < 0 || value > 10_980)) continue;
          const holding = chosen.filter(
            ({ box }) => at[0] >= box[0] && at[0] < box[2] && at[1] >= box[1] && at[1] < box[3],
          );
          expect(holding.length).toBe(1);
        }
    }
  });

  it('of a large raster without overviews are not all asked for', () => {
    const flat = { ...info, overviews: [] };
    const alone = new TilePlaces(placementOf(flat), levelsOf(flat));
    const box = alone.placement.boxOf([0, 0, info.width, info.height]);
    expect(chooseTiles(alone, fitted(box, 1280, 800))).toBeNull();
    expect(chooseTiles(alone, fitted(alone.placement.boxOf([4000, 4000, 5000, 5000]), 1280, 800))!.length).toBeLessThan(
      40,
    );
  });
});

describe('the tile store', () => {
  it('keeps within its bytes, drops the least recently used, and frees what it drops', () => {
    const store = new TileStore<string>(100);
    const freed: string[] = [];
    const put = (key: string, needed: string[] = []): void =>
      store.set(key, { value: key, bytes: 40, free: () => freed.push(key) }, (one) => needed.includes(one));
    put('a');
    put('b');
    store.get('a');
    put('c');
    expect([freed, store.bytes]).toEqual([['b'], 80]);
    // Needed tiles stay even beyond the bound: dropping them would load them again at once.
    put('d', ['a', 'c']);
    expect([freed, store.bytes]).toEqual([['b'], 120]);
    store.deleteAll();
    expect([freed.length, store.bytes]).toEqual([4, 0]);
  });
});
