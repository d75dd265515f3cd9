import { AppError } from '../errors.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** Keys of mappings and positions in lists, from the top of the file. */
export type YamlPath = readonly (string | number)[];

/** One step of an edit. `insert` puts an item before `index` of the list at `path`. */
export type Change =
  | { readonly kind: 'set'; readonly path: YamlPath; readonly value: Json }
  | { readonly kind: 'delete'; readonly path: YamlPath }
  | { readonly kind: 'insert'; readonly path: YamlPath; readonly index: number; readonly value: Json }
  | { readonly kind: 'move'; readonly path: YamlPath; readonly from: number; readonly to: number };

/** More steps than this are one replacement of the whole. */
const maxSteps = 40;

type JsonMap = Readonly<Record<string, Json>>;

export function isMapData(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const isListData = (value: unknown): value is readonly Json[] => Array.isArray(value);

/**
 * The value as JSON keeps it: -0 is 0 and keys without a value are dropped.
 * @throws AppError `invalid_task` for what JSON cannot hold, such as NaN
 */
export function asJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value as Record<string, unknown>)
        .filter(([, entry]) => entry !== undefined)
        .map(([key, entry]) => [key, asJson(entry)]),
    );
  throw new AppError('invalid_task', `A task cannot hold ${typeof value === 'number' ? String(value) : typeof value}.`);
}

export function equalData(a: Json | undefined, b: Json | undefined): boolean {
  if (isListData(a) && isListData(b))
    return a.length === b.length && a.every((item, index) => equalData(item, b[index]));
  if (isMapData(a) && isMapData(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equalData(a[key], b[key]))
    );
  }
  return a === b;
}

export function dataAt(data: Json, path: YamlPath): Json | undefined {
  return path.reduce<Json | undefined>((inner, step) => child(inner, step), data);
}

function child(data: Json | undefined, step: string | number): Json | undefined {
  if (isListData(data)) return typeof step === 'number' ? data[step] : undefined;
  return isMapData(data) && Object.hasOwn(data, String(step)) ? data[String(step)] : undefined;
}

/** What `change` makes of `data`. @throws AppError `conflict` when the path leads through something else than it says */
export function changed(data: Json, change: Change): Json {
  return changeAt(data, change.path, change, []);
}

function changeAt(data: Json | undefined, rest: YamlPath, change: Change, done: YamlPath): Json {
  const [step, ...after] = rest;
  if (step === undefined) return changeHere(data, change, done);
  if (change.kind === 'delete' && child(data, step) === undefined) return data ?? null;
  const remove = change.kind === 'delete' && after.length === 0;
  if (typeof step === 'number' && (data === undefined || data === null || isListData(data))) {
    const list = data ?? [];
    if (!Number.isInteger(step) || step < 0 || step > list.length)
      throw wrongPath([...done, step], 'is not in the list');
    if (remove) return list.toSpliced(step, 1);
    return list.toSpliced(step, 1, changeAt(list[step], after, change, [...done, step]));
  }
  if (typeof step === 'number' || (data !== undefined && data !== null && !isMapData(data)))
    throw wrongPath(done, typeof step === 'number' ? 'is not a list' : 'is not a mapping');
  const kept = Object.entries(data ?? {}).filter(([key]) => !(remove && key === step));
  if (remove) return Object.fromEntries(kept);
  return Object.fromEntries([...kept, [step, changeAt(child(data, step), after, change, [...done, step])]]);
}

function changeHere(data: Json | undefined, change: Change, done: YamlPath): Json {
  if (change.kind === 'set') return change.value;
  if (change.kind === 'delete') throw wrongPath(done, 'cannot be deleted');
  if (data !== undefined && data !== null && !isListData(data)) throw wrongPath(done, 'is not a list');
  const list = data ?? [];
  const inside = (index: number, end: number) => Number.isInteger(index) && index >= 0 && index < end;
  if (change.kind === 'insert') {
    if (!inside(change.index, list.length + 1)) throw wrongPath([...done, change.index], 'is not in the list');
    return list.toSpliced(change.index, 0, change.value);
  }
  const { from, to } = change;
  const moved = list[from];
  if (moved === undefined || !inside(from, list.length) || !inside(to, list.length))
    throw wrongPath([...done, moved === undefined ? from : to], 'is not in the list');
  return list.toSpliced(from, 1).toSpliced(to, 0, moved);
}

function wrongPath(path: YamlPath, what: string): AppError {
  return new AppError('conflict', `${path.length === 0 ? 'The file' : path.join('.')} ${what}.`, {
    remedy: 'Edit this place in the text.',
  });
}

/** The least steps that turn `before` (at `path`) into `after`, so that what is equal keeps its text and comments. */
export function stepsBetween(before: Json | undefined, after: Json, path: YamlPath): Change[] {
  const steps = [...differences(before, after, path)];
  return steps.length > maxSteps ? [{ kind: 'set', path, value: after }] : steps;
}

function* differences(before: Json | undefined, after: Json, path: YamlPath): Generator<Change> {
  if (equalData(before, after)) return;
  if (isMapData(before) && isMapData(after) && Object.keys(before).length > 0 && Object.keys(after).length > 0) {
    // Nothing is deleted before something was added: a mapping that is empty for a moment would lose its style.
    for (const [key, value] of Object.entries(after)) yield* differences(before[key], value, [...path, key]);
    for (const key of Object.keys(before))
      if (!Object.hasOwn(after, key)) yield { kind: 'delete', path: [...path, key] };
  } else if (isListData(before) && isListData(after) && before.length > 0 && after.length > 0)
    yield* listDifferences(before, after, path);
  else yield { kind: 'set', path, value: after };
}

function* listDifferences(before: readonly Json[], after: readonly Json[], path: YamlPath): Generator<Change> {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && equalData(before[head], after[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && equalData(before.at(-1 - tail), after.at(-1 - tail))) tail += 1;
  const both = shorter - head - tail;
  for (let index = head; index < head + both; index += 1)
    yield* differences(before[index], after[index] ?? null, [...path, index]);
  for (let index = head + both; index < after.length - tail; index += 1)
    yield { kind: 'insert', path, index, value: after[index] ?? null };
  for (let index = before.length - tail - 1; index >= head + both; index -= 1)
    yield { kind: 'delete', path: [...path, index] };
}
