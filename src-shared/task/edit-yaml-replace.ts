import { isCollection, isScalar } from 'yaml';
import type { Json } from './edit-yaml-data.ts';
import { isListData, isMapData } from './edit-yaml-data.ts';
import { indented, layout, type Quoting } from './edit-yaml-emit.ts';
import type { Entry, Splice, YamlSource } from './edit-yaml-places.ts';
import {
  beginsLine,
  columnOf,
  entriesOf,
  isBlockCollection,
  isUnwritten,
  lineEnd,
  rangeOf,
} from './edit-yaml-places.ts';

const quotings: Readonly<Record<string, Quoting>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'literal',
};

/**
 * Writes another value in place of an entry's, in the same style, or in the one given where there was none; the comment
 * behind it and the key's anchor stay.
 */
export function replaceValue(source: YamlSource, entry: Entry, value: Json, otherwise?: 'block'): Splice[] {
  const { style } = source;
  const old = entry.value;
  const sameKind = isCollection(old) && (isListData(value) || isMapData(value));
  const result = layout(value, style, {
    inFlow: entry.inFlow,
    prefer: sameKind ? (isBlockCollection(old) ? 'block' : 'flow') : isMapData(value) ? otherwise : undefined,
    // A text that had no quotes keeps none; a new text may become a literal block.
    quoting: isScalar(old) && !isUnwritten(old) ? (quotings[old.type ?? ''] ?? 'plain') : undefined,
  });
  // Behind a dash the first line of a block shares the dash's line.
  const compact = entry.in === 'list' && result.head === '';
  const [head = '', ...lines] = compact ? result.lines : [result.head, ...result.lines];
  const { inline, below } = places(source, entry, head, compact || head === '');
  const indent = indented(lines, columnOfLines(source, entry, result.list, result.indent));
  return [inline, { ...below, text: indent.map((line) => style.eol + line).join('') }];
}

/** What is replaced on the entry's own line, with its new text, and what below it; `fromHead` with the spaces before it. */
function places(
  { text }: YamlSource,
  entry: Entry,
  head: string,
  fromHead: boolean,
): { inline: Splice; below: Splice } {
  const old = entry.value;
  const [start, end] = rangeOf(old);
  const spaced = head === '' ? '' : ` ${head}`;
  const splice = (from: number, to: number, inserted = ''): Splice => ({ start: from, end: to, text: inserted });
  if (isUnwritten(old)) {
    const colon = entry.in === 'map' && text[entry.headEnd - 1] !== ':' && rangeEndsKey(text, entry) ? ':' : '';
    const eol = lineEnd(text, entry.headEnd);
    return { inline: splice(entry.headEnd, entry.headEnd, colon + spaced), below: splice(eol, eol) };
  }
  if (isBlockCollection(old) && beginsLine(text, start)) {
    const eol = lineEnd(text, entry.headEnd);
    return { inline: splice(entry.headEnd, entry.headEnd, spaced), below: splice(eol, lineEnd(text, entry.end)) };
  }
  const eol = lineEnd(text, entry.end);
  if (isBlockCollection(old)) return { inline: splice(entry.headEnd, entry.end, spaced), below: splice(eol, eol) };
  if (isScalar(old) && (old.type === 'BLOCK_LITERAL' || old.type === 'BLOCK_FOLDED')) {
    const header = /^[|>][-+\d]*/.exec(text.slice(start))?.[0] ?? '';
    const body = { start: lineEnd(text, start), end: entry.end };
    const from = fromHead ? entry.headEnd : start;
    return {
      inline: splice(from, start + header.length, fromHead ? spaced : head),
      below: splice(body.start, body.end),
    };
  }
  const inline = fromHead ? splice(entry.headEnd, end, spaced) : splice(start, end, head);
  return { inline, below: splice(eol, eol) };
}

/** A key in braces may stand without a colon: `{a, b}`. */
function rangeEndsKey(text: string, entry: Entry): boolean {
  return entry.inFlow && !text.slice(entry.start, entry.headEnd).includes(': ');
}

function columnOfLines(source: YamlSource, entry: Entry, list: boolean, indent: number): number {
  const { text } = source;
  if (entry.in === 'list') return columnOf(text, entry.start) + 2;
  if (isBlockCollection(entry.value)) {
    const [first] = entriesOf(source, entry.value);
    if (first !== undefined && (first.in === 'list') === list) return columnOf(text, first.start);
  }
  return columnOf(text, entry.start) + indent;
}
