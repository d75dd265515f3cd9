import type { ColumnKind } from './column-kind.ts';
import { numberOf, timeOf } from './column-kind.ts';
import { sortByKey, sortByNumber } from './radix.ts';
import type { TextColumn } from './text-column.ts';

export type Direction = 'rising' | 'falling';

/**
 * Orders rows by a column: numbers by value, times by instant, text without regard to case and then by it. Rows that are
 * equal keep their order. What is not a number (`nan`) comes after all numbers and empty cells last, in both directions.
 */
export function sortRows(rows: Uint32Array, column: TextColumn, kind: ColumnKind, direction: Direction): Uint32Array {
  const filled = rows.filter((row) => column.get(row) !== '');
  const empty = rows.filter((row) => column.get(row) === '');
  const falling = direction === 'falling';
  if (kind === 'text') return joined(sortByText(filled, column, falling), empty);
  const read = kind === 'number' ? numberOf : timeOf;
  const values = new Float64Array(column.length);
  for (const row of filled) values[row] = read(column.get(row));
  const isNumber = (row: number) => !Number.isNaN(values[row]);
  return joined(
    sortByNumber(filled.filter(isNumber), values, falling),
    filled.filter((row) => !isNumber(row)),
    empty,
  );
}

/** Each distinct text gets its rank, and the rows are sorted by that. */
function sortByText(rows: Uint32Array, column: TextColumn, falling: boolean): Uint32Array {
  const ranks = new Map<string, number>();
  for (const row of rows) ranks.set(column.get(row), 0);
  const texts = [...ranks.keys()].map((text) => ({ text, lower: text.toLowerCase() }));
  texts.sort((a, b) => compare(a.lower, b.lower) || compare(a.text, b.text));
  texts.forEach(({ text }, index) => ranks.set(text, falling ? texts.length - index : index));
  const key = new Uint32Array(column.length);
  for (const row of rows) key[row] = ranks.get(column.get(row)) ?? 0;
  return sortByKey(rows, key);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function joined(...parts: Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
