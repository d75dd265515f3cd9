import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { kindOf, numberOf, timeOf } from '../../../src-renderer/review/csv/column-kind.ts';
import { columnStats } from '../../../src-renderer/review/csv/column-stats.ts';
import { CsvReader } from '../../../src-renderer/review/csv/csv-reader.ts';
import { filterRows, numberTest } from '../../../src-renderer/review/csv/filter.ts';
import { sortRows } from '../../../src-renderer/review/csv/sort.ts';
import { TextColumn } from '../../../src-renderer/review/csv/text-column.ts';

/** Reads a text in pieces of these lengths, over and over. */
function read(text: string, pieces: readonly number[] = [text.length || 1], path = 'tables/x.csv') {
  const reader = new CsvReader(path);
  for (let [at, turn] = [0, 0]; at < text.length; turn += 1) {
    const length = Math.max(1, pieces[turn % pieces.length]!);
    reader.push(text.slice(at, at + length));
    at += length;
  }
  reader.end();
  return reader.table;
}

const cellsOf = ({ columns, rows }: ReturnType<typeof read>) =>
  Array.from({ length: rows }, (_, row) => columns.map((column) => column.get(row)));

function columnOf(cells: readonly string[]): TextColumn {
  const column = new TextColumn();
  for (const cell of cells) column.push(cell);
  return column;
}

const allRows = (length: number) => Uint32Array.from({ length }, (_, row) => row);
const cell = fc
  .oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom('', '0', '-0', '1e3', '007', ' 5 ', 'nan', 'İ', 'ß', 'a"b', 'x,y', 'two\nlines', 'µm², 10 °C'),
  )
  .map((text) => text.replace(/[\r\0]/g, ''));

describe('reading CSV', () => {
  it('gives every cell as it was written, wherever the pieces end', () => {
    const table = fc.integer({ min: 2, max: 5 }).chain((width) =>
      fc.record({
        names: fc.array(fc.stringMatching(/^[a-z][a-z ,"]{0,5}$/), { minLength: width, maxLength: width }),
        rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 20 }),
        newline: fc.constantFrom('\n', '\r\n'),
        ending: fc.boolean(),
        bom: fc.boolean(),
        pieces: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      }),
    );
    fc.assert(
      fc.property(table, ({ names, rows, newline, ending, bom, pieces }) => {
        // Lines without any text are passed over.
        const kept = rows.filter((row) => row.some((text) => text !== ''));
        const text = Papa.unparse([names, ...kept], { newline, quotes: false, delimiter: ',' });
        const result = read((bom ? '\ufeff' : '') + text + (ending ? newline : ''), pieces);
        expect(result.names).toEqual(names);
        expect(cellsOf(result)).toEqual(kept);
        expect(result.notices).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps more rows than a block has', () => {
    const rows = 9_000;
    const text = `n,word\n${Array.from({ length: rows }, (_, row) => `${row},w${row % 7}`).join('\n')}\n`;
    const table = read(text, [1_000, 77]);
    expect(table.rows).toBe(rows);
    expect(table.columns[0]!.get(0)).toBe('0');
    expect(table.columns[0]!.get(4_096)).toBe('4096');
    expect(table.columns[1]!.get(8_999)).toBe(`w${8_999 % 7}`);
    expect(table.columns[0]!.get(9_000)).toBe('');
  });

  it('says which rows are ragged and shows their cells', () => {
    const table = read('a,b\n1,2\n3\n4,5,6\n');
    expect(table.names).toEqual(['a', 'b', '']);
    expect(cellsOf(table)).toEqual([
      ['1', '2', ''],
      ['3', '', ''],
      ['4', '5', '6'],
    ]);
    expect(table.notices.map(({ message }) => message)).toEqual([
      '2 rows with another number of cells than the header, the first at row 2.',
    ]);
  });

  it('takes semicolons, tabs, lone carriage returns and mixed line ends', () => {
    expect(cellsOf(read('a;b\n1,5;2\n'))).toEqual([['1,5', '2']]);
    expect(cellsOf(read('a\tb, c\n1\t2\n', [3], 'x.tsv'))).toEqual([['1', '2']]);
    expect(cellsOf(read('a,b\r1,2\r3,4', [4]))).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(cellsOf(read('a,b\n1,2\r\n3,4\n'))).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('reads a table of one column with its empty cells, and an empty file', () => {
    expect(cellsOf(read('a\n1\n\n3\n'))).toEqual([['1'], [''], ['3']]);
    expect(read('')).toMatchObject({ rows: 0, names: [] });
    expect(read('a,b')).toMatchObject({ rows: 0, names: ['a', 'b'] });
  });

  it('refuses what is no table', () => {
    expect(() => read('a,b\n1,\0\n')).toThrow(/NUL character after row 0/);
    expect(() => read(`a,b\n1,"${'x'.repeat(9_000_000)}`, [100_000])).toThrow(/a quote is not closed/);
  });

  it('tells of a quote that nothing closes', () => {
    const { notices } = read('a,b\n1,"two\n3,4\n');
    expect(notices[0]!.message).toMatch(/^1 quote not closed or in the wrong place, the first at row 1/);
  });
});

describe('columns', () => {
  it('know numbers, times and text by all their cells', () => {
    expect(kindOf(columnOf(['1', '', '-2.5e3', '.5', 'NaN', 'inf']))).toBe('number');
    expect(kindOf(columnOf(['2023-06-06', '2023-06-06T10:00:00Z']))).toBe('time');
    expect(kindOf(columnOf(['1', '2', 'x']))).toBe('text');
    expect(kindOf(columnOf(['1', '2023-06-06']))).toBe('text');
    expect(kindOf(columnOf(['', '']))).toBe('text');
    expect(kindOf(columnOf(['0x10']))).toBe('text');
  });

  it('read numbers and instants', () => {
    expect(numberOf('-inf')).toBe(-Infinity);
    expect(numberOf('1,5')).toBeNaN();
    expect(Object.is(numberOf('-0'), 0)).toBe(true);
    expect(timeOf('2023-06-06 12:00')).toBe(Date.UTC(2023, 5, 6, 12));
    expect(timeOf('2023-06-06T12:00:00+02:00')).toBe(Date.UTC(2023, 5, 6, 10));
  });

  it('find text as a plain search would, also across blocks', () => {
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 30 }), fc.string({ minLength: 1, maxLength: 3 }), (cells, query) => {
        // Padding moves the cells over the end of a block.
        const column = columnOf([...Array<string>(4_090).fill('ab'), ...cells]);
        const found: number[] = [];
        column.search(query.toLowerCase(), (row) => found.push(row));
        const expected = [...Array<string>(4_090).fill('ab'), ...cells].flatMap((text, row) =>
          text.toLowerCase().includes(query.toLowerCase()) ? [row] : [],
        );
        expect(found).toEqual(expected);
      }),
    );
  });

  it('count and name their extremes as written', () => {
    const stats = columnStats(columnOf(['3', '1.50', '', 'nan', '1.5', '-2e0']), 'number');
    expect(stats).toEqual({
      filled: 5,
      empty: 1,
      notNumbers: 1,
      least: '-2e0',
      greatest: '3',
      mean: 1,
      distinct: 5,
    });
    expect(columnStats(columnOf(Array.from({ length: 2_000 }, (_, row) => `${row}`)), 'text').distinct).toBeNull();
  });
});

describe('sorting', () => {
  const directions = ['rising', 'falling'] as const;

  it('orders numbers as a stable comparison would, with nan and then empty cells last', () => {
    const number = fc.oneof(
      fc
        .double({ noNaN: true })
        .map(String)
        .filter((text) => !Number.isNaN(numberOf(text))),
      fc.integer({ min: -3, max: 3 }).map(String),
      fc.constantFrom('', 'nan', 'NaN', '-0', '0', '1e400', '-inf'),
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 60 }), fc.constantFrom(...directions), (cells, direction) => {
        const group = (text: string) => (text === '' ? 2 : Number.isNaN(numberOf(text)) ? 1 : 0);
        const sign = direction === 'rising' ? 1 : -1;
        const expected = cells
          .map((_, row) => row)
          .sort((a, b) => {
            const [x, y] = [cells[a]!, cells[b]!];
            if (group(x) !== group(y)) return group(x) - group(y);
            if (group(x) > 0) return 0;
            return numberOf(x) === numberOf(y) ? 0 : sign * (numberOf(x) < numberOf(y) ? -1 : 1);
          });
        expect([...sortRows(allRows(cells.length), columnOf(cells), 'number', direction)]).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('orders text without regard to case first, and keeps equal rows as they were', () => {
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 60 }), fc.constantFrom(...directions), (cells, direction) => {
        const sign = direction === 'rising' ? 1 : -1;
        const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
        const expected = cells
          .map((_, row) => row)
          .sort((a, b) => {
            const [x, y] = [cells[a]!, cells[b]!];
            if (x === '' || y === '') return Number(x === '') - Number(y === '');
            return sign * (compare(x.toLowerCase(), y.toLowerCase()) || compare(x, y));
          });
        expect([...sortRows(allRows(cells.length), columnOf(cells), 'text', direction)]).toEqual(expected);
      }),
    );
  });

  it('orders instants of several zones', () => {
    const column = columnOf(['2023-06-06T12:00:00Z', '', '2023-06-06T12:00:00+05:00', '2023-06-05']);
    expect([...sortRows(allRows(4), column, 'time', 'rising')]).toEqual([3, 2, 0, 1]);
    expect([...sortRows(allRows(4), column, 'time', 'falling')]).toEqual([0, 2, 3, 1]);
  });

  it('sorts a million numbers', () => {
    const column = new TextColumn();
    for (let row = 0; row < 1_000_000; row += 1) column.push(String((row * 7_919) % 1_000_003));
    const sorted = sortRows(allRows(1_000_000), column, 'number', 'rising');
    for (let at = 1; at < sorted.length; at += 1)
      if (Number(column.get(sorted[at - 1]!)) > Number(column.get(sorted[at]!)))
        expect.fail(`row ${at} is out of order`);
  });
});

describe('filtering', () => {
  const table = { columns: [columnOf(['1', '20', '3', 'nan', '']), columnOf(['Red', 'green', 'BLUE', 'red', 'x'])] };
  const filter = (text: string, columns: [number, string][] = []) => [
    ...filterRows({ ...table, kinds: ['number', 'text'], rows: 5 }, { text, columns: new Map(columns) }),
  ];

  it('finds text in any column whatever its case', () => {
    expect(filter('')).toEqual([0, 1, 2, 3, 4]);
    expect(filter('RED')).toEqual([0, 3]);
    expect(filter('2')).toEqual([1]);
  });

  it('holds conditions on columns together with the text', () => {
    expect(filter('', [[0, '> 1']])).toEqual([1, 2]);
    expect(filter('', [[0, '1..3']])).toEqual([0, 2]);
    expect(filter('', [[0, '!= 3']])).toEqual([0, 1]);
    expect(filter('e', [[0, '>= 3']])).toEqual([1, 2]);
    expect(
      filter('', [
        [0, '2'],
        [1, 'gr'],
      ]),
    ).toEqual([1]);
    expect(filter('', [[1, '> 1']])).toEqual([]);
  });

  it('takes no condition for one that it is not', () => {
    expect(numberTest('> x')).toBeNull();
    expect(numberTest('1..')).toBeNull();
    expect(numberTest('5')).toBeNull();
    expect(numberTest('= -1e-3')!(-0.001)).toBe(true);
  });
});
