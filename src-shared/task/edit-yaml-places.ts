import { isAlias, isCollection, isMap, isScalar, isSeq } from 'yaml';
import type { CST, Document, ParsedNode, YAMLMap, YAMLSeq } from 'yaml';
import type { YamlPath } from './edit-yaml-data.ts';
import type { YamlStyle } from './edit-yaml-emit.ts';

/** A replacement of `text.slice(start, end)`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A parsed file with its layout. */
export interface YamlSource {
  readonly text: string;
  readonly document: Document.Parsed<ParsedNode>;
  readonly style: YamlStyle;
}

export type Collection = YAMLMap | YAMLSeq;

/** A key of a mapping or an item of a list, or the root. Offsets are into the text. */
export interface Entry {
  readonly in: 'map' | 'list' | 'root';
  /** Within brackets or braces. */
  readonly inFlow: boolean;
  readonly key: string | null;
  readonly value: unknown;
  /** Of the key, the dash or, in flow style, the item. */
  readonly start: number;
  /** Where a value would begin: behind the colon, the dash, the anchor. */
  readonly headEnd: number;
  /** Where its content ends, before spaces and comments. */
  readonly end: number;
}

type Item = CST.CollectionItem | CST.BlockSequence['items'][number];

const blank = new Set(['space', 'newline', 'comment', 'comma']);

function signs(tokens: readonly CST.SourceToken[] | undefined): CST.SourceToken[] {
  return (tokens ?? []).filter((token) => !blank.has(token.type));
}

const tokenEnd = (token: CST.SourceToken) => token.offset + token.source.length;

/** Whether nothing is written: the value of `key:`. */
export function isUnwritten(node: unknown): boolean {
  if (node === null || node === undefined) return true;
  return isScalar(node) && node.value === null && node.range?.[0] === node.range?.[1];
}

export function isBlockCollection(node: unknown): node is Collection {
  return isCollection(node) && node.flow !== true;
}

/** The entries of a mapping or list, in the order of the text. */
export function entriesOf(source: YamlSource, collection: Collection): Entry[] {
  const inFlow = collection.flow === true;
  if (isMap(collection))
    return collection.items.map((pair) => {
      const key = isScalar(pair.key) ? pair.key : null;
      const keyRange = key?.range ?? [0, 0];
      const item = pair.srcToken;
      const [first] = signs(item?.start);
      const colon = signs(item?.sep).at(-1);
      const headEnd = colon === undefined ? keyRange[1] : tokenEnd(colon);
      return {
        in: 'map' as const,
        inFlow,
        key: String(key?.value),
        value: pair.value,
        start: first?.offset ?? keyRange[0],
        headEnd,
        end: contentEnd(source, pair.value, headEnd),
      };
    });
  const items = sequenceItems(collection);
  return collection.items.map((value, index) => {
    const tokens = signs(items[index]?.start);
    const start = tokens[0]?.offset ?? rangeOf(value)[0];
    const last = tokens.at(-1);
    const headEnd = last === undefined ? start : tokenEnd(last);
    return { in: 'list' as const, inFlow, key: null, value, start, headEnd, end: contentEnd(source, value, headEnd) };
  });
}

/** The items of the concrete syntax that are values; the others hold comments or what follows a last comma. */
function sequenceItems(seq: YAMLSeq): Item[] {
  const token = seq.srcToken;
  if (token?.type !== 'block-seq' && token?.type !== 'flow-collection') return [];
  const items: Item[] = token.items;
  return items.filter((item) => signs(item.start).length > 0 || item.key !== undefined || item.value !== undefined);
}

export function rangeOf(node: unknown): readonly [number, number] {
  const range = isScalar(node) || isCollection(node) || isAlias(node) ? node.range : undefined;
  return range ? [range[0], range[1]] : [0, 0];
}

function contentEnd(source: YamlSource, node: unknown, headEnd: number): number {
  if (isUnwritten(node)) return headEnd;
  if (isBlockCollection(node)) return entriesOf(source, node).at(-1)?.end ?? headEnd;
  const [, end] = rangeOf(node);
  if (!isScalar(node) || (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED')) return end;
  if (source.text[end - 1] !== '\n') return end;
  return source.text[end - 2] === '\r' ? end - 2 : end - 1;
}

export function rootEntry(source: YamlSource): Entry {
  const value = source.document.contents;
  const [start, end] = rangeOf(value);
  return { in: 'root', inFlow: false, key: null, value, start, headEnd: start, end: contentEnd(source, value, end) };
}

/** The entries along `path` as far as they exist, the root first. Ends early at an alias: what it names stands elsewhere. */
export function entriesAlong(source: YamlSource, path: YamlPath): Entry[] {
  const along = [rootEntry(source)];
  for (const step of path) {
    const value = along.at(-1)?.value;
    if (!isMap(value) && !isSeq(value)) break;
    const entries = entriesOf(source, value);
    const next = isMap(value) ? entries.find((entry) => entry.key === step) : entries[Number(step)];
    if (next === undefined) break;
    along.push(next);
  }
  return along;
}

/** Offset of the first character of the line, behind a byte order mark. */
export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start;
}

/** Offset of the line's break, or of the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end === -1) return text.length;
  return end > offset && text[end - 1] === '\r' ? end - 1 : end;
}

/** Offset behind the line's break. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Whether only spaces stand before `offset` on its line. */
export function beginsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '';
}

/** Takes the layout of new lines from the first lines of the file that show one. */
export function styleOf(text: string, document: Document.Parsed<ParsedNode>): YamlStyle {
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  const source = { text, document, style: { eol, step: 2, listStep: 2 } };
  const steps: { map?: number; list?: number } = {};
  const open: unknown[] = [document.contents];
  for (let node = open.shift(); node !== undefined; node = open.shift()) {
    if (!isBlockCollection(node)) continue;
    for (const entry of entriesOf(source, node)) {
      open.push(entry.value);
      if (entry.in !== 'map' || !isBlockCollection(entry.value)) continue;
      const inner = entriesOf(source, entry.value)[0];
      if (inner === undefined || !beginsLine(text, inner.start)) continue;
      const kind = inner.in === 'map' ? 'map' : 'list';
      steps[kind] ??= columnOf(text, inner.start) - columnOf(text, entry.start);
    }
  }
  const step = steps.map ?? (steps.list === undefined || steps.list === 0 ? 2 : steps.list);
  return { eol, step, listStep: steps.list ?? step };
}

/** The text with every splice made; splices at one place follow their order. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let done = '';
  let from = 0;
  for (const splice of [...splices].sort((a, b) => a.start - b.start)) {
    done += text.slice(from, splice.start) + splice.text;
    from = splice.end;
  }
  return done + text.slice(from);
}
