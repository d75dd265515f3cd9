import type { Collection, Entry, Splice, YamlSource } from './edit-yaml-places.ts';
import { beginsLine, entriesOf, lineEnd, lineStart, nextLine, rangeOf } from './edit-yaml-places.ts';

/** Puts an item or pair, given as text, before `index` of a collection in brackets or braces. */
export function addToFlow(source: YamlSource, collection: Collection, index: number, added: string): Splice[] {
  const { text, style } = source;
  const entries = entriesOf(source, collection);
  const next = entries[index];
  const last = entries.at(-1);
  if (last === undefined) return [at(rangeOf(collection)[0] + 1, added)];
  if (next !== undefined) {
    const gap = beginsLine(text, next.start) ? style.eol + indentOf(text, next.start) : ' ';
    return [at(next.start, `${added},${gap}`)];
  }
  const comma = commaAfter(text, last.end);
  const close = rangeOf(collection)[1];
  const ownLine = beginsLine(text, last.start) && lineEnd(text, last.end) < close;
  if (!ownLine) return [at(last.end, `, ${added}`)];
  const below = at(
    lineEnd(text, comma ?? last.end),
    `${style.eol}${indentOf(text, last.start)}${added}${comma === null ? '' : ','}`,
  );
  return comma === null ? [at(last.end, ','), below] : [below];
}

/** Removes an entry of a collection in brackets or braces, with its comma, and with its lines when they hold nothing else. */
export function removeFromFlow(source: YamlSource, collection: Collection, entry: Entry): Splice[] {
  const { text } = source;
  const entries = entriesOf(source, collection);
  const index = entries.findIndex((other) => other.start === entry.start);
  const [before, next] = [entries[index - 1], entries[index + 1]];
  const end = commaAfter(text, entry.end) ?? entry.end;
  const restOfLine = text.slice(end, lineEnd(text, end)).trim();
  if (beginsLine(text, entry.start) && (restOfLine === '' || restOfLine.startsWith('#')))
    return [{ start: lineStart(text, entry.start), end: nextLine(text, end), text: '' }];
  if (next !== undefined && !text.slice(entry.end, next.start).includes('\n'))
    return [{ start: entry.start, end: next.start, text: '' }];
  if (before !== undefined && !text.slice(before.end, entry.start).includes('\n'))
    return [{ start: before.end, end: entry.end, text: '' }];
  return [{ start: entry.start, end, text: '' }];
}

/** Moves an item of a list in brackets; comments behind an item that has a line of its own go with it. */
export function moveInFlow(source: YamlSource, collection: Collection, from: number, to: number): Splice[] {
  const { text } = source;
  const entries = entriesOf(source, collection);
  const order = entries.map((_, index) => index);
  order.splice(to, 0, ...order.splice(from, 1));
  const ownLines = entries.every((entry, index) => {
    const next = entries[index + 1]?.start ?? rangeOf(collection)[1];
    return beginsLine(text, entry.start) && lineEnd(text, entry.end) < next;
  });
  const rests = entries.map((entry) => {
    const start = commaAfter(text, entry.end) ?? entry.end;
    return { start, end: lineEnd(text, start) };
  });
  return entries.flatMap((entry, index) => {
    const other = order[index] ?? index;
    const [item, rest, otherRest] = [entries[other], rests[index], rests[other]];
    if (other === index || item === undefined || rest === undefined || otherRest === undefined) return [];
    const moved = { start: entry.start, end: entry.end, text: text.slice(item.start, item.end) };
    return ownLines ? [moved, { ...rest, text: text.slice(otherRest.start, otherRest.end) }] : [moved];
  });
}

const at = (offset: number, text: string): Splice => ({ start: offset, end: offset, text });

function indentOf(text: string, offset: number): string {
  return text.slice(lineStart(text, offset), offset);
}

/** Offset behind the comma that follows, passing over spaces and comments; null when the bracket closes first. */
function commaAfter(text: string, end: number): number | null {
  const gap = /^(?:\s|(?<=\s)#[^\n]*)*/.exec(text.slice(end))?.[0] ?? '';
  const offset = end + gap.length;
  return text[offset] === ',' ? offset + 1 : null;
}
