import { isAlias, isCollection, isMap, isScalar, visit } from 'yaml';
import { AppError } from '../errors.ts';
import { addItem, addKey, moveItem, removeEntry } from './edit-yaml-block.ts';
import type { Change, Json, YamlPath } from './edit-yaml-data.ts';
import { asJson, changed, dataAt, equalData, isMapData, stepsBetween } from './edit-yaml-data.ts';
import { keyLines, layout, pairText } from './edit-yaml-emit.ts';
import { addToFlow, moveInFlow, removeFromFlow } from './edit-yaml-flow.ts';
import type { Collection, Entry, Splice, YamlSource } from './edit-yaml-places.ts';
import { entriesAlong, entriesOf, isUnwritten, rootEntry, spliced, styleOf } from './edit-yaml-places.ts';
import { replaceValue } from './edit-yaml-replace.ts';
import { knownKeys } from './known-keys.ts';
import type { YamlRead } from './yaml.ts';
import { readYaml } from './yaml.ts';

export type { Json, YamlPath } from './edit-yaml-data.ts';

/**
 * Edits of a task file that touch only the lines they are about: comments, order, quoting, indentation and line breaks of
 * everything else stay as they were written. The result always reads back as exactly the data that the edit means, or the
 * edit is refused.
 *
 * An alias (`*name`) that is edited is written out at its place. What carries an anchor that is used elsewhere can't be
 * edited alone and is refused.
 */

/**
 * Sets the value at `path`, adding what is missing on the way. Where a mapping or list is given for one that is there, only
 * what differs between them is edited.
 * @throws AppError `invalid_task` when the text is not readable YAML; `conflict` when the edit can't be made there alone
 */
export function setYamlValue(text: string, path: YamlPath, value: unknown): string {
  const data = isBlankYaml(text) ? {} : readable(text).value;
  const set = { kind: 'set', path, value: asJson(value) } as const;
  const final = changed(data, set);
  return stepsBetween(dataAt(data, path), set.value, path).reduce((done, step) => edited(done, step, final), text);
}

/** Deletes the key or item at `path`, with its line; without effect when nothing is there. @throws as `setYamlValue` */
export function deleteYamlValue(text: string, path: YamlPath): string {
  return edited(text, { kind: 'delete', path });
}

/** Puts an item before `index` of the list at `path`; at the list's length it goes last. @throws as `setYamlValue` */
export function insertYamlItem(text: string, path: YamlPath, index: number, value: unknown): string {
  return edited(text, { kind: 'insert', path, index, value: asJson(value) });
}

/** Moves the item at `from` of the list at `path`, so that it stands at `to`. @throws as `setYamlValue` */
export function moveYamlItem(text: string, path: YamlPath, from: number, to: number): string {
  return edited(text, { kind: 'move', path, from, to });
}

/** @throws AppError `invalid_task` with the places */
function readable(text: string): YamlRead & { readonly value: Json } {
  const read = readYaml(text);
  if (!('problems' in read)) return { ...read, value: asJson(read.value) };
  const [problem] = read.problems;
  const where = problem?.line === undefined ? '' : ` (line ${problem.line})`;
  throw new AppError('invalid_task', `The text can't be edited by field: ${problem?.message ?? ''}${where}`, {
    remedy: 'Correct it in the text first.',
    problems: read.problems,
  });
}

/** Makes one change and proves that the text now reads as meant. `final`, the data after all changes, orders new keys. */
function edited(text: string, change: Change, final?: Json): string {
  if (isBlankYaml(text)) return begun(text, change);
  const read = readable(text);
  const expected = changed(read.value, change);
  if (equalData(expected, read.value)) return text;
  const source: YamlSource = { text, document: read.document, style: styleOf(text, read.document) };
  const written = writeOutAlias(source, read.value, change);
  if (written !== null) return edited(written, change, final);
  const result = spliced(text, splicesFor(source, change, final ?? expected));
  const after = readYaml(result);
  if ('problems' in after || !equalData(asJson(after.value), expected)) throw refused(source, change);
  return result;
}

/** A file of comments only is a task without fields yet. */
export function isBlankYaml(text: string): boolean {
  return /^\uFEFF?(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?:#[^\n]*)?$/.test(text);
}

function begun(text: string, change: Change): string {
  const data = changed({}, change);
  if (!isMapData(data)) throw new AppError('conflict', 'A task is a mapping of fields.');
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  const style = { eol, step: 2, listStep: 2 };
  const lines = Object.entries(data).flatMap(([key, value]) => keyLines(key, value, style, 'block'));
  if (lines.length === 0) return text;
  return text + (/[^\n\uFEFF]$/.test(text) ? eol : '') + lines.map((line) => line + eol).join('');
}

/** The text with the alias that the change leads into written out, or null when there is none on the way. */
function writeOutAlias(source: YamlSource, data: Json, change: Change): string | null {
  const along = entriesAlong(source, change.path);
  const last = along.at(-1);
  if (last === undefined || !isAlias(last.value)) return null;
  const target = along.length - 1 === change.path.length;
  if (target && (change.kind === 'set' || change.kind === 'delete')) return null;
  const value = dataAt(data, change.path.slice(0, along.length - 1));
  return value === undefined ? null : spliced(source.text, replaceValue(source, last, value));
}

function splicesFor(source: YamlSource, change: Change, final: Json): Splice[] {
  const along = entriesAlong(source, change.path);
  const last = along.at(-1) ?? rootEntry(source);
  const [step, ...deeper] = change.path.slice(along.length - 1);
  if (change.kind === 'delete') {
    const holder = along.at(-2);
    return holder !== undefined && isCollection(holder.value) ? remove(source, holder, holder.value, last) : [];
  }
  if (change.kind === 'move') return isCollection(last.value) ? move(source, last.value, change.from, change.to) : [];
  const value = change.kind === 'set' ? change.value : [change.value];
  // A section of a task goes on lines of its own.
  const atTop = along.length === 2 ? 'block' : undefined;
  if (step !== undefined) {
    const added = nest(deeper, value);
    if (isUnwrittenOrNull(last.value)) return replaceValue(source, last, nest([step], added), atTop);
    if (isMap(last.value)) {
      const order = knownKeys(final, change.path.slice(0, along.length - 1));
      return addPair(source, last, last.value, String(step), added, order);
    }
    return isCollection(last.value) ? addListItem(source, last, last.value, Number(step), added) : [];
  }
  if (change.kind === 'insert' && isCollection(last.value))
    return addListItem(source, last, last.value, change.index, change.value);
  return replaceValue(source, last, value, atTop);
}

function isUnwrittenOrNull(node: unknown): boolean {
  return isUnwritten(node) || (isScalar(node) && node.value === null);
}

function nest(path: YamlPath, value: Json): Json {
  return path.reduceRight<Json>((inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }), value);
}

function addPair(
  source: YamlSource,
  holder: Entry,
  map: Collection,
  key: string,
  value: Json,
  order: readonly string[],
): Splice[] {
  const before = siblingBefore(entriesOf(source, map), key, order);
  return map.flow === true
    ? addToFlow(source, map, before + 1, pairText(key, value))
    : addKey(source, holder, map, before, key, value);
}

/** Index of the entry behind which a new key belongs: the nearest before it in the schema's order, else the last; or -1. */
function siblingBefore(entries: readonly Entry[], key: string, order: readonly string[]): number {
  const place = order.indexOf(key);
  if (place === -1) return entries.length - 1;
  const places = entries.map((entry) => order.indexOf(entry.key ?? ''));
  const nearest = Math.max(-1, ...places.filter((other) => other < place));
  return nearest === -1 ? -1 : places.lastIndexOf(nearest);
}

function addListItem(source: YamlSource, holder: Entry, list: Collection, index: number, value: Json): Splice[] {
  return list.flow === true
    ? addToFlow(source, list, index, layout(value, source.style, { inFlow: true }).head)
    : addItem(source, holder, list, index, value);
}

function remove(source: YamlSource, holder: Entry, collection: Collection, entry: Entry): Splice[] {
  return collection.flow === true
    ? removeFromFlow(source, collection, entry)
    : removeEntry(source, holder, collection, entry);
}

function move(source: YamlSource, list: Collection, from: number, to: number): Splice[] {
  return list.flow === true ? moveInFlow(source, list, from, to) : moveItem(source, list, from, to);
}

/** Names the anchor that is in the way, if it is one. */
function refused(source: YamlSource, change: Change): AppError {
  const used = new Set<string>();
  visit(source.document, {
    Alias: (_, alias) => {
      used.add(alias.source);
    },
  });
  let shared: string | undefined;
  const note = (node: unknown) => {
    if ((isScalar(node) || isCollection(node)) && node.anchor !== undefined && used.has(node.anchor))
      shared ??= node.anchor;
  };
  const along = entriesAlong(source, change.path);
  for (const entry of along) note(entry.value);
  const target = along.at(-1)?.value;
  if (isScalar(target) || isCollection(target)) visit(target, { Node: (_, node) => note(node) });
  const place = change.path.join('.') || 'This place';
  return new AppError(
    'conflict',
    shared === undefined
      ? `${place} is written in a way that can't be edited here without touching something else.`
      : `${place} is shared: the anchor &${shared} is used elsewhere in the file, which would change too.`,
    { remedy: 'Edit this place in the text.' },
  );
}
