import { kindOf } from '../csv/column-kind.ts';
import type { TextColumn } from '../csv/text-column.ts';

/** Rows that are looked at for a column's width and side. */
const sample = 200;
const [least, most] = [72, 360];
/** Width of a character of the table, px, and of what else a cell holds. */
const [perChar, around] = [8.2, 24];

export interface ColumnLook {
  readonly width: number;
  /** Numbers stand to the right, so that their places stand under each other. */
  readonly isNumber: boolean;
}

/** How a column is drawn, from its name and its first rows. */
export function lookOf(name: string, column: TextColumn): ColumnLook {
  const first = headOf(column);
  let longest = name.length + 3;
  for (const text of first) longest = Math.max(longest, text.length);
  return {
    width: Math.round(Math.min(most, Math.max(least, longest * perChar + around))),
    isNumber: kindOf({ length: first.length, get: (row) => first[row] ?? '' }) === 'number',
  };
}

function headOf(column: TextColumn): string[] {
  return Array.from({ length: Math.min(sample, column.length) }, (_, row) => column.get(row));
}
