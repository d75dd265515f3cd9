import { valueRange } from './value-range.ts';

/** Counts of values in bins of equal width; the last bin holds its upper edge too. */
export interface Histogram {
  /** One more than there are bins; empty when there is no valid value. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Valid values, and those of them outside the range. */
  readonly count: number;
  readonly below: number;
  readonly above: number;
}

/**
 * Counts the valid, finite values in `bins` bins over `range` (the values' own range when left out), bin by bin the
 * same numbers as numpy.histogram. A range without width is widened by a half on both sides, as numpy does.
 */
export function histogram(
  data: ArrayLike<number>,
  valid: Uint8Array,
  options: { readonly bins: number; readonly range?: readonly [min: number, max: number] | undefined },
): Histogram {
  const range = options.range ?? valueRange(data, valid);
  if (range === null) return { edges: [], counts: [], count: 0, below: 0, above: 0 };
  const [min, max] = range[1] > range[0] ? range : [range[0] - 0.5, range[0] + 0.5];
  const bins = Math.max(1, Math.floor(options.bins));
  const edges = Array.from({ length: bins + 1 }, (_, index) =>
    index === bins ? max : min + index * ((max - min) / bins),
  );
  const counts = new Array<number>(bins).fill(0);
  let [count, below, above] = [0, 0, 0];
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index] ?? NaN;
    if (valid[index] !== 1 || !Number.isFinite(value)) continue;
    count += 1;
    if (value < min) below += 1;
    else if (value > max) above += 1;
    else {
      const bin = binOf(value, edges, min, max);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  return { edges, counts, count, below, above };
}

/** The edges decide, not the rounded quotient: numpy corrects its guess in the same way. */
function binOf(value: number, edges: readonly number[], min: number, max: number): number {
  const last = edges.length - 2;
  let bin = Math.min(last, Math.floor(((value - min) / (max - min)) * (last + 1)));
  while (bin > 0 && value < (edges[bin] ?? -Infinity)) bin -= 1;
  while (bin < last && value >= (edges[bin + 1] ?? Infinity)) bin += 1;
  return bin;
}
