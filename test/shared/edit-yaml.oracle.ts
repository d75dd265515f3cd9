// What an edit must do, worked out without the editor: the data from the yaml package and a plain model, the comments from
// its lexer, the lines from the ranges of its nodes.
import { Lexer, isAlias, isCollection, isMap, isScalar, isSeq, parse, parseDocument, visit } from 'yaml';
import type { Json, YamlPath } from '../../src-shared/task/edit-yaml.ts';

export type Edit =
  | { kind: 'set'; path: YamlPath; value: Json }
  | { kind: 'delete'; path: YamlPath }
  | { kind: 'insert'; path: YamlPath; index: number; value: Json }
  | { kind: 'move'; path: YamlPath; from: number; to: number };

const core = { version: '1.2', schema: 'core' } as const;

export function dataOf(text: string): unknown {
  return structuredClone(parse(text, { ...core, intAsBigInt: false }) ?? {});
}

/** The edit on plain data; `undefined` steps on the way become mappings or lists. */
export function modelled(data: unknown, edit: Edit): unknown {
  // Aliased values are one object in the parsed data; a copy through JSON parts them.
  const root: Branch = { file: JSON.parse(JSON.stringify(data)) as unknown };
  const path = ['file', ...edit.path];
  let holder = root;
  for (const [depth, step] of path.slice(0, -1).entries()) {
    holder[step] ??= typeof path[depth + 1] === 'number' ? [] : {};
    holder = holder[step] as Branch;
  }
  const last = path.at(-1)!;
  const list = () => (holder[last] ??= []) as unknown[];
  if (edit.kind === 'set') holder[last] = edit.value;
  else if (edit.kind === 'insert') list().splice(edit.index, 0, edit.value);
  else if (edit.kind === 'move') list().splice(edit.to, 0, ...list().splice(edit.from, 1));
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else Reflect.deleteProperty(holder, last);
  return root['file'];
}

type Branch = Record<PropertyKey, unknown>;

/** The comments of a file, in order. */
export function commentsOf(text: string): string[] {
  const tokens = [...new Lexer().lex(text)];
  return tokens.filter((token, index) => token.startsWith('#') && tokens[index - 1] !== '\u001f');
}

/** Every path that exists, in the order of the text; those below aliases too. */
export function pathsOf(data: unknown, at: YamlPath = []): YamlPath[] {
  if (Array.isArray(data)) return [at, ...data.flatMap((item, index) => pathsOf(item, [...at, index]))];
  if (typeof data !== 'object' || data === null) return [at];
  return [at, ...Object.entries(data).flatMap(([key, value]) => pathsOf(value, [...at, key]))];
}

export interface Extent {
  /** First and last line (from 0) of the key or item and its value. */
  first: number;
  last: number;
  flow: boolean;
  /** Comments between them, without the one that ends the last line. */
  inner: string[];
  block: boolean;
  /** The line that a block shares with the dash above it, or null. */
  compact: number | null;
}

/** Where the entry at `path` stands, or of the alias above it. */
export function extentOf(text: string, path: YamlPath): Extent {
  const document = parseDocument(text, { ...core, keepSourceTokens: true });
  let node: unknown = document.contents;
  let [start, end] = rangeOf(node);
  let flow = false;
  for (const step of path) {
    if (isAlias(node)) break;
    if (isCollection(node)) flow ||= node.flow === true;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === step)!;
      start = rangeOf(pair.key)[0];
      end = Math.max(rangeOf(pair.key)[1], rangeOf(pair.value)[1]);
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      [start, end] = rangeOf(node);
      const dash = flow ? start : text.slice(0, start).search(/-[^-]*$/);
      const between = text.slice(dash, start).split('\n').slice(1, -1);
      if (dash >= 0 && between.every((line) => /^\s*(#.*)?$/.test(line))) start = dash;
    }
  }
  const body = text.slice(start, end).trimEnd();
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length - 1;
  return {
    first: lineOf(start),
    last: lineOf(start + body.length),
    flow,
    inner: commentsOf(text.slice(start, end)),
    block: isCollection(node) && node.flow !== true,
    compact:
      isCollection(node) && text.slice(0, rangeOf(node)[0]).split('\n').at(-1)!.trim() !== ''
        ? lineOf(rangeOf(node)[0])
        : null,
  };
}

function rangeOf(node: unknown): [number, number] {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return range ? [range[0]!, range[1]!] : [0, 0];
}

/** Whether the file has `&name` and `*name`. */
export function sharesValues(text: string): boolean {
  let found = false;
  visit(parseDocument(text, core), { Alias: () => void (found = true) });
  return found;
}

/** The mark at the start of a file is no part of its first line. */
const linesOf = (text: string) => text.replace(/^\uFEFF/, '').split('\n');

/** Whether all lines of `before` outside `first` to `last` are in `after`, in their places from the top and the bottom. */
export function keepsLinesAround(before: string, after: string, first: number, last: number): boolean {
  const [old, now] = [linesOf(before), linesOf(after)];
  const [head, tail] = [old.slice(0, first), old.slice(last + 1)];
  return (
    now.length >= head.length + tail.length &&
    head.every((line, index) => now[index] === line) &&
    tail.every((line, index) => now[now.length - tail.length + index] === line)
  );
}

/** Whether `after` is `before` with lines put in at one place. */
export function onlyAddsLines(before: string, after: string): boolean {
  const [old, now] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && old[head] === now[head]) head += 1;
  return keepsLinesAround(before, after, head, head - 1);
}

export function isSubsequence<T>(part: readonly T[], whole: readonly T[]): boolean {
  let next = 0;
  for (const item of whole) if (next < part.length && part[next] === item) next += 1;
  return next === part.length;
}
