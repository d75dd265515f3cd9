import { readFileSync, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { RangeServer } from './range-server.ts';
import { startRangeServer } from './range-server.ts';

export interface StacItem {
  id: string;
  collection?: string;
  bbox: number[];
  geometry?: unknown;
  properties: Record<string, unknown>;
  assets: Record<string, { href: string }>;
  [key: string]: unknown;
}

export interface StacServerOptions {
  /** Items a page holds, whatever is asked for. */
  readonly pageSize?: number;
  /** Changes an item before it is served. `assets` is the address of the folder that holds the item's files. */
  readonly change?: (item: StacItem, assets: string) => StacItem;
  readonly conformance?: readonly string[];
  /** `post`: POST with merged bodies (default); `get`: no POST search at all. */
  readonly method?: 'post' | 'get';
  /** `loop`: every page links to itself; `stray`: the filters are ignored. */
  readonly fault?: 'loop' | 'stray';
}

export interface StacServer {
  readonly url: string;
  readonly searches: Record<string, unknown>[];
  readonly assets: RangeServer;
  close(): Promise<void>;
}

const core = 'https://api.stacspec.org/v1.0.0';
const sortable = `${core}/item-search#sort`;

/**
 * A STAC API over a folder of `<item id>/item.json`: landing page, conformance, collection, search by POST or GET with pages
 * linked by `next`. Assets are served by a range server.
 */
export async function startStacServer(folder: string, options: StacServerOptions = {}): Promise<StacServer> {
  const assets = await startRangeServer(folder);
  const change = options.change ?? ((item: StacItem) => item);
  const items = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) =>
      change(
        absolute(readItem(join(folder, entry.name)), `${assets.url}/${entry.name}`),
        `${assets.url}/${entry.name}`,
      ),
    );
  const searches: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    answer(request, response, { items, options, searches, url }).catch((error: unknown) =>
      response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    searches,
    assets,
    close: async () => {
      await assets.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function readItem(folder: string): StacItem {
  return JSON.parse(readFileSync(join(folder, 'item.json'), 'utf8')) as StacItem;
}

function absolute(item: StacItem, folder: string): StacItem {
  const assets = Object.entries(item.assets).map(
    ([key, asset]) => [key, { ...asset, href: new URL(asset.href, `${folder}/`).href }] as const,
  );
  return { ...item, links: [], assets: Object.fromEntries(assets) };
}

interface Site {
  readonly items: readonly StacItem[];
  readonly options: StacServerOptions;
  readonly searches: Record<string, unknown>[];
  readonly url: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  const { options, url } = site;
  const asked = new URL(request.url ?? '/', url);
  const send = (value: unknown) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const conformsTo = options.conformance ?? [
    `${core}/core`,
    `${core}/item-search`,
    sortable,
    `${core}/item-search#query`,
  ];
  if (asked.pathname === '/') {
    const search = { rel: 'search', type: 'application/geo+json', href: `${url}/search` };
    const links = [
      { rel: 'self', href: url },
      { ...search, method: 'GET' },
      ...(options.method === 'get' ? [] : [{ ...search, method: 'POST' }]),
    ];
    return void send({ type: 'Catalog', stac_version: '1.0.0', id: 'test', description: 'test', conformsTo, links });
  }
  if (asked.pathname === '/conformance') return void send({ conformsTo });
  if (asked.pathname !== '/search') return void response.writeHead(404).end('{}');
  if (request.method === 'POST' && options.method === 'get') return void response.writeHead(405).end('{}');
  const body =
    request.method === 'POST' ? (JSON.parse(await text(request)) as Record<string, unknown>) : fromQuery(asked);
  site.searches.push(body);
  send(page(body, request.method === 'POST', site, conformsTo.includes(sortable)));
}

function fromQuery(asked: URL): Record<string, unknown> {
  const body: Record<string, unknown> = Object.fromEntries(asked.searchParams);
  if (typeof body['bbox'] === 'string') body['bbox'] = body['bbox'].split(',').map(Number);
  if (typeof body['collections'] === 'string') body['collections'] = body['collections'].split(',');
  return body;
}

function page(body: Record<string, unknown>, post: boolean, { items, options, url }: Site, sorts: boolean): unknown {
  const matched = options.fault === 'stray' ? [...items] : items.filter((item) => matches(item, body));
  if (sorts && body['sortby'] !== undefined)
    matched.sort((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : a.id < b.id ? -1 : 1));
  const size = Math.min(options.pageSize ?? 1_000, Number(body['limit'] ?? 10));
  const from = options.fault === 'loop' ? 0 : Number(body['token'] ?? 0);
  const next = from + size < matched.length || options.fault === 'loop';
  const token = options.fault === 'loop' ? '0' : String(from + size);
  const link = post
    ? { rel: 'next', href: `${url}/search`, method: 'POST', body: { token }, merge: true }
    : { rel: 'next', href: `${url}/search?${queryOf({ ...body, token })}` };
  return {
    type: 'FeatureCollection',
    numberMatched: matched.length,
    features: matched.slice(from, from + size),
    links: next ? [link] : [],
  };
}

function queryOf(body: Record<string, unknown>): string {
  return new URLSearchParams(
    Object.entries(body).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
}

function matches(item: StacItem, body: Record<string, unknown>): boolean {
  const [west = -180, south = -90, east = 180, north = 90] = (body['bbox'] as number[] | undefined) ?? [];
  const [w = 0, s = 0, e = 0, n = 0] = item.bbox;
  const [from = '..', to = '..'] = ((body['datetime'] as string | undefined) ?? '../..').split('/');
  const collections = body['collections'] as string[] | undefined;
  return (
    w <= east &&
    e >= west &&
    s <= north &&
    n >= south &&
    (from === '..' || Date.parse(time(item)) >= Date.parse(from)) &&
    (to === '..' || Date.parse(time(item)) <= Date.parse(to)) &&
    (collections === undefined || collections.includes(item.collection ?? ''))
  );
}

function time(item: StacItem): string {
  return String(item.properties['datetime']);
}

async function text(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
