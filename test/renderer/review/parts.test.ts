import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunFile } from '../../../src-shared/api/library.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import { hexRows, looksLikeText } from '../../../src-renderer/review/files/hex.ts';
import { missingOf, treeRows } from '../../../src-renderer/review/files/file-tree.ts';
import { isShallow, jsonRows, searchJson } from '../../../src-renderer/review/metadata/json-tree.ts';
import type { Json } from '../../../src-renderer/review/metadata/json-tree.ts';
import { runFileUrl } from '../../../src-renderer/review/run-file.ts';
import { textParts, visibleText } from '../../../src-renderer/review/visible-text.ts';

const jobId = JobId.parse('20261122t014009z-summer-median-near-b-fuak7s');

describe('the address of a run’s file', () => {
  it('names the file and nothing else, whatever its name', () => {
    const step = fc
      .string({ minLength: 1, maxLength: 12, unit: 'binary' })
      .filter((text) => !/^\.{1,2}$|\//.test(text));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
        const url = new URL(runFileUrl(jobId, steps.join('/')));
        expect(url.protocol).toBe('job:');
        expect(url.host).toBe(jobId);
        expect(url.search + url.hash + url.username).toBe('');
        const back = url.pathname.slice(1).split('/').map(decodeURIComponent);
        expect(back).toEqual(steps.map((text) => text.replace(/\p{Surrogate}/gu, '\ufffd')));
      }),
    );
  });
});

describe('names from a run', () => {
  it('are shown with what they hide', () => {
    expect(visibleText('a\nb\u202Egnp.exe')).toBe('a\\nb\\u{202E}gnp.exe');
    expect(visibleText('\u200b\ufeff\0')).toBe('\\u{200B}\\u{FEFF}\\0');
    expect(visibleText('one\ttwo\n', '\t\n')).toBe('one\ttwo\n');
    expect(visibleText('<img src=x onerror=alert(1)> Größe 距離 ملف')).toBe(
      '<img src=x onerror=alert(1)> Größe 距離 ملف',
    );
    expect(textParts('a\rb')).toEqual([
      { text: 'a', isEscape: false },
      { text: '\\r', isEscape: true },
      { text: 'b', isEscape: false },
    ]);
  });

  it('never hold a control or format character afterwards', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(
          textParts(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(visibleText(text));
      }),
    );
  });
});

const file = (path: string, bytes = 1): RunFile => ({
  path,
  bytes,
  mediaType: 'text/plain',
  modifiedAt: '2026-11-22T00:00:00Z',
  sha256: null,
});

describe('the tree of a run’s files', () => {
  const files = [file('b.txt', 5), file('maps/x10.tif', 10), file('maps/x2.tif', 20), file('maps/deep/y.tif', 30)];
  const shape = (rows: ReturnType<typeof treeRows>) => rows.map(({ kind, path, depth }) => `${depth} ${kind} ${path}`);

  it('has folders first, names in the order of their numbers, sums in folders', () => {
    const rows = treeRows(files, [], new Set());
    expect(shape(rows)).toEqual([
      '0 folder maps',
      '1 folder maps/deep',
      '2 file maps/deep/y.tif',
      '1 file maps/x2.tif',
      '1 file maps/x10.tif',
      '0 file b.txt',
    ]);
    expect(rows[0]).toMatchObject({ files: 3, bytes: 60 });
  });

  it('folds folders up and shows what the result lists and the folder lacks', () => {
    const gone = { path: 'maps/gone.tif', bytes: 7, sha256: 'a'.repeat(64), mediaType: 'image/tiff' };
    expect(shape(treeRows(files, [gone], new Set(['maps/deep'])))).toContain('1 missing maps/gone.tif');
    expect(shape(treeRows(files, [gone], new Set(['maps'])))).toEqual(['0 folder maps', '0 file b.txt']);
    expect(missingOf(files, [gone, { ...gone, path: 'b.txt' }])).toEqual([gone]);
  });

  it('shows every file once, whatever the names', () => {
    const path = fc
      .array(fc.constantFrom('a', '__proto__', 'constructor', 'b c', '\u202Ex', '..'), { minLength: 1, maxLength: 4 })
      .map((steps) => [...steps, 'f'].join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 20 }), (paths) => {
        const rows = treeRows(
          paths.map((one) => file(one)),
          [],
          new Set(),
        );
        expect(rows.flatMap((row) => (row.kind === 'file' ? [row.path] : [])).sort()).toEqual([...paths].sort());
      }),
    );
  });
});

describe('bytes', () => {
  it('are written in rows of sixteen', () => {
    expect(hexRows(new Uint8Array([0x49, 0x49, 0x2a, 0, 0x7f]), 16)).toEqual([
      `00000010  49 49 2a 00 7f${' '.repeat(34)}  II*..`.replace(/ {34} {2}/, ' '.repeat(36)),
    ]);
    expect(hexRows(new Uint8Array(17))).toHaveLength(2);
  });

  it('are text when they are UTF-8 without NUL, also when a character is cut off', () => {
    const text = new TextEncoder().encode('Größe');
    expect(looksLikeText(text)).toBe(true);
    expect(looksLikeText(text.subarray(0, 3))).toBe(true);
    expect(looksLikeText(new Uint8Array([0xff, 0xfe, 0x41]))).toBe(false);
    expect(looksLikeText(new Uint8Array([0x41, 0]))).toBe(false);
  });
});

describe('the tree of JSON', () => {
  const value: Json = { inputs: { bbox: [1, 2], 'odd key': { deep: 'Needle' } }, state: 'done', none: null };

  it('shows what is open, with the paths that one would write', () => {
    expect(jsonRows(value, (path) => path !== 'inputs["odd key"]').map(({ path }) => path)).toEqual([
      'inputs',
      'inputs.bbox',
      'inputs.bbox[0]',
      'inputs.bbox[1]',
      'inputs["odd key"]',
      'state',
      'none',
    ]);
    expect(jsonRows(value, () => false).map(({ size }) => size)).toEqual([2, null, null]);
  });

  it('finds keys and values with the way to them', () => {
    const { rows, matches } = searchJson(value, 'needle');
    expect(rows.map(({ path, isMatch }) => [path, isMatch])).toEqual([
      ['inputs', false],
      ['inputs["odd key"]', false],
      ['inputs["odd key"].deep', true],
    ]);
    expect(matches).toBe(1);
    expect(searchJson(value, 'nowhere').rows).toEqual([]);
    expect(searchJson(value, 'BBOX').rows.map(({ path }) => path)).toEqual(['inputs', 'inputs.bbox']);
  });

  it('knows what is nested too deeply to be walked', () => {
    expect(isShallow('['.repeat(10_000))).toBe(false);
    expect(isShallow(`{"a": "${'['.repeat(1_000)}\\"["}`)).toBe(true);
  });
});
