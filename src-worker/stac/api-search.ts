import { z } from 'zod';
import { AppError } from '../../src-shared/errors.ts';
import type { Place } from '../run/places.ts';
import type { Document } from './document.ts';
import { loadJson } from './document.ts';
import type { SceneItem } from './item.ts';
import { keepFirst } from './keep-first.ts';
import { Link } from './link.ts';
import { inOrder, readItem } from './item.ts';
import { isSourceError } from '../run/source-error.ts';
import type { FindContext, Found } from './find-items.ts';
import type { SearchRequest } from './request.ts';
import { intervalText, meetsRequest } from './request.ts';

const pageSize = 100;
const maxPages = 1_000;
/** An API that gives this many pages without anything new would go on for ever. */
const maxIdlePages = 3;

const Page = z.looseObject({
  features: z.array(z.unknown()),
  links: z.array(z.unknown()).default([]).catch([]),
  numberMatched: z.number().optional().catch(undefined),
  context: z.looseObject({ matched: z.number().optional() }).optional().catch(undefined),
});

interface Call {
  readonly method: 'GET' | 'POST';
  readonly place: Place;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Searches a STAC API, page by page, for the earliest items. Every answer is checked against what was asked. */
export async function searchApi(
  landing: Document,
  base: Place,
  request: SearchRequest,
  ctx: FindContext,
): Promise<Found> {
  const conforms = (part: string) => (landing.conformsTo ?? []).some((uri) => uri.includes(part));
  requireConformance(request, conforms, base);
  const sorted = conforms('#sort');
  const items = new Map<string, SceneItem>();
  const asked = new Set<string>();
  const meets = meetsRequest(request);
  let matched: number | null = null;
  let strays = 0;
  let skipped = 0;
  let ordered = sorted;
  let last: SceneItem | null = null;
  let complete = false;
  let received = 0;
  let idlePages = 0;
  let cut: string | null = null;

  let call: Call | null = await firstCall(landing, base, searchBody(request, sorted), ctx);
  for (let page = 0; call !== null; page += 1) {
    const key = JSON.stringify([call.method, call.place.href, call.body]);
    if (asked.has(key)) cut = `${base.name} linked to a page of the search a second time`;
    else if (page >= maxPages) cut = `${base.name} has more than ${maxPages} pages`;
    else if (idlePages >= maxIdlePages) cut = `${base.name} gave ${maxIdlePages} pages in a row without a new item`;
    if (cut !== null) break;
    asked.add(key);
    const { answer, next }: { answer: z.infer<typeof Page>; next: Call | null } = await fetchPage(call, ctx);
    matched ??= answer.numberMatched ?? answer.context?.matched ?? null;
    received += answer.features.length;
    let news = 0;
    for (const feature of answer.features) {
      const item = readFeature(feature, call.place, ctx);
      if (item === null) {
        skipped += 1;
        continue;
      }
      if (!meets(item)) {
        strays += 1;
        continue;
      }
      if (last !== null && item.start < last.start) ordered = false;
      last = item;
      if (keepFirst(items, item, ctx)) news += 1;
    }
    ctx.progress('search', items.size, matched);
    idlePages = news === 0 ? idlePages + 1 : 0;
    complete = next === null || (matched !== null && items.size + strays + skipped >= matched && idlePages > 0);
    if (complete || items.size >= (ordered ? request.maxItems : Math.max(ctx.maxItems, request.maxItems))) break;
    call = next;
  }
  if (complete && matched !== null && received < matched)
    cut = `${base.name} says that ${matched} items match but gave only ${received} and no link to the rest`;
  const enough = ordered && items.size >= request.maxItems;
  if (cut !== null) {
    complete = false;
    // Of an ordered search the asked items were had before it broke off.
    if (enough) cut = null;
    else ctx.warn(`${cut}; the search ends there, and items may be missing.`);
  }
  if (strays > 0)
    ctx.warn(
      `${strays} items that ${base.name} gave lie outside the asked collection, area or time and were left out.`,
    );
  if (!complete && !ordered)
    ctx.warn(
      `${base.name} does not sort and has more items than the ${items.size} that were fetched: the earliest of these are used, and there may be earlier ones.`,
    );
  if (items.size === 0 && skipped > 0)
    throw new AppError('bad_data', `None of the ${skipped} items that ${base.name} gave is a STAC Item.`, {
      remedy: 'Check the address of the API.',
    });
  const found = [...items.values()].sort(inOrder);
  return {
    items: found.slice(0, request.maxItems),
    matched: matched ?? (complete ? found.length : null),
    more: !complete || found.length > request.maxItems,
    skipped,
    cut,
  };
}

function readFeature(feature: unknown, place: Place, ctx: FindContext): SceneItem | null {
  try {
    return readItem(feature, place);
  } catch (cause) {
    if (!isSourceError(cause)) throw cause;
    ctx.warn(`An item was left out: ${cause.message}`);
    return null;
  }
}

function requireConformance(request: SearchRequest, conforms: (part: string) => boolean, base: Place): void {
  const missing =
    request.filter !== null && !(conforms('cql2-json') && conforms('filter'))
      ? 'filter'
      : request.query !== null && !conforms('#query')
        ? 'query'
        : null;
  if (missing === null) return;
  throw new AppError('invalid_task', `${base.name} does not support inputs.${missing}.`, {
    remedy:
      missing === 'filter'
        ? 'Use inputs.query if the API supports it, or leave the filter out.'
        : 'Leave inputs.query out.',
  });
}

function searchBody(request: SearchRequest, sorted: boolean): Record<string, unknown> {
  return {
    collections: [request.collection],
    // An API takes one area; the other is checked on what it answers.
    ...(request.aoi !== null
      ? { intersects: { type: request.aoi.type, coordinates: request.aoi.coordinates } }
      : request.bbox !== null && { bbox: request.bbox }),
    ...(request.interval !== null && { datetime: intervalText(request.interval) }),
    limit: Math.min(pageSize, request.maxItems),
    ...(request.query !== null && { query: request.query }),
    ...(request.filter !== null && { filter: request.filter, 'filter-lang': 'cql2-json' }),
    ...(sorted && {
      sortby: [
        { field: 'properties.datetime', direction: 'asc' },
        { field: 'id', direction: 'asc' },
      ],
    }),
  };
}

async function firstCall(
  landing: Document,
  base: Place,
  body: Record<string, unknown>,
  ctx: FindContext,
): Promise<Call> {
  const links = landing.links.filter(({ rel }) => rel === 'search');
  const post = links.find(({ method }) => method?.toUpperCase() === 'POST');
  const link = post ?? links[0];
  if (link === undefined)
    throw new AppError('bad_data', `${base.name} offers no item search.`, {
      remedy: 'Name the landing page of a STAC API.',
    });
  const place = await ctx.places.linked(link.href, base);
  if (post !== undefined) return { method: 'POST', place, body, headers: {} };
  const url = new URL(place.href);
  for (const [key, value] of Object.entries(body)) url.searchParams.set(key, queryValue(key, value));
  return { method: 'GET', place: { ...place, href: url.href }, body: null, headers: {} };
}

function queryValue(key: string, value: unknown): string {
  if (key === 'sortby') return '+properties.datetime,+id';
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function fetchPage(call: Call, ctx: FindContext): Promise<{ answer: z.infer<typeof Page>; next: Call | null }> {
  const init =
    call.method === 'POST'
      ? {
          method: 'POST',
          body: JSON.stringify(call.body),
          headers: { 'content-type': 'application/json', ...call.headers },
        }
      : { headers: { ...call.headers } };
  const parsed = Page.safeParse(await loadJson(call.place, ctx.read, init));
  if (!parsed.success)
    throw new AppError('bad_data', `${call.place.name} did not answer with a page of items.`, {
      remedy: 'Name the landing page of a STAC API.',
      cause: parsed.error,
    });
  const link = parsed.data.links.flatMap((one) => Link.safeParse(one).data ?? []).find(({ rel }) => rel === 'next');
  return { answer: parsed.data, next: link === undefined ? null : await nextCall(link, call, ctx) };
}

/** STAC API, paging: `merge` puts the link's body over the one that was sent; headers are added to it. */
async function nextCall(link: Link, call: Call, ctx: FindContext): Promise<Call> {
  const method = (link.method ?? 'GET').toUpperCase() === 'POST' ? 'POST' : 'GET';
  const place = await ctx.places.linked(link.href, call.place);
  const headers = Object.fromEntries(Object.entries(link.headers ?? {}).map(([name, value]) => [name, String(value)]));
  if (method === 'GET') return { method, place, body: null, headers };
  return {
    method,
    place,
    body: link.merge === true ? { ...call.body, ...link.body } : (link.body ?? call.body),
    headers,
  };
}
