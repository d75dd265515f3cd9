import type { ColumnKind } from './column-kind.ts';
import { numberOf } from './column-kind.ts';
import type { TextColumn } from './text-column.ts';

/** What rows must have: a text in any column, and a condition per column, by the column's index. */
export interface Filter {
  readonly text: string;
  readonly columns: ReadonlyMap<number, string>;
}

interface Filtered {
  readonly columns: readonly TextColumn[];
  readonly kinds: readonly ColumnKind[];
  readonly rows: number;
}

/** The rows that pass, in the order of the file. */
export function filterRows({ columns, kinds, rows }: Filtered, filter: Filter): Uint32Array {
  let passing: Uint8Array | null = null;
  const text = filter.text.trim().toLowerCase();
  if (text !== '') {
    passing = new Uint8Array(rows);
    for (const column of columns) markContaining(column, text, passing);
  }
  for (const [index, condition] of filter.columns) {
    const column = columns[index];
    if (column === undefined || condition.trim() === '') continue;
    const here = new Uint8Array(rows);
    markPassing(column, kinds[index] ?? 'text', condition.trim(), here);
    if (passing === null) passing = here;
    else for (let row = 0; row < rows; row += 1) passing[row] = (passing[row] ?? 0) & (here[row] ?? 0);
  }
  return collect(rows, passing);
}

function collect(rows: number, passing: Uint8Array | null): Uint32Array {
  const found = new Uint32Array(rows);
  let length = 0;
  for (let row = 0; row < rows; row += 1) if (passing === null || passing[row] === 1) found[length++] = row;
  return found.subarray(0, length);
}

function markContaining(column: TextColumn, query: string, passing: Uint8Array): void {
  column.search(query, (row) => {
    passing[row] = 1;
  });
}

/** Conditions on numbers: `> 3`, `<= 0.5`, `= 2`, `!= 0`, `1..5`. Anything else is a text that the cell must contain. */
function markPassing(column: TextColumn, kind: ColumnKind, condition: string, passing: Uint8Array): void {
  const test = kind === 'number' ? numberTest(condition) : null;
  if (test === null) {
    markContaining(column, condition.toLowerCase(), passing);
    return;
  }
  for (let row = 0; row < passing.length; row += 1) if (test(numberOf(column.get(row)))) passing[row] = 1;
}

/** The test that a condition on numbers means; null when it is none. NaN passes no test. */
export function numberTest(condition: string): ((value: number) => boolean) | null {
  const range = /^(\S+)\s*\.\.\s*(\S+)$/.exec(condition);
  if (range !== null) {
    const [low, high] = [numberOf(range[1] ?? ''), numberOf(range[2] ?? '')];
    return Number.isNaN(low + high) ? null : (value) => value >= low && value <= high;
  }
  const [, sign = '', text = ''] = /^(<=|>=|!=|<|>|=)\s*(\S+)$/.exec(condition) ?? [];
  const limit = numberOf(text);
  if (Number.isNaN(limit)) return null;
  const tests: Readonly<Record<string, (value: number) => boolean>> = {
    '<': (value) => value < limit,
    '<=': (value) => value <= limit,
    '>': (value) => value > limit,
    '>=': (value) => value >= limit,
    '=': (value) => value === limit,
    '!=': (value) => !Number.isNaN(value) && value !== limit,
  };
  return tests[sign] ?? null;
}
