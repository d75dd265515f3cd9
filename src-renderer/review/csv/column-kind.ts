import type { TextColumn } from './text-column.ts';

/** What the cells of a column are, which decides how it is sorted and aligned. Empty cells don't count. */
export type ColumnKind = 'number' | 'time' | 'text';

const numeric = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const notNumber = /^\s*(?:nan|[+-]?inf(?:inity)?)\s*$/i;
const timed = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** The number that a cell says; NaN for `nan` and for what is no number. Negative zero counts as zero. */
export function numberOf(text: string): number {
  if (numeric.test(text)) return Number(text) + 0;
  if (/inf/i.test(text) && notNumber.test(text)) return text.trim().startsWith('-') ? -Infinity : Infinity;
  return Number.NaN;
}

/** The instant that a cell says, ms since 1970; a time without a zone counts as UTC. NaN for what is none. */
export function timeOf(text: string): number {
  if (!timed.test(text)) return Number.NaN;
  const iso = text.replace(' ', 'T').replace(',', '.');
  return Date.parse(iso.length === 10 || /(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) ? iso : `${iso}Z`);
}

/** Looks at every cell: one word among numbers makes a column of text, so that nothing is sorted as what it is not. */
export function kindOf(column: Pick<TextColumn, 'length' | 'get'>): ColumnKind {
  let kind: ColumnKind | null = null;
  for (let row = 0; row < column.length; row += 1) {
    const text = column.get(row);
    if (text === '') continue;
    const now: ColumnKind = numeric.test(text) || notNumber.test(text) ? 'number' : timed.test(text) ? 'time' : 'text';
    if (now === 'text' || (kind !== null && now !== kind)) return 'text';
    kind = now;
  }
  return kind ?? 'text';
}
