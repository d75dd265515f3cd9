/** JSON as it was parsed. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One line of a tree over JSON. */
export interface JsonRow {
  /** Where it is, as one writes it: `inputs.bbox[2]`, `assets["odd key"]`. Empty for the whole. */
  readonly path: string;
  readonly key: string;
  readonly depth: number;
  readonly value: Json;
  /** Entries of a list or an object; null for a plain value. */
  readonly size: number | null;
  readonly isOpen: boolean;
  readonly isMatch: boolean;
}

/** Rows that a search shows at most. */
export const mostMatches = 2_000;

/** The rows of a tree: `isOpen` says of a path whether its entries are shown. */
export function jsonRows(value: Json, isOpen: (path: string, depth: number) => boolean): JsonRow[] {
  const rows: JsonRow[] = [];
  const add = (key: string, path: string, depth: number, at: Json) => {
    const entries = entriesOf(at, path);
    const open = entries !== null && isOpen(path, depth);
    rows.push({ path, key, depth, value: at, size: entries?.length ?? null, isOpen: open, isMatch: false });
    if (open) for (const entry of entries) add(entry.key, entry.path, depth + 1, entry.value);
  };
  for (const { key, path, value: at } of entriesOf(value, '') ?? [{ key: '', path: '', value }]) add(key, path, 0, at);
  return rows;
}

/** The rows whose key or plain value holds the query, each with its ancestors, at most `mostMatches` of them. */
export function searchJson(value: Json, query: string): { readonly rows: JsonRow[]; readonly matches: number } {
  const wanted = query.toLowerCase();
  let matches = 0;
  const find = (key: string, path: string, depth: number, at: Json): JsonRow[] => {
    const entries = entriesOf(at, path);
    const isMatch =
      matches < mostMatches &&
      (key.toLowerCase().includes(wanted) || (entries === null && valueText(at).toLowerCase().includes(wanted)));
    if (isMatch) matches += 1;
    const below = (entries ?? []).flatMap((entry) => find(entry.key, entry.path, depth + 1, entry.value));
    if (!isMatch && below.length === 0) return [];
    const size = entries?.length ?? null;
    return [{ path, key, depth, value: at, size, isOpen: below.length > 0, isMatch }, ...below];
  };
  const rows = (entriesOf(value, '') ?? []).flatMap((entry) => find(entry.key, entry.path, 0, entry.value));
  return { rows, matches };
}

interface Entry {
  readonly key: string;
  readonly path: string;
  readonly value: Json;
}

function entriesOf(value: Json, path: string): Entry[] | null {
  if (value === null || typeof value !== 'object') return null;
  if (isList(value)) return value.map((at, index) => ({ key: `[${index}]`, path: `${path}[${index}]`, value: at }));
  return Object.entries(value).map(([key, at]) => ({ key, path: joinPath(path, key), value: at }));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function joinPath(path: string, key: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** A plain value as JSON writes it, text without its quotes. */
export function valueText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether parsed JSON is not nested deeper than a tree can be walked. */
export function isShallow(text: string, most = 200): boolean {
  let [depth, deepest, isQuoted] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (isQuoted && sign === '\\') at += 1;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (sign === '[' || sign === '{')) deepest = Math.max(deepest, (depth += 1));
    else if (!isQuoted && (sign === ']' || sign === '}')) depth -= 1;
  }
  return deepest <= most;
}
