import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-shared/errors.ts';
import type { Json, YamlPath } from '../../src-shared/task/edit-yaml.ts';
import { deleteYamlValue, insertYamlItem, moveYamlItem, setYamlValue } from '../../src-shared/task/edit-yaml.ts';
import type { Edit, Extent } from './edit-yaml.oracle.ts';
import {
  commentsOf,
  dataOf,
  extentOf,
  isSubsequence,
  keepsLinesAround,
  modelled,
  onlyAddsLines,
  pathsOf,
  sharesValues,
} from './edit-yaml.oracle.ts';

const folder = join(import.meta.dirname, 'tasks-commented');
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

/** Texts that a careless writer of YAML gets wrong. */
const awkward = [
  '',
  ' ',
  'yes',
  'No',
  'null',
  '~',
  'true',
  '1',
  '-1.5',
  '+7',
  '.5',
  '1e3',
  '0x1f',
  '0o17',
  '1_000',
  '.inf',
  '-.NaN',
  '2023-06-01',
  '2023-06-01/2023-08-31',
  '2023-06-01T00:00:00Z',
  '12:30:00',
  'a: b',
  'a:',
  ':a',
  'a #b',
  '#a',
  'a#b',
  '- a',
  '-',
  '-a',
  '--- a',
  '---',
  '...',
  '? a',
  '?',
  '[a',
  'a]',
  'a, b',
  '{a',
  'a}',
  '*a',
  '&a',
  '!a',
  '|',
  '>',
  '%a',
  '@a',
  '`a',
  "'a",
  "it's",
  '"a"',
  'a"b',
  'C:\\data',
  ' a',
  'a ',
  'a\tb',
  '\ta',
  'a\nb',
  'a\n',
  '\na',
  'a\n\nb\n',
  ' a\nb',
  'a\n  b\n',
  'a\r\nb',
  'a\u0085b',
  'a\u2028b',
  '\ufeffa',
  'a\u0000b',
  'a\u007fb',
  '\ud800',
  'é',
  '面',
  '😀',
  '<<',
  '=',
  'https://a.b/c?d=e#f',
  '# b\n# c',
];
const text = fc.oneof(
  fc.constantFrom(...awkward),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e21, -1e20, 2 ** 53, 5e-324, 0.1),
);
const key = fc.oneof(
  fc.constantFrom(
    'limits',
    'version',
    'max_items',
    'crs',
    'aoi',
    'mask',
    'eo:cloud_cover',
    'a b',
    '1',
    'true',
    'a: b',
    '- a',
    '#a',
    '',
  ),
  fc.string({ maxLength: 8 }).filter((word) => word !== '__proto__'),
);
const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

interface Attempt {
  readonly file: { readonly name: string; readonly text: string };
  readonly edit: Edit;
}

const attempt: fc.Arbitrary<Attempt> = fc
  .tuple(
    fc.constantFrom(...files),
    fc.nat(),
    fc.constantFrom('set', 'add', 'delete', 'insert', 'move'),
    key,
    value,
    fc.nat(),
    fc.nat(),
  )
  .map(([file, pick, kind, word, given, from, to]) => ({
    file,
    edit: editOf(file.text, pick, kind, word, given, from, to),
  }));

/** A random edit that makes sense in this file. */
function editOf(file: string, pick: number, kind: string, word: string, given: Json, from: number, to: number): Edit {
  const data = dataOf(file);
  const paths = pathsOf(data);
  const of = (wanted: (at: unknown) => boolean) => {
    const fitting = paths.filter((path) => wanted(at(data, path)));
    return fitting.length === 0 ? [] : fitting[pick % fitting.length]!;
  };
  const isMapping = (here: unknown) => typeof here === 'object' && here !== null && !Array.isArray(here);
  const written = paths.filter((path) => path.length > 0);
  const target = written[pick % written.length]!;
  if (kind === 'add')
    return { kind: 'set', path: [...of((here) => isMapping(here) || here === null), word], value: given };
  const list = of((here) => Array.isArray(here));
  const length = (at(data, list) as unknown[]).length;
  if (kind === 'insert' && list.length > 0) return { kind, path: list, index: from % (length + 1), value: given };
  if (kind === 'move' && length > 0) return { kind, path: list, from: from % length, to: to % length };
  return kind === 'delete' ? { kind, path: target } : { kind: 'set', path: target, value: given };
}

function at(data: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (inner, step) => (Object.hasOwn(inner ?? {}, step) ? (inner as Record<PropertyKey, unknown>)[step] : undefined),
    data,
  );
}

function perform(file: string, edit: Edit): string {
  if (edit.kind === 'set') return setYamlValue(file, edit.path, edit.value);
  if (edit.kind === 'delete') return deleteYamlValue(file, edit.path);
  if (edit.kind === 'insert') return insertYamlItem(file, edit.path, edit.index, edit.value);
  return moveYamlItem(file, edit.path, edit.from, edit.to);
}

/** -0 is 0 in a task. */
const plain = (data: unknown): unknown => JSON.parse(JSON.stringify(data));

describe('random edits of commented files', () => {
  it('mean what they say, keep every comment and the order, and touch only the lines they are about', () => {
    const seen = { edits: 0, refused: 0, of: new Set<string>() };
    fc.assert(
      fc.property(attempt, ({ file, edit }) => {
        seen.edits += 1;
        seen.of.add(file.name);
        let after;
        try {
          after = perform(file.text, edit);
        } catch (error) {
          // Only what shares values may refuse an edit.
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).code).toBe('conflict');
          expect(sharesValues(file.text)).toBe(true);
          seen.refused += 1;
          return;
        }
        expect(dataOf(after)).toEqual(plain(modelled(dataOf(file.text), edit)));
        expect(after.startsWith('\uFEFF')).toBe(file.text.startsWith('\uFEFF'));
        expectKept(file.text, after, edit);
      }),
      { numRuns: Number(process.env['EDITS'] ?? 1_000), seed: Number(process.env['SEED'] ?? 20_261_122) },
    );
    expect(seen.of.size).toBe(files.length);
    expect(seen.refused).toBeLessThan(seen.edits / 20);
  });
});

function expectKept(before: string, after: string, edit: Edit): void {
  const data = dataOf(before);
  const exists = at(data, edit.path) !== undefined;
  const holder = edit.path.slice(0, -1);
  const adds = edit.kind === 'insert' || !exists;
  // A key or item of a block is added on lines of its own.
  const home = extentOf(before, adds && edit.kind === 'set' ? holder : edit.path);
  const target = exists ? extentOf(before, edit.path) : home;
  const gone = edit.kind === 'delete' || (edit.kind === 'set' && exists) ? target.inner : [];

  const comments = commentsOf(before);
  if (edit.kind === 'move') expect(commentsOf(after).sort()).toEqual(comments.sort());
  else if (adds || (edit.kind === 'set' && gone.length === 0)) expect(commentsOf(after)).toEqual(comments);
  else expect(isSubsequence(commentsOf(after), comments)).toBe(true);
  if (edit.kind === 'set') expect(comments.length - commentsOf(after).length).toBeLessThanOrEqual(gone.length);
  // A deleted line takes the comment behind it along.
  if (edit.kind === 'delete') expect(comments.length - commentsOf(after).length).toBeLessThanOrEqual(gone.length + 1);

  if (adds && home.block)
    expect(
      onlyAddsLines(before, after) ||
        (home.compact !== null && keepsLinesAround(before, after, home.compact, home.compact)),
    ).toBe(true);
  else {
    const lines = edit.kind === 'delete' ? aroundDeleted(before, edit.path, target) : home;
    expect(keepsLinesAround(before, after, lines.first, lines.last)).toBe(true);
  }
  if (edit.kind === 'move' || edit.kind === 'insert') return;
  const keys = (of: unknown) =>
    pathsOf(of)
      .filter((path) => !startsWith(path, edit.kind === 'set' ? edit.path : holder))
      .map((path) => JSON.stringify(path));
  expect(keys(dataOf(after))).toEqual(keys(data));
}

/**
 * A last entry leaves `{}` or `[]` behind its holder; in braces the comma of a neighbour may go; what follows the first
 * entry behind a dash moves up to it.
 */
function aroundDeleted(before: string, path: YamlPath, target: Extent): { first: number; last: number } {
  const holder = path.slice(0, -1);
  const siblings = Object.keys(at(dataOf(before), holder) as object);
  const home = extentOf(before, holder);
  if (siblings.length === 1) return home;
  const extentOfSibling = (offset: number) => {
    const name = siblings[siblings.indexOf(String(path.at(-1))) + offset];
    return name === undefined
      ? undefined
      : extentOf(before, [...holder, typeof path.at(-1) === 'number' ? Number(name) : name]);
  };
  const previous = extentOfSibling(-1);
  if (target.flow) return { first: previous?.last ?? target.first, last: target.last };
  const movesUp = previous === undefined && home.compact === target.first;
  return { first: target.first, last: movesUp ? (extentOfSibling(1)?.first ?? target.last) : target.last };
}

const startsWith = (path: YamlPath, start: YamlPath) => start.every((step, index) => path[index] === step);
