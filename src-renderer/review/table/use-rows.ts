import { useEffect, useState } from 'react';
import type { ColumnKind } from '../csv/column-kind.ts';
import { kindOf } from '../csv/column-kind.ts';
import type { CsvTable } from '../csv/csv-reader.ts';
import type { Filter } from '../csv/filter.ts';
import { filterRows } from '../csv/filter.ts';
import type { Direction } from '../csv/sort.ts';
import { sortRows } from '../csv/sort.ts';
import type { TextColumn } from '../csv/text-column.ts';

/** By which column the rows are ordered; null for the order of the file. */
export type Sorting = { readonly column: number; readonly direction: Direction } | null;

export interface Rows {
  /** Rows of the table in the order to show. */
  readonly order: Uint32Array;
  /** True while another order is being made. */
  readonly isPending: boolean;
}

/** Tables that take less than this are ordered at once, rows. */
const instant = 20_000;

/** The rows of a table that pass a filter, in an order. While the table is read, they are those that there are, as they come. */
export function useRows(table: CsvTable, isDone: boolean, filter: Filter, sorting: Sorting): Rows {
  const [made, setMade] = useState<{ key: unknown[]; order: Uint32Array } | null>(null);
  const isPlain = sorting === null && filter.text === '' && filter.columns.size === 0;
  const key = [table, filter, sorting];
  const isMade = made !== null && made.key.every((part, index) => part === key[index]);
  const canWait = table.rows > instant;
  useEffect(() => {
    if (isPlain || isMade || !isDone) return undefined;
    const make = () => {
      setMade({ key: [table, filter, sorting], order: orderOf(table, filter, sorting) });
    };
    // Lets the page say first that it takes a moment.
    const timer = setTimeout(make, canWait ? 30 : 0);
    return () => {
      clearTimeout(timer);
    };
  }, [isPlain, isMade, isDone, canWait, table, filter, sorting]);
  if (isPlain) return { order: inOrder(table.rows), isPending: false };
  return { order: made?.order ?? inOrder(table.rows), isPending: !isMade };
}

function orderOf(table: CsvTable, filter: Filter, sorting: Sorting): Uint32Array {
  const kinds = table.columns.map((column, index) => (filter.columns.has(index) ? kindOfWhole(column) : 'text'));
  const rows = filterRows({ columns: table.columns, kinds, rows: table.rows }, filter);
  const column = sorting === null ? undefined : table.columns[sorting.column];
  return column === undefined || sorting === null
    ? rows
    : sortRows(rows, column, kindOfWhole(column), sorting.direction);
}

const kinds = new WeakMap<TextColumn, ColumnKind>();

/** The kind of a column that is read to its end, found once. */
export function kindOfWhole(column: TextColumn): ColumnKind {
  const kind = kinds.get(column) ?? kindOf(column);
  kinds.set(column, kind);
  return kind;
}

let natural = new Uint32Array(0);

/** Rows 0, 1, 2 …: one array for all tables, made longer when need be. */
function inOrder(rows: number): Uint32Array {
  if (natural.length < rows) natural = Uint32Array.from({ length: Math.ceil(rows * 1.5) }, (_, row) => row);
  return natural.subarray(0, rows);
}
