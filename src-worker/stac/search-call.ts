import { z } from 'zod';
import { AppError } from '../../src-shared/errors.ts';
import type { Place } from '../run/places.ts';
import { loadJson } from './document.ts';
import type { Document } from './document.ts';
import type { FindContext } from './find-items.ts';
import { Link } from './link.ts';

/** One page of a search, as far as it is read. */
const Page = z.looseObject({
  features: z.array(z.unknown()),
  links: z.array(z.unknown()).default([]).catch([]),
  numberMatched: z.number().nullish().catch(undefined),
  context: z.looseObject({ matched: z.number().nullish() }).optional().catch(undefined),
});

/** One request of a search. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly place: Place;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface PageAnswer {
  readonly features: readonly unknown[];
  /** How many match in all, where the API says so. */
  readonly matched: number | null;
  readonly next: Call | null;
}

/** The addresses of an API's item search; null where it has none for a method. */
export interface SearchPlaces {
  readonly get: Place | null;
  readonly post: Place | null;
}

/** Finds the item search of a landing page. @throws AppError `bad_data` when it offers none */
export async function searchPlaces(landing: Document, base: Place, ctx: FindContext): Promise<SearchPlaces> {
  const links = landing.links.filter(({ rel }) => rel === 'search');
  const isPost = ({ method }: Link) => method?.toUpperCase() === 'POST';
  const post = links.find(isPost);
  const get = links.find((link) => !isPost(link));
  const [first] = links;
  if (first === undefined)
    throw new AppError('bad_data', `${base.name} offers no item search.`, {
      remedy: 'Name the landing page of a STAC API.',
    });
  return {
    get: get === undefined ? null : await ctx.places.linked(get.href, base),
    post: post === undefined ? null : await ctx.places.linked(post.href, base),
  };
}

export function postCall(place: Place, body: Readonly<Record<string, unknown>>): Call {
  return { method: 'POST', place, body, headers: {} };
}

/** The same search by GET: lists with commas, fields and sort with their signs, objects as JSON. */
export function getCall(place: Place, parameters: Readonly<Record<string, unknown>>): Call {
  const url = new URL(place.href);
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, queryValue(value));
  return { method: 'GET', place: { ...place, href: url.href }, body: null, headers: {} };
}

function queryValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What makes two calls the same one: a token may stand in the address, in the body or in a header. */
export function callKey({ method, place, body, headers }: Call): string {
  return JSON.stringify([method, place.href, body, headers]);
}

/** Fetches one page. @throws AppError of the exchange, and `bad_data` for what is no page of items */
export async function fetchPage(call: Call, ctx: FindContext): Promise<PageAnswer> {
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
  const { features, links, numberMatched, context } = parsed.data;
  const link = links.flatMap((one) => Link.safeParse(one).data ?? []).find(({ rel }) => rel === 'next');
  return {
    features,
    matched: numberMatched ?? context?.matched ?? null,
    next: link === undefined ? null : await nextCall(link, call, ctx),
  };
}

/**
 * STAC API, paging: the link gives method, body and headers; with `merge` its body and headers are laid over those that were
 * sent. A server behind a proxy may write http for its own https address: the connection is not made weaker for that.
 */
async function nextCall(link: Link, call: Call, ctx: FindContext): Promise<Call> {
  const method = (link.method ?? 'GET').toUpperCase() === 'POST' ? 'POST' : 'GET';
  const place = await ctx.places.linked(asSecure(link.href, call.place.href), call.place);
  const given = Object.fromEntries(Object.entries(link.headers ?? {}).map(([name, value]) => [name, String(value)]));
  const headers = link.merge === true ? { ...call.headers, ...given } : given;
  if (method === 'GET') return { method, place, body: null, headers };
  const body = link.merge === true ? { ...call.body, ...link.body } : (link.body ?? call.body);
  return { method, place, body, headers };
}

function asSecure(href: string, from: string): string {
  const [to, origin] = [URL.parse(href), URL.parse(from)];
  return origin?.protocol === 'https:' && to?.protocol === 'http:' && to.hostname === origin.hostname
    ? href.replace(/^http:/i, 'https:')
    : href;
}
