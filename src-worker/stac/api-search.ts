import { AppError } from '../../src-shared/errors.ts';
import type { Place } from '../run/places.ts';
import { isSourceError } from '../run/source-error.ts';
import { apiCollection } from './collection.ts';
import { abilitiesOf } from './conformance.ts';
import type { Document } from './document.ts';
import type { FindContext, Found } from './find-items.ts';
import { firstPage } from './first-page.ts';
import type { SceneItem } from './item.ts';
import { inOrder, readItem } from './item.ts';
import { keepFirst } from './keep-first.ts';
import { meetsRequest } from './request.ts';
import type { SearchRequest } from './request.ts';
import type { Call, PageAnswer } from './search-call.ts';
import { callKey, fetchPage, searchPlaces } from './search-call.ts';
import { unneededAssets } from './unneeded-assets.ts';

const maxPages = 1_000;
/** An API that gives this many pages without anything new would go on for ever. */
const maxIdlePages = 3;

/**
 * Searches a STAC API, page by page, for the earliest items. Every answer is checked against what was asked, and conditions
 * that the API can't evaluate are tested here.
 */
export async function searchApi(
  landing: Document,
  base: Place,
  request: SearchRequest,
  ctx: FindContext,
): Promise<Found> {
  const [can, collection, places] = await Promise.all([
    abilitiesOf(landing, base, ctx),
    apiCollection(landing, base, request.collection, ctx),
    searchPlaces(landing, base, ctx),
  ]);
  const exclude = can.fields ? unneededAssets(collection?.itemAssets ?? null, ctx.bands ?? null) : [];
  const first = await firstPage(places, request, can, exclude, ctx);
  const { conditions, sorted } = first;
  const meets = meetsRequest(request);
  const fulfils = conditions.local ?? (() => true);
  const items = new Map<string, SceneItem>();
  const asked = new Set([callKey(first.call)]);
  const { matched } = first.answer;
  const counts = { strays: 0, skipped: 0, failing: 0, received: 0, idlePages: 0 };
  let ordered = sorted;
  let last: SceneItem | null = null;
  let complete: boolean;
  let cut: string | null = null;

  let { answer, call }: { answer: PageAnswer; call: Call } = first;
  for (let page = 1; ; page += 1) {
    counts.received += answer.features.length;
    let news = 0;
    for (const feature of answer.features) {
      const item = readFeature(feature, call.place, ctx);
      if (item === null) counts.skipped += 1;
      else if (!meets(item)) counts.strays += 1;
      else {
        if (last !== null && item.start < last.start) ordered = false;
        last = item;
        if (!fulfils(item)) {
          counts.failing += 1;
          news += 1;
        } else if (keepFirst(items, item, ctx)) news += 1;
      }
    }
    ctx.progress('search', items.size, conditions.local === null ? matched : null);
    counts.idlePages = news === 0 ? counts.idlePages + 1 : 0;
    const seen = items.size + counts.strays + counts.skipped + counts.failing;
    complete = answer.next === null || (matched !== null && seen >= matched && counts.idlePages > 0);
    if (complete || items.size >= (ordered ? request.maxItems : Math.max(ctx.maxItems, request.maxItems))) break;
    call = answer.next ?? call;
    cut = endless(asked, call, page, counts.idlePages, base);
    if (cut !== null) break;
    asked.add(callKey(call));
    answer = await nextPage(call, first.call, ctx);
  }
  if (complete && matched !== null && counts.received < matched)
    cut = `${base.name} says that ${matched} items match but gave only ${counts.received} and no link to the rest`;
  const enough = ordered && items.size >= request.maxItems;
  if (cut !== null) {
    complete = false;
    // Of an ordered search the asked items were had before it broke off.
    if (enough) cut = null;
    else ctx.warn(`${cut}; the search ends there, and items may be missing.`);
  }
  if (counts.strays > 0)
    ctx.warn(
      `${counts.strays} items that ${base.name} gave lie outside the asked collection, area or time and were left out.`,
    );
  if (conditions.local !== null)
    ctx.log(
      `${base.name} does not evaluate ${conditions.localWords}: it was tested here on all items of the area and time, and ${counts.failing} of ${counts.failing + items.size} do not meet it.`,
    );
  if (!complete && !ordered)
    ctx.warn(
      `${base.name} does not sort and has more items than the ${items.size} that were fetched: the earliest of these are used, and there may be earlier ones.`,
    );
  if (items.size === 0 && counts.skipped > 0)
    throw new AppError('bad_data', `None of the ${counts.skipped} items that ${base.name} gave is a STAC Item.`, {
      remedy: 'Check the address of the API.',
    });
  const found = [...items.values()].sort(inOrder);
  return {
    items: found.slice(0, request.maxItems),
    matched: (conditions.local === null ? matched : null) ?? (complete ? found.length : null),
    more: !complete || found.length > request.maxItems,
    skipped: counts.skipped,
    cut,
    collections: collection === null ? [] : [collection],
  };
}

/** Why a search is not followed further; null while it may be. */
function endless(asked: ReadonlySet<string>, call: Call, page: number, idlePages: number, base: Place): string | null {
  if (asked.has(callKey(call))) return `${base.name} linked to a page of the search a second time`;
  if (page >= maxPages) return `${base.name} has more than ${maxPages} pages`;
  return idlePages >= maxIdlePages ? `${base.name} gave ${maxIdlePages} pages in a row without a new item` : null;
}

/**
 * Fetches a page that was linked to. Behind a proxy an API may write a wrong path into the links of its POSTs, as the Planetary
 * Computer has done: where that path is not there, the body is sent to where the search began.
 */
async function nextPage(call: Call, first: Call, ctx: FindContext): Promise<PageAnswer> {
  try {
    return await fetchPage(call, ctx);
  } catch (cause) {
    const status = cause instanceof AppError ? cause.details?.['status'] : undefined;
    const isWrong = cause instanceof AppError && (cause.code === 'not_found' || status === 405);
    if (!isWrong || call.method !== 'POST' || first.method !== 'POST' || call.place.href === first.place.href)
      throw cause;
    return fetchPage({ ...call, place: first.place }, ctx);
  }
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
