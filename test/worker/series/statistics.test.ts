import { beforeAll, describe, expect, it } from 'vitest';
import { crsFromString } from '../../../src-raster/crs.ts';
import type { Affine } from '../../../src-raster/types.ts';
import { trendText } from '../../../src-worker/analyses/time-series/time-series-words.ts';
import { cellAreas } from '../../../src-worker/raster/cell-area.ts';
import { fitHarmonics } from '../../../src-worker/statistics/harmonic.ts';
import { leastSquares } from '../../../src-worker/statistics/least-squares.ts';
import { mannKendall } from '../../../src-worker/statistics/mann-kendall.ts';
import { normalQuantile, twoSidedP } from '../../../src-worker/statistics/normal.ts';
import { otsuBin } from '../../../src-worker/statistics/otsu.ts';
import { theilSen } from '../../../src-worker/statistics/theil-sen.ts';
import { hasOracle } from '../../helpers/python.ts';
import { random } from '../raster/support.ts';
import { ask, near } from './support.ts';

const next = random(20_261_122);
const gauss = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** Series of all lengths with and without trend, ties in y (rounded values) and in x (two scenes at one time). */
const trends = Array.from({ length: 60 }, (_, index) => {
  const n = 3 + Math.floor(next() * (index % 10 === 0 ? 200 : 40));
  const trend = index % 3 === 0 ? 0 : (next() - 0.5) * 0.4;
  const decimals = index % 4 === 1 ? 1 : 6;
  const step = index % 5 === 2 ? 0.5 : 0;
  const x = Array.from({ length: n }, (_, i) => (step > 0 ? Math.floor(i / 2) * step : 2010 + i * 0.1 + next() * 0.05));
  const y = x.map((at) => Number((10 + trend * at + 0.3 * gauss()).toFixed(decimals)));
  return { x, y, confidence: [0.95, 0.9, 0.5, 0.99][index % 4] ?? 0.95 };
});

const seasonal = Array.from({ length: 12 }, (_, index) => ({
  seasons: Array.from({ length: 12 }, (_, month) => {
    const years = 4 + Math.floor(next() * 12);
    const x = Array.from({ length: years }, (_, year) => 2000 + year + month / 12);
    return { x, y: x.map((at) => Number((month + 0.02 * index * at + gauss()).toFixed(index % 2 === 0 ? 1 : 6))) };
  }),
}));

const harmonic = Array.from({ length: 30 }, (_, index) => {
  const [orders, linear, period] = [index % 5, index % 3 !== 0, index % 7 === 0 ? 0.5 : 1];
  const n = 2 * orders + 4 + Math.floor(next() * 100);
  const x = Array.from({ length: n }, () => 3 + next() * 6);
  const y = x.map((at) => 0.4 + 0.01 * at + 0.2 * Math.sin(2 * Math.PI * at) + 0.05 * gauss());
  return { x, y, orders, linear, period };
});

const otsu = Array.from({ length: 20 }, (_, index) => {
  const counts = new Array<number>(64).fill(0);
  for (let i = 0; i < 500; i += 1) {
    const bin = Math.round((next() < 0.7 ? 12 : 40) + (3 + (index % 9)) * gauss());
    if (bin >= 0 && bin < 64) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
});

const grids: readonly (readonly [string, Affine, number])[] = [
  ['EPSG:32613', [10, 0, 469_600, 0, -10, 4_439_360], 1],
  ['EPSG:32613', [5_000, 0, 200_000, 0, -5_000, 5_000_000], 1],
  ['EPSG:32733', [30, 0, 300_000, 0, -30, 6_500_000], 1],
  ['EPSG:4326', [0.25, 0, -180, 0, -0.25, 90], 4],
  ['EPSG:4326', [0.0001, 0, 179.99, 0, -0.0001, -16], 1],
  ['EPSG:3857', [1_000, 0, 2_000_000, 0, -1_000, 8_000_000], 1],
  ['EPSG:3035', [100, 0, 4_321_000, 0, -100, 3_210_000], 1],
  ['EPSG:3413', [25_000, 0, -3_850_000, 0, -25_000, 5_850_000], 1],
  ['EPSG:3031', [1_000, 0, -50_000, 0, -1_000, 50_000], 1],
  ['EPSG:2056', [50, 0, 2_600_000, 0, -50, 1_200_000], 1],
  ['EPSG:32660', [1_000, 0, 700_000, 0, -1_000, 7_300_000], 1],
];
const cells = [
  [0, 0],
  [37, 12],
  [99, 99],
  [64, 63],
] as const;
const areas = grids.flatMap(([crs, transform]) => cells.map((cell) => ({ crs, transform, cell })));

const z = [0, 0.1, 0.5, 0.6629, 0.67, 1, 1.96, 3.3, 5.65, 5.7, 9, 20, -2.5];
const shares = [1e-12, 1e-5, 0.005, 0.025, 0.05, 0.0749, 0.0751, 0.3, 0.5, 0.7, 0.975, 0.999_999];

interface Answers {
  readonly sen: readonly (readonly [number, number, number, number])[];
  readonly kendall: readonly {
    s: number;
    tau: number | null;
    variance: number | null;
    z: number | null;
    p: number | null;
  }[];
  readonly seasonal: readonly { s: number; variance: number; z: number; p: number; slope: number }[];
  readonly harmonic: readonly { solution: number[]; fitted: number[]; r2: number; rmse: number }[];
  readonly otsu: readonly number[];
  readonly areas: readonly number[];
  readonly p: readonly number[];
  readonly quantile: readonly number[];
}

const sampleOf = ({ x, y }: { x: readonly number[]; y: readonly number[] }) => ({
  x: Float64Array.from(x),
  y: Float64Array.from(y),
});

describe.skipIf(!hasOracle)('the statistics of time series, beside scipy, numpy and pyproj', () => {
  let answers: Answers;
  beforeAll(async () => {
    answers = await ask<Answers>('statistics.py', { trends, seasonal, harmonic, otsu, areas, z, shares });
  }, 120_000);

  it('Theil-Sen slope, intercept and interval are those of scipy.stats.theilslopes to 1e-12', () => {
    for (const [index, one] of trends.entries()) {
      const ours = theilSen([sampleOf(one)], one.confidence);
      const [slope, intercept, low, high] = answers.sen[index] ?? [];
      expect([ours?.slope, ours?.low, ours?.high]).toEqual(
        [slope, low, high].map((value) => expect.closeTo(value ?? NaN, 12) as number),
      );
      expect(near(ours?.intercept ?? NaN, intercept ?? NaN, 1e-12)).toBe(true);
    }
  });

  it('Mann-Kendall agrees with its definition and scipy.stats.kendalltau, with ties in both', () => {
    for (const [index, one] of trends.entries()) {
      const ours = mannKendall([sampleOf(one)]);
      const theirs = answers.kendall[index];
      expect(ours.s).toBe(theirs?.s);
      if (theirs?.tau !== null) expect(near(ours.tau, theirs?.tau ?? NaN, 1e-12)).toBe(true);
      // The variance is had back from scipy's p, which leaves it eight digits.
      if (theirs?.variance !== null && Math.abs(ours.s) > 1) {
        expect(near(ours.variance, theirs?.variance ?? NaN, 1e-7)).toBe(true);
        expect(near(ours.z, theirs?.z ?? NaN, 1e-7)).toBe(true);
        expect(near(ours.p, theirs?.p ?? NaN, 1e-6)).toBe(true);
      }
    }
  });

  it('the seasonal test sums over seasons', () => {
    for (const [index, { seasons }] of seasonal.entries()) {
      const theirs = answers.seasonal[index];
      const ours = mannKendall(seasons.map(sampleOf));
      expect(ours.s).toBe(theirs?.s);
      expect(near(ours.variance, theirs?.variance ?? NaN, 1e-12)).toBe(true);
      expect(near(ours.z, theirs?.z ?? NaN, 1e-12)).toBe(true);
      expect(near(ours.p, theirs?.p ?? NaN, 1e-12)).toBe(true);
      expect(near(theilSen(seasons.map(sampleOf), 0.95)?.slope ?? NaN, theirs?.slope ?? NaN, 1e-12)).toBe(true);
    }
  });

  it('the harmonic fit is that of numpy.linalg.lstsq to 1e-9', () => {
    for (const [index, one] of harmonic.entries()) {
      const { x, y } = sampleOf(one);
      const ours = fitHarmonics(x, y, one);
      const theirs = answers.harmonic[index];
      if (ours === null || theirs === undefined) throw new Error('no fit');
      x.forEach((at, i) => expect(ours.at(at)).toBeCloseTo(theirs.fitted[i] ?? NaN, 9));
      expect(ours.r2).toBeCloseTo(theirs.r2, 9);
      expect(ours.rmse).toBeCloseTo(theirs.rmse, 9);
      const [first = 0, ...rest] = theirs.solution;
      expect(ours.intercept).toBeCloseTo(first, 9);
      if (one.linear) expect(ours.slope).toBeCloseTo(rest.shift() ?? NaN, 9);
      ours.harmonics.forEach(({ amplitude, peak }, order) => {
        const [cosine = 0, sine = 0] = rest.slice(2 * order, 2 * order + 2);
        expect(amplitude).toBeCloseTo(Math.hypot(cosine, sine), 9);
        const angle = (2 * Math.PI * (order + 1) * peak) / one.period;
        expect(cosine * Math.cos(angle) + sine * Math.sin(angle)).toBeCloseTo(amplitude, 9);
        expect(peak).toBeGreaterThanOrEqual(0);
        expect(peak).toBeLessThan(one.period / (order + 1));
      });
    }
  });

  it('Otsu cuts histograms where the textbook does', () => {
    expect(otsu.map((counts) => otsuBin(counts))).toEqual(answers.otsu);
  });

  it('cells have the areas of pyproj.Geod, to 1e-5', () => {
    let index = 0;
    for (const [code, transform] of grids) {
      const area = cellAreas({ crs: crsFromString(code), transform }, { x: 0, y: 0, width: 100, height: 100 });
      for (const [column, row] of cells) {
        const expected = answers.areas[index];
        expect(near(area(column, row), expected ?? NaN, 1e-5), `${code} ${column} ${row}`).toBe(true);
        index += 1;
      }
    }
  });

  it('the normal distribution is scipy’s to 1e-13', () => {
    for (const [index, at] of z.entries())
      expect(near(twoSidedP(at), answers.p[index] ?? NaN, 1e-13, 1e-300)).toBe(true);
    for (const [index, at] of shares.entries())
      expect(near(normalQuantile(at), answers.quantile[index] ?? NaN, 1e-13)).toBe(true);
  });
});

describe('series that say nothing', () => {
  const empty = { x: new Float64Array(0), y: new Float64Array(0) };
  const flat = { x: Float64Array.of(1, 2, 3), y: Float64Array.of(5, 5, 5) };

  it('have no slope without two times', () => {
    expect(theilSen([empty], 0.95)).toBeNull();
    expect(theilSen([{ x: Float64Array.of(2, 2), y: Float64Array.of(1, 3) }], 0.95)).toBeNull();
    expect(theilSen([{ x: Float64Array.of(1, 2), y: Float64Array.of(1, 3) }], 0.95)?.slope).toBe(2);
  });

  it('show no trend when nothing varies', () => {
    expect(mannKendall([flat])).toMatchObject({ s: 0, z: 0, p: 1, tau: NaN });
    expect(mannKendall([empty])).toMatchObject({ s: 0, variance: 0, p: 1 });
    expect(theilSen([flat], 0.95)).toMatchObject({ slope: 0, low: 0, high: 0, intercept: 5 });
  });

  it('have no curve with too few values or dates that can’t tell its terms apart', () => {
    const model = { period: 1, orders: 1, linear: false };
    expect(fitHarmonics(Float64Array.of(0, 0.3, 0.6), Float64Array.of(1, 2, 3), model)).toBeNull();
    const yearly = Float64Array.of(1, 2, 3, 4, 5, 6);
    expect(fitHarmonics(yearly, yearly, model)).toBeNull();
    expect(leastSquares([Float64Array.of(1, 1), Float64Array.of(2, 2)], Float64Array.of(1, 2))).toBeNull();
  });

  it('have no curve of what the dates show too little of', () => {
    // Real dates: phases jitter by the years of 365 and 366 days, so that no column is an exact combination of others.
    const dates = (months: readonly number[], days: readonly number[], years = 20) =>
      Float64Array.from(
        Array.from({ length: years }, (_, year) =>
          months.flatMap((month) =>
            days.map(
              (day) => (Date.UTC(2003 + year, month - 1, day, 10) - Date.UTC(2000, 0, 1)) / (365.25 * 86_400_000),
            ),
          ),
        ).flat(),
      );
    const weekly = [1, 8, 15, 22];
    const fit = (x: Float64Array, orders: number) =>
      fitHarmonics(
        x,
        x.map((at, i) => 0.5 + 0.3 * Math.cos(2 * Math.PI * at) + 0.02 * Math.sin(7 * i)),
        { period: 1, orders, linear: true },
      );
    expect(fit(dates([7], [15]), 1)).toBeNull();
    expect(fit(dates([7], weekly), 1)).toBeNull();
    // Both days lie near the zeros of the cosine, whose own length is small.
    expect(fit(dates([4, 10], [1]), 1)).toBeNull();
    expect(fit(dates([6, 7, 8, 9], weekly), 2)).toBeNull();
    expect(fit(dates([6, 7, 8, 9], weekly), 3)).toBeNull();
    for (const [months, orders] of [
      [[6, 7, 8, 9], 1],
      [[12, 1, 2, 3], 1],
      [[3, 4, 5, 6, 7, 8, 9, 10], 3],
      [[1, 4, 7, 10], 1],
    ] as const)
      expect(Math.abs((fit(dates(months, weekly), orders)?.harmonics[0]?.amplitude ?? NaN) - 0.3)).toBeLessThan(0.1);
    const monthly = dates([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [15]);
    expect(fit(monthly, 5)?.harmonics[0]?.amplitude).toBeCloseTo(0.3, 1);
    expect(fit(monthly, 6)).not.toBeNull();
  });

  it('have an interval where values are alike at shared times, and none where ties leave it open', () => {
    const x = Float64Array.of(1, 1, 2, 2, 3, 3);
    const alike = theilSen([{ x, y: x.map(() => 5) }], 0.95);
    expect(alike).toMatchObject({ slope: 0, low: 0, high: 0 });
    const tied = theilSen([{ x: Float64Array.of(1, 1, 1, 1, 2), y: Float64Array.of(5, 5, 5, 6, 5) }], 0.95);
    expect(tied).toMatchObject({ slope: 0, low: NaN, high: NaN });
    if (alike === null || tied === null) throw new Error('no slope');
    const rest = { s: 0, variance: 0, tau: NaN, z: 0, p: 1, verdict: 'no significant trend' } as const;
    expect(trendText({ ...alike, ...rest }, 0.95)).toBe(
      '0 per year (95 % interval 0 to 0), p = 1: no significant trend',
    );
    expect(trendText({ ...tied, ...rest }, 0.95)).toMatch(/^0 per year \(no interval: too many ties\), p = 1/);
  });

  it('have no threshold when all values lie in one bin', () => {
    expect(otsuBin([0, 0, 7, 0])).toBeNull();
    expect(otsuBin([])).toBeNull();
    expect(otsuBin([3, 0, 0, 4])).toBe(0);
  });
});
