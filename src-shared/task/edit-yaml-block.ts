import type { Json } from './edit-yaml-data.ts';
import { indented, itemLines, keyLines } from './edit-yaml-emit.ts';
import type { Collection, Entry, Splice, YamlSource } from './edit-yaml-places.ts';
import { beginsLine, columnOf, entriesOf, lineEnd, lineStart, nextLine } from './edit-yaml-places.ts';

const pad = (columns: number) => ' '.repeat(columns);

/** Adds a key to a mapping in block style, behind the entry at index `before`, or first at -1. */
export function addKey(
  source: YamlSource,
  holder: Entry,
  map: Collection,
  before: number,
  key: string,
  value: Json,
): Splice[] {
  const lines = keyLines(key, value, source.style, holder.in === 'root' ? 'block' : undefined);
  return insertLines(source, holder, entriesOf(source, map), before, lines);
}

/** Puts an item into a list in block style. */
export function addItem(source: YamlSource, holder: Entry, seq: Collection, index: number, value: Json): Splice[] {
  return insertLines(source, holder, entriesOf(source, seq), index - 1, itemLines(value, source.style));
}

function insertLines(
  source: YamlSource,
  holder: Entry,
  entries: readonly Entry[],
  behind: number,
  lines: readonly string[],
): Splice[] {
  const { text, style } = source;
  const [first] = entries;
  const before = entries[behind];
  if (first === undefined) return [];
  const column = columnOf(text, first.start);
  const below = indented(lines, column).map((line) => style.eol + line);
  if (before !== undefined) return [at(lineEnd(text, before.end), below.join(''))];
  const headLine = lineEnd(text, holder.headEnd);
  // Comments between the holder's line and the first entry belong to that entry; at the top they are the file's.
  if (holder.in !== 'root' && beginsLine(text, first.start)) return [at(headLine, below.join(''))];
  return [at(first.start, [...indented(lines, column), pad(column)].join(style.eol).slice(column))];
}

const at = (offset: number, text: string): Splice => ({ start: offset, end: offset, text });

/** Removes an entry of block style with its lines. Comments on lines of their own stay; the last entry leaves `{}` or `[]`. */
export function removeEntry(source: YamlSource, holder: Entry, collection: Collection, entry: Entry): Splice[] {
  const { text } = source;
  const entries = entriesOf(source, collection);
  if (entries.length === 1) {
    const empty = entry.in === 'map' ? '{}' : '[]';
    if (holder.in === 'root' || !beginsLine(text, entry.start))
      return [{ start: entry.start, end: entry.end, text: empty }];
    return [at(holder.headEnd, ` ${empty}`), wholeLines(source, entry)];
  }
  if (beginsLine(text, entry.start)) return [wholeLines(source, entry)];
  // The first entry behind a dash: what follows moves up to its place.
  const next = nextLine(text, entry.end);
  const spaces = /^[ \t\r\n]*/.exec(text.slice(next))?.[0] ?? '';
  return [{ start: entry.start, end: next + spaces.length, text: '' }];
}

function wholeLines({ text }: YamlSource, entry: Entry): Splice {
  const start = lineStart(text, entry.start);
  const end = nextLine(text, entry.end);
  const lastWithoutBreak = end === text.length && !text.endsWith('\n');
  if (!lastWithoutBreak || start === 0) return { start, end, text: '' };
  return { start: text[start - 2] === '\r' ? start - 2 : start - 1, end, text: '' };
}

/** Moves an item of a list in block style; comments right above an item and on its lines go with it. */
export function moveItem(source: YamlSource, seq: Collection, from: number, to: number): Splice[] {
  const { text } = source;
  const entries = entriesOf(source, seq);
  const chunks = entries.map((entry, index) => ({
    start: index === 0 ? entry.start : commentAbove(text, entry.start),
    end: lineEnd(text, entry.end),
  }));
  const order = chunks.map((_, index) => index);
  order.splice(to, 0, ...order.splice(from, 1));
  return chunks.flatMap((chunk, index) => {
    const other = chunks[order[index] ?? index];
    return other === undefined || other === chunk ? [] : [{ ...chunk, text: text.slice(other.start, other.end) }];
  });
}

/** Start of the comment lines right above the entry that stand at its column, else of the entry. */
function commentAbove(text: string, start: number): number {
  const column = columnOf(text, start);
  let found = start;
  for (;;) {
    const line = lineStart(text, found);
    if (line < 2) return found;
    const above = lineStart(text, line - 1);
    const comment = text.slice(above, line - 1);
    if (!comment.startsWith(`${pad(column)}#`)) return found;
    found = above + column;
  }
}
