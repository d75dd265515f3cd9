import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AreaMask } from '../../src-worker/analyses/shared/area-mask.ts';
import { maskTest } from '../../src-worker/analyses/shared/cloud-mask.ts';
import { normalisedDifference } from '../../src-worker/analyses/shared/index-formula.ts';
import type { Method } from '../../src-worker/analyses/shared/reduce.ts';
import { makeReducer } from '../../src-worker/analyses/shared/reduce.ts';
import { Thumbnail } from '../../src-worker/analyses/shared/thumbnail.ts';
import { gridTiles } from '../../src-worker/raster/grid.ts';
import { crsFromString } from '../../src-raster/crs.ts';
import { FileNames } from '../../src-worker/run/file-names.ts';
import { hashTreeText } from '../../src-shared/hash-tree.ts';

const wgs84 = crsFromString('EPSG:4326');

describe('reducers', () => {
  const observations = fc.array(fc.tuple(fc.integer({ min: -1_000, max: 1_000 }), fc.boolean()), { maxLength: 60 });

  function reduce(method: Method, list: readonly (readonly [number, boolean])[]) {
    const reducer = makeReducer(method, 1, list.length);
    for (const [value, valid] of list) reducer.add([value], [valid ? 1 : 0]);
    const { values, counts } = reducer.result();
    return { value: values[0], count: counts[0] };
  }

  it('are what their names say, of the valid observations', () => {
    fc.assert(
      fc.property(observations, (list) => {
        const valid = list.filter(([, is]) => is).map(([value]) => value);
        const sorted = [...valid].sort((a, b) => a - b);
        const n = sorted.length;
        const median = n % 2 === 1 ? sorted[(n - 1) / 2] : ((sorted[n / 2 - 1] ?? 0) + (sorted[n / 2] ?? 0)) / 2;
        const expected = {
          median,
          mean: valid.reduce((sum, one) => sum + one, 0) / n,
          min: sorted[0],
          max: sorted.at(-1),
          count: n,
        };
        for (const method of ['median', 'mean', 'min', 'max', 'count'] as const) {
          const found = reduce(method, list);
          expect(found.count).toBe(n);
          if (n > 0 || method === 'count') expect(found.value).toBeCloseTo(expected[method] ?? Number.NaN, 9);
        }
      }),
    );
  });
});

describe('indices and masks', () => {
  it('are valid where both bands are and their sum is not 0', () => {
    const band = (...data: number[]) => ({
      data: Float64Array.from(data),
      valid: Uint8Array.from(data, (value) => (value === -1 ? 0 : 1)),
    });
    const { data, valid } = normalisedDifference(band(3, 0, -1, 2), band(1, 0, 1, -1));
    expect([...valid]).toEqual([1, 0, 0, 0]);
    expect(data[0]).toBe(0.5);
  });

  it('set aside bits and classes', () => {
    const bits = maskTest({ band: 'qa', bits: [0, 31] });
    expect([1, 2, 2 ** 31, 2 ** 30].map(bits)).toEqual([true, false, true, false]);
    expect([8, 4].map(maskTest({ band: 'scl', classes: [8, 9] }))).toEqual([true, false]);
  });
});

describe('area of interest', () => {
  it('holds the pixels whose centre is inside, and not those in holes', () => {
    const ring = (a: number, b: number) => [
      [a, a],
      [b, a],
      [b, b],
      [a, b],
      [a, a],
    ];
    const mask = new AreaMask({ type: 'Polygon', coordinates: [ring(1, 7), ring(3, 5)] }, wgs84, [1, 0, 0, 0, -1, 8]);
    const inside = mask.read({ x: 0, y: 0, width: 8, height: 8 });
    const expected = Array.from({ length: 64 }, (_, i) => {
      const [x, y] = [(i % 8) + 0.5, 7.5 - Math.floor(i / 8)];
      const within = (a: number, b: number) => x > a && x < b && y > a && y < b;
      return within(1, 7) && !within(3, 5) ? 1 : 0;
    });
    expect([...inside]).toEqual(expected);
    expect(mask.window(8, 8)).toEqual({ x: 1, y: 1, width: 6, height: 6 });
    expect([...mask.read({ x: 2, y: 3, width: 2, height: 1 })]).toEqual([inside[26], inside[27]]);
  });
});

describe('thumbnails', () => {
  it('are the same however the raster is cut', () => {
    const [width, height] = [1_500, 900];
    const value = (x: number, y: number) => x * 1_000 + y;
    const drawn = [256, 700].map((size) => {
      const thumbnail = new Thumbnail(width, height);
      for (const window of gridTiles({ width, height }, size)) {
        const data = Array.from({ length: window.width * window.height }, (_, i) =>
          value(window.x + (i % window.width), window.y + Math.floor(i / window.width)),
        );
        thumbnail.add(window, data, null);
      }
      return thumbnail;
    });
    expect(drawn[0]?.data).toEqual(drawn[1]?.data);
    expect(drawn[0]?.valid.every((one) => one === 1)).toBe(true);
    expect(drawn[0]?.data[0]).toBe(value(1, 1));
  });
});

describe('names', () => {
  it('are plain, short and never alike, whatever they are made from', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 120 }), { maxLength: 20 }), (list) => {
        const names = new FileNames();
        const stems = list.map((name) => names.stem(name));
        for (const stem of stems) expect(stem).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/);
        const distinct = new Set(list);
        expect(new Set([...distinct].map((name) => stems[list.indexOf(name)]?.toLowerCase())).size).toBe(distinct.size);
      }),
    );
  });

  it('in the hash tree are sorted by code unit', () => {
    const entry = (path: string) => ({ path, bytes: 1, sha256: 'x' });
    expect(hashTreeText([entry('b'), entry('a/z'), entry('B')])).toBe('B\x001\0x\na/z\x001\0x\nb\x001\0x\n');
  });
});
