import type { ColumnKind } from './column-kind.ts';
import { numberOf, timeOf } from './column-kind.ts';
import type { TextColumn } from './text-column.ts';

/** What a column holds. `least` and `greatest` are cells as they are written. */
export interface ColumnStats {
  readonly filled: number;
  readonly empty: number;
  /** Cells of a column of numbers that say `nan`. */
  readonly notNumbers: number;
  readonly least: string | null;
  readonly greatest: string | null;
  /** Arithmetic mean of the finite numbers; null for other kinds and where there are none. */
  readonly mean: number | null;
  /** Distinct texts; null when there are more than `mostDistinct`. */
  readonly distinct: number | null;
}

export const mostDistinct = 1_000;

/** Counts and extremes over all rows of a column. */
export function columnStats(column: TextColumn, kind: ColumnKind): ColumnStats {
  const read = kind === 'number' ? numberOf : kind === 'time' ? timeOf : () => Number.NaN;
  const seen = new Set<string>();
  let [filled, numbers, finite, mean] = [0, 0, 0, 0];
  let [least, greatest] = [Infinity, -Infinity];
  let [leastText, greatestText]: (string | null)[] = [null, null];
  for (let row = 0; row < column.length; row += 1) {
    const text = column.get(row);
    if (text === '') continue;
    filled += 1;
    if (seen.size <= mostDistinct) seen.add(text);
    const value = read(text);
    if (Number.isNaN(value)) continue;
    numbers += 1;
    if (leastText === null || value < least) [least, leastText] = [value, text];
    if (greatestText === null || value > greatest) [greatest, greatestText] = [value, text];
    if (!Number.isFinite(value)) continue;
    finite += 1;
    // Welford's running mean: a sum of a million large numbers would lose digits.
    mean += (value - mean) / finite;
  }
  return {
    filled,
    empty: column.length - filled,
    notNumbers: kind === 'number' ? filled - numbers : 0,
    least: leastText ?? null,
    greatest: greatestText ?? null,
    mean: kind === 'number' && finite > 0 ? mean : null,
    distinct: seen.size > mostDistinct ? null : seen.size,
  };
}
