import Papa from 'papaparse';
import { AppError } from '../../../src-shared/errors.ts';
import { count, grouped } from '../../ui/format.ts';
import { TextColumn } from './text-column.ts';

/** More rows than this would be higher than a page can be drawn. */
export const maxRows = 1_250_000;
const maxColumns = 2_000;
/** A row longer than this has a quote that nothing closes, or is no row. */
const maxRowChars = 8_000_000;

/** Something that is not as it should be, and is shown. */
export interface CsvNotice {
  readonly message: string;
}

interface Dialect {
  readonly delimiter: string;
  readonly newline: '\n' | '\r\n' | '\r';
}

/** A table as it is read: columns of texts, and what was odd about it. Only the reader adds to it. */
export interface CsvTable {
  readonly names: readonly string[];
  readonly columns: readonly TextColumn[];
  readonly rows: number;
  /** True when the file has more than can be shown. */
  readonly isCut: boolean;
  readonly notices: readonly CsvNotice[];
}

interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly code: string; readonly row?: number }[];
  readonly meta: { readonly cursor: number };
}

/** Reads CSV from pieces of text, of which each may end anywhere. */
export class CsvReader {
  readonly #names: string[] = [];
  readonly #columns: TextColumn[] = [];
  readonly #isTabbed: boolean;
  #dialect: Dialect | null = null;
  #hasHeader = false;
  #width = 0;
  #rows = 0;
  #rest = '';
  #isCut = false;
  #ragged = { rows: 0, first: 0 };
  #quotes = { rows: 0, first: 0 };

  /** @param path decides on tabs (`.tsv`); else the first line does */
  constructor(path: string) {
    this.#isTabbed = /\.(tsv|tab)$/i.test(path);
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** What has been read so far. */
  get table(): CsvTable {
    return {
      names: [...this.#names],
      columns: [...this.#columns],
      rows: this.#rows,
      isCut: this.#isCut,
      notices: this.#notices(),
    };
  }

  /** Takes the next piece. @throws AppError `bad_data` for what is no table */
  push(piece: string): void {
    const isFirst = this.#dialect === null;
    let text = this.#rest + piece;
    this.#rest = text;
    if (isFirst) {
      text = text.replace(/^\ufeff/, '');
      this.#rest = text;
      this.#dialect = guessDialect(text, this.#isTabbed);
      // The first line may not be whole yet.
      if (this.#dialect === null) {
        this.#refuseLongRow();
        return;
      }
    }
    this.#take(text, false);
    this.#refuseLongRow();
  }

  /** Takes what is left once the file has ended. */
  end(): void {
    this.#dialect ??= { delimiter: guessDelimiter(this.#rest, this.#isTabbed), newline: '\n' };
    this.#take(this.#rest, true);
    for (const column of this.#columns) column.padTo(this.#rows);
  }

  #take(text: string, isLast: boolean): void {
    if (this.#dialect === null || this.#isCut) return;
    const nul = text.indexOf('\0');
    if (nul >= 0)
      throw new AppError('bad_data', `This is not a table of text: it has a NUL character after row ${this.#rows}.`, {
        remedy: 'Look at its bytes in Files.',
      });
    const parser = new Papa.Parser({ ...this.#dialect, quoteChar: '"', escapeChar: '"' });
    const { data, errors, meta } = parser.parse(text, 0, !isLast) as Parsed;
    const firstRow = this.#rows + (this.#hasHeader ? 1 : 0);
    for (const { row = 0 } of errors) {
      // A row that is not whole yet comes again.
      if (row >= data.length) continue;
      this.#quotes.rows += 1;
      this.#quotes.first ||= firstRow + row;
    }
    this.#rest = isLast ? '' : text.slice(meta.cursor);
    // A line end at the very end of the file begins no row.
    if (isLast && data.at(-1)?.length === 1 && data.at(-1)?.[0] === '') data.pop();
    for (const cells of data) this.#row(cells);
  }

  #row(cells: string[]): void {
    const last = cells.length - 1;
    if (this.#dialect?.newline === '\n' && cells[last]?.endsWith('\r') === true) cells[last] = cells[last].slice(0, -1);
    if (!this.#hasHeader) {
      if (cells.length > maxColumns)
        throw new AppError(
          'over_limit',
          `The table has ${grouped(cells.length)} columns; at most ${grouped(maxColumns)} can be shown.`,
          { remedy: 'Save a copy and open it in another program.' },
        );
      this.#hasHeader = true;
      this.#width = cells.length;
      for (const name of cells) this.#addColumn(name);
      return;
    }
    // An empty line between rows says nothing, except in a table of one column.
    if (last === 0 && cells[0] === '' && this.#width > 1) return;
    if (this.#rows === maxRows) {
      this.#isCut = true;
      return;
    }
    if (cells.length !== this.#width) {
      this.#ragged.rows += 1;
      this.#ragged.first ||= this.#rows + 1;
    }
    const wanted = Math.min(cells.length, maxColumns);
    while (this.#columns.length < wanted) this.#addColumn('');
    this.#columns.forEach((column, index) => {
      column.push(cells[index] ?? '');
    });
    this.#rows += 1;
  }

  #addColumn(name: string): void {
    const column = new TextColumn();
    column.padTo(this.#rows);
    this.#names.push(name);
    this.#columns.push(column);
  }

  #refuseLongRow(): void {
    if (this.#rest.length > maxRowChars)
      throw new AppError(
        'bad_data',
        `The row after row ${grouped(this.#rows)} has more than ${grouped(maxRowChars)} characters: a quote is not closed, or this is not a table.`,
        { remedy: 'Look at the text in Files.' },
      );
  }

  #notices(): CsvNotice[] {
    const notices: CsvNotice[] = [];
    if (this.#ragged.rows > 0)
      notices.push({
        message: `${count(this.#ragged.rows, 'row')} with another number of cells than the header, the first at row ${grouped(this.#ragged.first)}.`,
      });
    if (this.#quotes.rows > 0)
      notices.push({
        message: `${count(this.#quotes.rows, 'quote')} not closed or in the wrong place, the first at row ${grouped(this.#quotes.first)}: cells there may be cut or joined wrongly.`,
      });
    if (this.#isCut) notices.push({ message: `Only the first ${grouped(maxRows)} rows are shown.` });
    return notices;
  }
}

/** How a table is written, from its first line; null while that is not whole. */
function guessDialect(text: string, isTabbed: boolean): Dialect | null {
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') isQuoted = !isQuoted;
    if (isQuoted || (sign !== '\n' && sign !== '\r')) continue;
    // What follows a carriage return decides, and may be in the next piece.
    if (sign === '\r' && at === text.length - 1) return null;
    const newline = sign === '\n' ? '\n' : text[at + 1] === '\n' ? '\r\n' : '\r';
    return { delimiter: guessDelimiter(text.slice(0, at), isTabbed), newline };
  }
  return null;
}

/** A comma, unless the first line has none but semicolons or tabs. */
function guessDelimiter(line: string, isTabbed: boolean): string {
  if (isTabbed) return '\t';
  const bare = line.replace(/"[^"]*"/g, '');
  if (bare.includes(',')) return ',';
  return [';', '\t'].find((sign) => bare.includes(sign)) ?? ',';
}
