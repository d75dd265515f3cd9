import { describe, expect, it } from 'vitest';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import type { Affine } from '../../../src-raster/types.ts';
import { PolygonCoverage } from '../../../src-worker/vector/coverage.ts';
import type { AreaGeometry } from '../../../src-worker/vector/features.ts';
import { hasOracle } from '../../helpers/python.ts';
import { random } from '../raster/support.ts';
import { askOracle } from './support.ts';

type Ring = [number, number][];

/** A star of `corners` corners around a point, as concave as it gets. */
function star(next: () => number, x: number, y: number, radius: number, corners: number): Ring {
  const ring = Array.from({ length: corners }, (_, i): [number, number] => {
    const angle = (i / corners) * 2 * Math.PI;
    const reach = radius * (0.3 + 0.7 * next());
    return [x + reach * Math.cos(angle), y + reach * Math.sin(angle)];
  });
  return [...ring, ring[0] ?? [0, 0]];
}

function box(west: number, south: number, east: number, north: number): Ring {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

const wgs84 = crsFromEpsg(4326);
const plain = { crs: wgs84, transform: [0.01, 0, 10, 0, -0.01, 50.3] as Affine, width: 30, height: 30 };
const turned = { ...plain, transform: [0.008, 0.004, 10, 0.003, -0.009, 50.3] as Affine };
const utm = {
  crs: crsFromEpsg(32632),
  transform: [500, 0, 571_600, 0, -500, 5_572_800] as Affine,
  width: 40,
  height: 70,
};

function allWeights(geometry: AreaGeometry, raster: typeof plain): Float64Array {
  return new PolygonCoverage(geometry, raster).weights({ x: 0, y: 0, width: raster.width, height: raster.height });
}

describe('the weights of pixels', () => {
  const next = random(7);
  const geometries: AreaGeometry[] = [
    ...Array.from({ length: 6 }, (_, i): AreaGeometry => {
      const [x, y] = [10.05 + 0.2 * next(), 50.05 + 0.2 * next()];
      return { type: 'Polygon', coordinates: [star(next, x, y, 0.02 + 0.03 * i, 3 + 4 * i)] };
    }),
    { type: 'Polygon', coordinates: [box(10.031, 50.0, 10.25, 50.28), box(10.1, 50.1, 10.2, 50.2).toReversed()] },
    { type: 'Polygon', coordinates: [box(10.05, 50.05, 10.06, 50.06)] },
    { type: 'Polygon', coordinates: [box(10.0512, 50.0531, 10.0518, 50.0537)] },
    { type: 'MultiPolygon', coordinates: [[box(9.9, 50.2, 10.1, 50.4)], [star(next, 10.2, 50.1, 0.09, 9)]] },
  ];

  it.runIf(hasOracle)(
    'equal the exact areas of the clipped pixels to 1e-11',
    async () => {
      const cases = geometries.flatMap((geometry) => [plain, turned].map((raster) => ({ geometry, raster })));
      const answers = await askOracle(
        cases.map(({ geometry, raster }) => [
          'weights',
          { geometry, transform: raster.transform, window: [0, 0, raster.width, raster.height] },
        ]),
      );
      for (const [index, { geometry, raster }] of cases.entries()) {
        const exact = answers[index] as number[];
        const got = allWeights(geometry, raster);
        if (raster === plain) expect(exact.some((one) => one > 0)).toBe(true);
        expect(Math.max(...exact.map((one, i) => Math.abs(one - (got[i] ?? NaN))))).toBeLessThan(1e-11);
      }
    },
    120_000,
  );

  it.runIf(hasOracle)(
    'follow edges that a projection bends, to 2e-4 of a pixel',
    async () => {
      const bent = geometries.slice(3, 8);
      const answers = await askOracle(
        bent.map((geometry) => [
          'weights',
          { geometry, transform: utm.transform, window: [0, 0, utm.width, utm.height], epsg: 32632 },
        ]),
      );
      for (const [index, geometry] of bent.entries()) {
        const exact = answers[index] as number[];
        const got = allWeights(geometry, utm);
        expect(exact.some((one) => one > 0)).toBe(true);
        expect(Math.max(...exact.map((one, i) => Math.abs(one - (got[i] ?? NaN))))).toBeLessThan(2e-4);
      }
    },
    120_000,
  );

  it('are the same whatever windows they are asked for', () => {
    for (const geometry of geometries) {
      const coverage = new PolygonCoverage(geometry, plain);
      const whole = coverage.weights({ x: 0, y: 0, width: 30, height: 30 });
      for (const window of [
        { x: 3, y: 5, width: 7, height: 9 },
        { x: 0, y: 20, width: 30, height: 10 },
        { x: 29, y: 0, width: 1, height: 30 },
      ])
        coverage.weights(window).forEach((weight, i) => {
          const at = (window.y + Math.floor(i / window.width)) * 30 + window.x + (i % window.width);
          expect(weight).toBeCloseTo(whole[at] ?? NaN, 12);
        });
    }
  });

  it('sum to the area of the polygon in pixels, all inside its window', () => {
    const coverage = new PolygonCoverage({ type: 'Polygon', coordinates: [box(10.045, 50.1, 10.2, 50.2)] }, plain);
    expect(coverage.window).toEqual({ x: 4, y: 10, width: 16, height: 10 });
    const sum = allWeights({ type: 'Polygon', coordinates: [box(10.045, 50.1, 10.2, 50.2)] }, plain).reduce(
      (a, b) => a + b,
    );
    expect(sum).toBeCloseTo(15.5 * 10, 9);
  });
});

describe('where a polygon meets a raster', () => {
  it('is null when it misses it', () => {
    expect(new PolygonCoverage({ type: 'Polygon', coordinates: [box(20, 50, 21, 51)] }, plain).window).toBeNull();
    expect(new PolygonCoverage({ type: 'Polygon', coordinates: [box(-100, 50, -99, 51)] }, utm).window).toBeNull();
  });

  it('finds rasters that count longitudes from 0 to 360, and across the antimeridian', () => {
    const world = { crs: wgs84, transform: [1, 0, 0, 0, -1, 90] as Affine, width: 360, height: 180 };
    const { window } = new PolygonCoverage({ type: 'Polygon', coordinates: [box(-10, 0, -5, 5)] }, world);
    expect(window).toEqual({ x: 350, y: 85, width: 5, height: 5 });
    const cut: AreaGeometry = {
      type: 'MultiPolygon',
      coordinates: [[box(178.5, 0, 180, 5)], [box(-180, 0, -178, 5)]],
    };
    const coverage = new PolygonCoverage(cut, world);
    expect(coverage.window).toEqual({ x: 178, y: 85, width: 4, height: 5 });
    expect(coverage.weights({ x: 177, y: 86, width: 6, height: 1 })).toEqual(Float64Array.of(0, 0.5, 1, 1, 1, 0));
  });

  it('covers a polar raster with a polygon around the pole', () => {
    const polar = {
      crs: crsFromEpsg(3031),
      transform: [100_000, 0, -1_000_000, 0, -100_000, 1_000_000] as Affine,
      width: 20,
      height: 20,
    };
    const cap: AreaGeometry = { type: 'Polygon', coordinates: [box(-180, -90, 180, -60)] };
    expect(allWeights(cap, polar).every((one) => one === 1)).toBe(true);
  });

  it('takes the part of a huge polygon that lies on the raster', () => {
    const world: AreaGeometry = { type: 'Polygon', coordinates: [box(-180, -90, 180, 90)] };
    expect(allWeights(world, utm).every((one) => one === 1)).toBe(true);
    expect(allWeights(world, plain).every((one) => one === 1)).toBe(true);
  });
});
