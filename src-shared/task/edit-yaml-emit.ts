import { isListData, isMapData, type Json } from './edit-yaml-data.ts';

/** How a file is laid out, so that new lines look like the ones around them. */
export interface YamlStyle {
  readonly eol: string;
  /** Columns by which a nested mapping is indented. */
  readonly step: number;
  /** Columns by which a list is indented below its key; some files use none. */
  readonly listStep: number;
}

export type Quoting = 'plain' | 'single' | 'double' | 'literal';

/** A value as text: `head` follows the colon or dash on its line, `lines` come below, indented by `indent`. */
export interface Layout {
  readonly head: string;
  readonly lines: readonly string[];
  readonly indent: number;
  readonly list: boolean;
}

export interface LayoutOptions {
  /** Inside brackets or braces, where everything stays in line. */
  readonly inFlow: boolean;
  /** The layout of what it replaces. */
  readonly prefer?: 'block' | 'flow' | undefined;
  readonly quoting?: Quoting | undefined;
}

/** Longest line that a new mapping or list in braces or brackets may make. */
const mapWidth = 60;
const listWidth = 90;

/** Lays out a value. A mapping at the top of a task goes on lines of its own; short lists and small mappings stay in line. */
export function layout(value: Json, style: YamlStyle, options: LayoutOptions): Layout {
  const inline = (): Layout => ({ head: inlineText(value, options), lines: [], indent: 0, list: false });
  if (options.inFlow) return inline();
  if (typeof value === 'string') {
    const literal = options.quoting === 'literal' || options.quoting === undefined ? literalLines(value) : null;
    return literal === null ? inline() : { ...literal, indent: style.step, list: false };
  }
  const list = isListData(value);
  const empty = list ? value.length === 0 : isMapData(value) && Object.keys(value).length === 0;
  if (empty || !(list || isMapData(value)) || options.prefer === 'flow') return inline();
  if (options.prefer !== 'block' && fitsInline(value)) return inline();
  return list
    ? { head: '', lines: value.flatMap((item) => itemLines(item, style)), indent: style.listStep, list }
    : { head: '', lines: mapLines(value, style), indent: style.step, list };
}

function mapLines(map: Readonly<Record<string, Json>>, style: YamlStyle): string[] {
  return Object.entries(map).flatMap(([key, value]) => keyLines(key, value, style));
}

/** The lines of one key of a mapping in block style, without the mapping's own indentation. */
export function keyLines(key: string, value: Json, style: YamlStyle, prefer?: 'block'): string[] {
  const { head, lines, indent } = layout(value, style, { inFlow: false, prefer });
  return [`${keyText(key, false)}:${head === '' ? '' : ` ${head}`}`, ...indented(lines, indent)];
}

/** The lines of one item of a list in block style, without the list's own indentation. */
export function itemLines(item: Json, style: YamlStyle): string[] {
  const { head, lines } = layout(item, style, { inFlow: false });
  const [first = '', ...rest] = head === '' ? lines : [head, ...lines];
  return [`- ${first}`, ...indented(rest, 2)];
}

export function indented(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(columns) + line));
}

function fitsInline(value: Json): boolean {
  const text = inlineText(value, { inFlow: true });
  if (isListData(value)) return text.length <= listWidth && !value.some(isMapData) && !hasLineBreak(value);
  return isMapData(value) && text.length <= mapWidth && !Object.values(value).some(isMapData) && !hasLineBreak(value);
}

function hasLineBreak(value: Json): boolean {
  if (typeof value === 'string') return value.includes('\n');
  return typeof value === 'object' && value !== null && Object.values(value as Record<string, Json>).some(hasLineBreak);
}

function inlineText(value: Json, options: LayoutOptions): string {
  const inside = { inFlow: true };
  if (typeof value === 'string') return stringText(value, options.inFlow, options.quoting);
  if (typeof value === 'number') return numberText(value);
  if (isListData(value)) return `[${value.map((item) => inlineText(item, inside)).join(', ')}]`;
  if (isMapData(value))
    return `{${Object.entries(value)
      .map(([key, entry]) => pairText(key, entry))
      .join(', ')}}`;
  return String(value);
}

/** One key of a mapping in braces. */
export function pairText(key: string, value: Json): string {
  return `${keyText(key, true)}: ${inlineText(value, { inFlow: true })}`;
}

/** Whole numbers beyond 2^53 are read as refused integers; with an exponent they are the doubles that they are. */
function numberText(value: number): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

function keyText(key: string, inFlow: boolean): string {
  return isPlain(key, inFlow) ? key : doubleQuoted(key);
}

function stringText(value: string, inFlow: boolean, quoting: Quoting = 'plain'): string {
  if (quoting === 'single' && !unprintable.test(value) && !/[\n\r\t]/.test(value))
    return `'${value.replaceAll("'", "''")}'`;
  return quoting === 'plain' && isPlain(value, inFlow) ? value : doubleQuoted(value);
}

/** Words and numbers that some YAML reader takes for something else than text, and dates. */
const ambiguous =
  /^(?:~|null|true|false|yes|no|on|off|y|n|<<|=)$|^[-+.]*\d[\d_.,:/+eExXoOtTzZ -]*$|^[-+]?\.(?:inf|nan)$|^0[xo][\da-f]+$/i;
const unprintable = /(?![\t\n\r])\p{Cc}|[\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/u;

function isPlain(value: string, inFlow: boolean): boolean {
  return (
    /^[^\s\-?:,[\]{}#&*!|>'"%@`]|^-[^\s,[\]{}]/u.test(value) &&
    !/[\n\r\t]|: |:$| #|\s$|^---|^\.\.\./.test(value) &&
    !(inFlow && /[,[\]{}]|:(?=[,[\]{}])/.test(value)) &&
    !unprintable.test(value) &&
    !ambiguous.test(value) &&
    value.length <= 500
  );
}

function doubleQuoted(value: string): string {
  const every = new RegExp(unprintable.source, 'gu');
  return JSON.stringify(value).replace(every, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text of several lines as a literal block, or null when it can't be written so. */
function literalLines(value: string): { head: string; lines: string[] } | null {
  const body = value.endsWith('\n') ? value.slice(0, -1) : value;
  const lines = body.split('\n');
  const plain = lines.every(
    (line) => line === '' || (line.trim() !== '' && !unprintable.test(line) && !line.includes('\r')),
  );
  if (!value.includes('\n') || !plain || /^\s|^$/.test(lines[0] ?? '') || lines.at(-1) === '') return null;
  return { head: value.endsWith('\n') ? '|' : '|-', lines };
}
