import { stringify } from 'csv-stringify/sync';
import { inertCell } from '../../src-shared/spreadsheet-cell.ts';

export type CsvValue = string | number | bigint | boolean | null | undefined;

export interface CsvColumn<Key extends string = string> {
  readonly key: Key;
  /** Header text; the key when left out. */
  readonly label?: string | undefined;
  /** Appended to the header in brackets: `area [m2]`. */
  readonly unit?: string | undefined;
}

/**
 * A table as CSV bytes: RFC 4180 (comma, CRLF, quotes doubled where needed), UTF-8 without a byte order mark.
 *
 * Numbers are the shortest decimal that reads back to the same double, with `.` as decimal mark; NaN, null and a
 * missing value are an empty field; infinities are `inf` and `-inf` (pandas, R and DuckDB read them); booleans are
 * `true` and `false`. Texts that a spreadsheet would run as a formula get a leading apostrophe; numbers never do.
 */
export function csv<Key extends string>(
  rows: readonly Readonly<Partial<Record<Key, CsvValue>>>[],
  columns: readonly CsvColumn<Key>[],
): Uint8Array {
  const header = columns.map((column) => inertCell(columnHeader(column)));
  const records = rows.map((row) => columns.map((column) => cell(row[column.key])));
  const text = stringify([header, ...records], { record_delimiter: 'windows', quoted_match: /[\r\n\t]|^\s|\s$/ });
  return new TextEncoder().encode(text.toWellFormed());
}

/** `label [unit]`, as printed in tables and reports. */
export function columnHeader(column: CsvColumn): string {
  const label = column.label ?? column.key;
  return column.unit === undefined ? label : `${label} [${column.unit}]`;
}

function cell(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return csvNumber(value);
  return typeof value === 'string' ? inertCell(value) : String(value);
}

function csvNumber(value: number): string {
  if (Number.isNaN(value)) return '';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return String(value);
}
