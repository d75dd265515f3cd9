import { timeOf } from './item-folder.ts';
import type { StacItem } from './item-folder.ts';

/** The body of an item search, as a POST sends it. */
export type SearchBody = Readonly<Record<string, unknown>>;

export interface SearchSite {
  readonly items: readonly StacItem[];
  readonly url: string;
  /** Items a page holds, whatever is asked for. */
  readonly pageSize: number;
  readonly sorts: boolean;
}

/** The search that a GET asks for. */
export function bodyOfQuery(query: URLSearchParams): SearchBody {
  const body: Record<string, unknown> = Object.fromEntries(query);
  if (typeof body['bbox'] === 'string') body['bbox'] = body['bbox'].split(',').map(Number);
  if (typeof body['collections'] === 'string') body['collections'] = body['collections'].split(',');
  return body;
}

/** One page of a search: collections, bbox and datetime, in order of time and id; `token` is the place to go on from. */
export function searchPage(body: SearchBody, post: boolean, { items, url, pageSize, sorts }: SearchSite): unknown {
  const matched = items.filter((item) => matches(item, body));
  if (sorts && body['sortby'] !== undefined)
    matched.sort((a, b) => compare(timeOf(a), timeOf(b)) || compare(a.id, b.id));
  const size = Math.max(1, Math.min(pageSize, Number(body['limit'] ?? 10)));
  const from = Number(body['token'] ?? 0);
  const features = matched.slice(from, from + size);
  const token = String(from + size);
  const next = post
    ? { rel: 'next', href: `${url}/search`, method: 'POST', body: { token }, merge: true }
    : { rel: 'next', href: `${url}/search?${queryOf({ ...body, token })}` };
  return {
    type: 'FeatureCollection',
    numberMatched: matched.length,
    numberReturned: features.length,
    features,
    links: from + size < matched.length ? [next] : [],
  };
}

function queryOf(body: SearchBody): string {
  return new URLSearchParams(
    Object.entries(body).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
}

function matches(item: StacItem, body: SearchBody): boolean {
  const [west = -180, south = -90, east = 180, north = 90] = (body['bbox'] as number[] | undefined) ?? [];
  const [w = 0, s = 0, e = 0, n = 0] = item.bbox;
  const interval = (body['datetime'] as string | undefined) ?? '../..';
  const [from = '..', to = from] = interval.split('/');
  const collections = body['collections'] as string[] | undefined;
  const time = Date.parse(timeOf(item));
  return (
    w <= east &&
    e >= west &&
    s <= north &&
    n >= south &&
    (from === '..' || from === '' || time >= Date.parse(from)) &&
    (to === '..' || to === '' || time <= Date.parse(to)) &&
    (collections === undefined || collections.includes(item.collection ?? ''))
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
