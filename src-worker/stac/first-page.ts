import { AppError } from '../../src-shared/errors.ts';
import type { AskedConditions } from './ask-conditions.ts';
import { askConditions } from './ask-conditions.ts';
import type { Abilities } from './conformance.ts';
import type { FindContext } from './find-items.ts';
import type { SearchRequest } from './request.ts';
import { intervalText } from './request.ts';
import type { Call, PageAnswer, SearchPlaces } from './search-call.ts';
import { fetchPage, getCall, postCall } from './search-call.ts';

/** Items of a page; NASA's CMR and others take no more than 250. */
const pageSize = 100;

/** The first page of a search and how it was asked for. */
interface FirstPage {
  readonly call: Call;
  readonly answer: PageAnswer;
  readonly conditions: AskedConditions;
  readonly sorted: boolean;
}

interface Way {
  readonly place: SearchPlaces[keyof SearchPlaces];
  readonly posts: boolean;
  /** Without sort and fields, which some APIs declare and then refuse. */
  readonly plain: boolean;
}

/**
 * Asks for the first page: by POST where the API has it, by GET where it has not, where its POST is refused (some APIs answer
 * 403 or 405 to it), and where it knows filters as text only; and once more without sort and fields where it does not accept
 * them. @param exclude names for the fields extension
 */
export async function firstPage(
  places: SearchPlaces,
  request: SearchRequest,
  can: Abilities,
  exclude: readonly string[],
  ctx: FindContext,
): Promise<FirstPage> {
  const textOnly = request.filter !== null && !can.cql2Json && can.cql2Text && places.get !== null;
  const post: Way[] = places.post === null ? [] : [{ place: places.post, posts: true, plain: false }];
  const get: Way[] = places.get === null ? [] : [{ place: places.get, posts: false, plain: false }];
  const ways = textOnly ? get : [...post, ...get];
  let firstError: unknown;
  for (const way of [...ways, ...ways.map((one) => ({ ...one, plain: true }))]) {
    // A second try is worth it only where something can be left out.
    if (way.plain && !can.sort && exclude.length === 0) continue;
    try {
      return await ask(way, request, can, exclude, ctx);
    } catch (cause) {
      if (!mayAskAgain(cause)) throw cause;
      firstError ??= cause;
    }
  }
  throw firstError;
}

/** Refusals of the request itself: 400, 403, 404, 405 and their like; never of a server that fails. */
function mayAskAgain(cause: unknown): boolean {
  return (
    cause instanceof AppError &&
    ((cause.code === 'denied' && cause.message.includes('HTTP 403')) ||
      cause.code === 'not_found' ||
      typeof cause.details?.['status'] === 'number')
  );
}

async function ask(
  { place, posts, plain }: Way,
  request: SearchRequest,
  can: Abilities,
  exclude: readonly string[],
  ctx: FindContext,
): Promise<FirstPage> {
  if (place === null) throw new AppError('internal', 'A search was asked without an address.');
  const conditions = askConditions(request, can, posts);
  const sorted = can.sort && !plain;
  const thin = can.fields && !plain && exclude.length > 0;
  const common = {
    collections: [request.collection],
    // An API takes one area; the other is checked on what it answers.
    ...(request.aoi !== null
      ? { intersects: { type: request.aoi.type, coordinates: request.aoi.coordinates } }
      : request.bbox !== null && { bbox: request.bbox }),
    ...(request.interval !== null && { datetime: intervalText(request.interval) }),
    limit: conditions.local === null ? Math.min(pageSize, request.maxItems) : pageSize,
  };
  const call = posts
    ? postCall(place, {
        ...common,
        ...conditions.body,
        ...(sorted && {
          sortby: [
            { field: 'properties.datetime', direction: 'asc' },
            { field: 'id', direction: 'asc' },
          ],
        }),
        ...(thin && { fields: { exclude } }),
      })
    : getCall(place, {
        ...common,
        ...conditions.parameters,
        ...(sorted && { sortby: '+properties.datetime,+id' }),
        ...(thin && { fields: exclude.map((name) => `-${name}`) }),
      });
  return { call, answer: await fetchPage(call, ctx), conditions, sorted };
}
