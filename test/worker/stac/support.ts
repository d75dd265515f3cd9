import { isDeepStrictEqual } from 'node:util';
import { onTestFinished } from 'vitest';
import type { Exchange, Recording } from '../../../scripts/stac-recordings/recording.ts';
import { bodyText, listen, send } from '../../../scripts/stac-server/listen.ts';
import { jsonAnswer } from '../../../scripts/stac-server/range-answer.ts';
import { ReadBudget } from '../../../src-raster/bytes/read-context.ts';
import { Places } from '../../../src-worker/run/places.ts';
import type { FindContext } from '../../../src-worker/stac/find-items.ts';

/** What a search needs, with what it said kept. */
export function findContext(more: Partial<FindContext> = {}) {
  const budget = new ReadBudget(1e9);
  const said: { warnings: string[]; logs: string[] } = { warnings: [], logs: [] };
  const ctx: FindContext = {
    read: { signal: new AbortController().signal, budget },
    places: new Places({ taskFolder: '/', granted: null, offline: false }),
    offline: false,
    maxItems: 1_000,
    log: (text) => said.logs.push(text),
    warn: (text) => said.warnings.push(text),
    progress: () => undefined,
    ...more,
  };
  return { ctx, budget, ...said };
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Plays a recording on this machine; addresses of its API are those of the player. A request that it has no answer to is kept. */
export async function play(recording: Recording) {
  const asked: Asked[] = [];
  const unknown: Asked[] = [];
  const { origin, pathname } = new URL(recording.api);
  const server = await listen(0, async (request, response) => {
    const url = new URL(request.url ?? '/', server.url);
    const text = await bodyText(request);
    const one: Asked = {
      method: request.method ?? 'GET',
      path: url.pathname.replace(/(.)\/$/, '$1'),
      query: Object.fromEntries(url.searchParams),
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      headers: request.headers,
    };
    asked.push(one);
    const found = recording.exchanges.find((exchange) => answers(exchange, one, pathname));
    if (found === undefined) unknown.push(one);
    const status = found?.status ?? (found === undefined ? (one.method === 'POST' ? 405 : 404) : 200);
    const answer = JSON.stringify(found?.answer ?? { code: 'Unknown' }).replaceAll(origin, server.url);
    send(response, jsonAnswer(JSON.parse(answer), status));
  });
  onTestFinished(() => server.close());
  return { api: server.url + pathname, asked, unknown };
}

function answers({ method, path, match = {} }: Exchange, asked: Asked, base: string): boolean {
  const sent = asked.method === 'POST' ? asked.body : asked.query;
  return (
    method === asked.method &&
    `${base}${path}` === asked.path &&
    Object.entries(match).every(([key, value]) => isDeepStrictEqual(sent[key], value))
  );
}

/** A small API on this machine that answers a search with what `answer` gives. */
export async function api(
  conformsTo: readonly string[],
  answer: (asked: Asked, url: string) => { status?: number; value: unknown },
  methods: readonly string[] = ['GET', 'POST'],
) {
  const asked: Asked[] = [];
  const server = await listen(0, async (request, response) => {
    const url = new URL(request.url ?? '/', server.url);
    const text = await bodyText(request);
    const one: Asked = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      headers: request.headers,
    };
    if (one.path === '/') {
      const links = methods.map((method) => ({ rel: 'search', href: `${server.url}/search`, method }));
      send(response, jsonAnswer({ type: 'Catalog', id: 'small', conformsTo, links }));
      return;
    }
    asked.push(one);
    const { status = 200, value } = answer(one, server.url);
    send(response, jsonAnswer(value, status));
  });
  onTestFinished(() => server.close());
  return { url: server.url, asked };
}

/** A bare item at a time. */
export function bareItem(id: string, datetime: string, more: object = {}) {
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    id,
    collection: 'c',
    geometry: null,
    bbox: [0, 0, 1, 1],
    properties: { datetime, ...more },
    links: [],
    assets: {},
  };
}
