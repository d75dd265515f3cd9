import { leastSquares } from './least-squares.ts';

export interface Harmonic {
  /** Half the range of this wave, in units of y. */
  readonly amplitude: number;
  /** x in [0, period / order) at which this wave is at its highest. */
  readonly peak: number;
}

export interface HarmonicFit {
  /** Of y at `origin`. */
  readonly intercept: number;
  /** Units of y for one unit of x; 0 without a linear term. */
  readonly slope: number;
  /** By rising order; the first has the whole period. */
  readonly harmonics: readonly Harmonic[];
  /** Share of the variance of y that the curve explains; NaN when y doesn't vary. */
  readonly r2: number;
  /** Root of the mean squared residual. */
  readonly rmse: number;
  /** The curve at any x. */
  readonly at: (x: number) => number;
}

export interface HarmonicModel {
  /** In units of x. */
  readonly period: number;
  /** How many waves: the period, its half, its third, ... 0 for none. */
  readonly orders: number;
  /** Whether there is a linear term. */
  readonly linear: boolean;
}

/** How many numbers a model has. */
export function harmonicTerms({ orders, linear }: HarmonicModel): number {
  return 1 + (linear ? 1 : 0) + 2 * orders;
}

/**
 * A wave must keep this part of the length that it has on evenly spread dates, sqrt(n / 2), when all that the terms before
 * it can show is taken off; else its standard error would be more than ten times as large as there, and its amplitude that of
 * the noise. Measured: once a year 6e-5, July 0.06, June to September with two waves 0.06, with one 0.4, March to October with
 * three 0.4.
 */
const leastLength = 0.1;

/**
 * Least squares of y = intercept + slope (x - origin) + sum over k of c_k cos(2 pi k x / period) + s_k sin(2 pi k x / period),
 * the harmonic regression of Jakubauskas, Legates and Kastens (2001) with a linear term. `origin` is the mean of x.
 * Null when there are not more values than terms or the dates can't tell the terms apart (`leastLength`).
 */
export function fitHarmonics(x: Float64Array, y: Float64Array, model: HarmonicModel): HarmonicFit | null {
  const { period, orders, linear } = model;
  if (y.length <= harmonicTerms(model)) return null;
  const origin = mean(x);
  const wave = (order: number, at: number) => (2 * Math.PI * order * at) / period;
  const columns = [
    x.map(() => 1),
    ...(linear ? [x.map((at) => at - origin)] : []),
    ...Array.from({ length: orders }, (_, i) => [
      x.map((at) => Math.cos(wave(i + 1, at))),
      x.map((at) => Math.sin(wave(i + 1, at))),
    ]).flat(),
  ];
  // Not by a column's own length: scenes of two fixed days a year may all lie near the zeros of a wave.
  const even = leastLength * Math.sqrt(y.length / 2);
  const shortest = columns.map((_, k) => (k < columns.length - 2 * orders ? 0 : even));
  const solution = leastSquares(columns, y.slice(), shortest);
  if (solution === null) return null;
  const [intercept = NaN, ...rest] = solution;
  const slope = linear ? (rest.shift() ?? NaN) : 0;
  const harmonics = Array.from({ length: orders }, (_, i): Harmonic => {
    const [cosine = NaN, sine = NaN] = rest.slice(2 * i, 2 * i + 2);
    const span = period / (i + 1);
    const peak = (Math.atan2(sine, cosine) / (2 * Math.PI)) * span;
    return { amplitude: Math.hypot(cosine, sine), peak: peak < 0 ? peak + span : peak };
  });
  const at = (when: number): number =>
    rest.reduce(
      (sum, coefficient, i) => {
        const angle = wave((i >> 1) + 1, when);
        return sum + coefficient * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
      },
      intercept + slope * (when - origin),
    );
  const squares = x.reduce((sum, when, i) => sum + ((y[i] ?? 0) - at(when)) ** 2, 0);
  const middle = mean(y);
  const total = y.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return {
    intercept,
    slope,
    harmonics,
    r2: total > 0 ? 1 - squares / total : NaN,
    rmse: Math.sqrt(squares / y.length),
    at,
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
