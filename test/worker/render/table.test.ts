import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csv, type CsvValue } from '../../../src-worker/render/table.ts';

const text = (value: CsvValue): string => new TextDecoder().decode(csv([{ a: value }], [{ key: 'a' }])).slice(3, -2);

/** A reader of RFC 4180 as its grammar stands, strict about what follows a quote. */
function parse(source: string): string[][] {
  const records: string[][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  let record: string[] = [];
  while (field.lastIndex < source.length) {
    const at = field.lastIndex;
    const match = field.exec(source);
    if (match === null) throw new SyntaxError(`No field at ${at}`);
    record.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}

describe('csv', () => {
  it('writes header with units, CRLF and quotes where needed', () => {
    const bytes = csv(
      [
        { id: 'a,b', area: 1.5 },
        { id: 'say "hi"', area: null },
      ],
      [{ key: 'id' }, { key: 'area', label: 'area', unit: 'm2' }],
    );
    expect(new TextDecoder().decode(bytes)).toBe('id,area [m2]\r\n"a,b",1.5\r\n"say ""hi""",\r\n');
  });

  it.each<[CsvValue, string]>([
    [-1.5, '-1.5'],
    [-0, '0'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [NaN, ''],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [null, ''],
    [undefined, ''],
    [true, 'true'],
    ['-1.5', '-1.5'],
    ['+2e-3', '+2e-3'],
    ['=1+1', "'=1+1"],
    ['+cmd', "'+cmd"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    [' =1+1', "' =1+1"],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['\n=1', `"'\n=1"`],
    ['\uFF1D1+1', "'\uFF1D1+1"],
    ['safe = yes', 'safe = yes'],
    ['', ''],
  ])('%j becomes %j', (value, wanted) => {
    expect(text(value)).toBe(wanted);
  });

  it('writes large integers in full', () => {
    expect(text(12345678901234567890n)).toBe('12345678901234567890');
  });

  it('guards the header too', () => {
    expect(new TextDecoder().decode(csv([], [{ key: '=x' }]))).toBe("'=x\r\n");
  });

  it('reads back any table: numbers to the bit, texts but for the guard', () => {
    const value = fc.oneof(fc.double({ noNaN: true }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(fc.record({ a: value, b: value }), { maxLength: 8 }), (rows) => {
        const records = parse(
          new TextDecoder('utf-8', { fatal: true }).decode(csv(rows, [{ key: 'a' }, { key: 'b' }])),
        );
        expect(records[0]).toEqual(['a', 'b']);
        expect(records).toHaveLength(rows.length + 1);
        rows.forEach((row, index) => {
          [row.a, row.b].forEach((cell, column) => {
            const read = records[index + 1]?.[column] ?? '';
            if (typeof cell === 'string') expect([cell, `'${cell}`]).toContain(read);
            else expect(Number(read.replace('inf', 'Infinity'))).toBe(cell + 0);
          });
        });
      }),
    );
  });

  it('is read by another program', ({ skip }) => {
    const rows = [{ a: 'x\r\ny "q", z', b: -0.1 }];
    const script =
      'import csv,sys,io,json; print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode(), newline="")))))';
    let output: string;
    try {
      output = execFileSync('python3', ['-c', script], {
        input: csv(rows, [{ key: 'a' }, { key: 'b' }]),
        encoding: 'utf8',
      });
    } catch (cause) {
      skip(`python3 is not usable: ${String(cause)}`);
      return;
    }
    expect(JSON.parse(output)).toEqual([
      ['a', 'b'],
      ['x\r\ny "q", z', '-0.1'],
    ]);
  });
});
