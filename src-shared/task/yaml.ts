import { Composer, LineCounter, Parser, isAlias, isCollection, isMap, isPair, isScalar, visit } from 'yaml';
import type { CST, Document, ParsedNode } from 'yaml';
import type { TaskProblem } from '../errors.ts';

/** Limits that hold before a task is looked at; a task is a small form, not a data file. */
export const yamlLimits = { bytes: 65_536, depth: 20, aliasExpansions: 100, values: 40_000 } as const;

export interface YamlRead {
  readonly document: Document.Parsed<ParsedNode, true>;
  readonly value: unknown;
  readonly lines: LineCounter;
}

/**
 * Reads YAML 1.2 core as JSON-like data, strictly: one document, unique string keys, no tags, no NaN or infinity, bounded
 * size, depth and alias expansion. A bare date stays the text it was.
 */
export function readYaml(text: string): YamlRead | { readonly problems: TaskProblem[] } {
  if (text.length > yamlLimits.bytes || utf8Length(text) > yamlLimits.bytes)
    return refuse(
      `The file is larger than 64 KiB. A task is a short description; keep data in files and name their paths.`,
    );
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return line > 0 ? { line, column: col } : {};
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const shape = tooDeepOrTagged(tokens);
  if (shape !== null) return refuse(shape.message, at(shape.offset));

  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    intAsBigInt: true,
    keepSourceTokens: true,
    lineCounter: lines,
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  const [document] = documents;
  if (document === undefined) return refuse('The file is empty.', { line: 1, column: 1 });
  const [error] = document.errors;
  if (error !== undefined)
    return refuse(`This is not valid YAML: ${firstLine(error.message)}${yamlHint(error.message)}`, at(error.pos[0]));
  const [warning] = document.warnings;
  if (warning !== undefined) return refuse(firstLine(warning.message), at(warning.pos[0]));
  if (documents.length > 1)
    return refuse(
      'The file holds more than one YAML document. Keep one task in a file.',
      at(documents[1]?.range[0] ?? 0),
    );
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return refuse('The file is empty.', { line: 1, column: 1 });

  const problems = values(document, at);
  if (problems.length > 0) return { problems };
  try {
    const value: unknown = document.toJS({ maxAliasCount: yamlLimits.aliasExpansions });
    return { document, value: plainValue(value), lines };
  } catch (cause) {
    if (cause instanceof ReferenceError || cause instanceof RangeError)
      return refuse(`The file's aliases expand too far (${firstLine(cause.message)}). Write the values out.`);
    throw cause;
  }
}

/** What to do about the two mistakes that everybody makes once. */
function yamlHint(message: string): string {
  if (message.includes('Nested mappings are not allowed'))
    return '. Put text that holds a colon in quotes, and check the indentation';
  return message.includes('Tabs are not allowed') ? '. Indent with spaces' : '';
}

function refuse(message: string, place: { line?: number; column?: number } = {}): { problems: TaskProblem[] } {
  return { problems: [{ path: '', message, ...place }] };
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Walks the concrete syntax without recursion, so that a hostile file cannot exhaust the stack. */
function tooDeepOrTagged(tokens: readonly CST.Token[]): { message: string; offset: number } | null {
  const open = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > yamlLimits.depth)
      return { message: `The file is nested more than ${yamlLimits.depth} levels deep.`, offset: token.offset };
    if (token.type === 'tag')
      return { message: `Tags such as ${token.source} are not allowed in a task.`, offset: token.offset };
    for (const key of ['start', 'props', 'end', 'sep'] as const)
      if (key in token)
        for (const child of asTokens((token as unknown as Record<string, unknown>)[key]))
          open.push({ token: child, depth });
    if (token.type === 'document' && token.value !== undefined) open.push({ token: token.value, depth });
    if ('items' in token)
      for (const item of token.items) {
        for (const child of [...item.start, ...(item.sep ?? [])]) open.push({ token: child, depth });
        if (item.key) open.push({ token: item.key, depth: depth + 1 });
        if (item.value) open.push({ token: item.value, depth: depth + 1 });
      }
  }
  return null;
}

function asTokens(value: unknown): CST.Token[] {
  return Array.isArray(value) ? (value as CST.Token[]) : [];
}

/** Refuses what JSON cannot hold, and keys that are not plain text. */
function values(document: Document.Parsed, at: (offset: number) => { line?: number; column?: number }): TaskProblem[] {
  const problems: TaskProblem[] = [];
  const report = (node: { range?: readonly number[] | null | undefined }, message: string) =>
    problems.push({ path: '', message, ...at(node.range?.[0] ?? 0) });
  let aliases = 0;
  visit(document, {
    Alias(_, node) {
      aliases += 1;
      if (aliases === yamlLimits.aliasExpansions + 1)
        report(node, `The file uses more than ${yamlLimits.aliasExpansions} aliases. Write the values out.`);
    },
    Pair(_, pair) {
      if (!isPair(pair) || !isScalar(pair.key) || typeof pair.key.value !== 'string') {
        const key = pair.key as { range?: readonly number[] } | null;
        report(key ?? {}, 'Keys must be plain text.');
      } else if (pair.key.value === '__proto__') report(pair.key, 'The key "__proto__" is not allowed.');
    },
    Scalar(key, node) {
      if (key === 'key') return;
      const { value } = node;
      if (typeof value === 'bigint' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER))
        report(node, `${node.source ?? String(value)} is too large to be kept exactly; quote it if it is a name.`);
      if (typeof value === 'number' && !Number.isFinite(value))
        report(
          node,
          `${node.source ?? String(value)} is not a number that a task can hold; NaN and infinity are refused.`,
        );
    },
  });
  return problems;
}

/**
 * Integers were read as BigInt to notice lost digits; this gives them back as numbers, and writes aliased values out.
 * @throws RangeError when the aliases multiply the file beyond its bounds
 */
function plainValue(value: unknown, count = { values: 0 }): unknown {
  count.values += 1;
  if (count.values > yamlLimits.values) throw new RangeError(`more than ${yamlLimits.values} values`);
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map((entry) => plainValue(entry, count));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plainValue(entry, count)]));
  return value;
}

/** The source offset of the node at `path`, or of the nearest node above it that exists. `onKey` asks for a map's key. */
export function offsetOf(read: YamlRead, path: readonly PropertyKey[], onKey = false): number {
  let node: unknown = read.document.contents;
  let offset = 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(read.document);
    if (!isCollection(node)) return offset;
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return offset;
      offset = rangeStart(last && onKey ? pair.key : (pair.value ?? pair.key)) ?? rangeStart(pair.key) ?? offset;
      node = pair.value;
    } else {
      node = node.items[Number(step)];
      offset = rangeStart(node) ?? offset;
    }
  }
  return offset;
}

function rangeStart(node: unknown): number | undefined {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? (node.range[0] as number)
    : undefined;
}
