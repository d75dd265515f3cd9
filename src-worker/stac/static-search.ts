import { AppError } from '../../src-shared/errors.ts';
import { redactHref } from '../io/redact.ts';
import type { Place } from '../run/places.ts';
import type { CollectionFacts } from './collection.ts';
import { collectionFacts } from './collection.ts';
import type { Document } from './document.ts';
import { loadDocument } from './document.ts';
import { isSourceError } from '../run/source-error.ts';
import type { FindContext, Found } from './find-items.ts';
import type { SceneItem } from './item.ts';
import { inOrder, readItem } from './item.ts';
import { keepFirst } from './keep-first.ts';
import type { SearchRequest } from './request.ts';
import { meetsConditions, meetsRequest } from './request.ts';

const maxDocuments = 20_000;
const parallel = 8;

/** Walks a static catalogue by its `child` and `item` links, each document once, and filters what it finds. */
export async function searchStatic(
  root: Document,
  base: Place,
  request: SearchRequest,
  ctx: FindContext,
): Promise<Found> {
  const items = new Map<string, SceneItem>();
  const collections = new Map<string, CollectionFacts>();
  const note = (document: Document, place: Place) => {
    if (document.type === 'Collection') collections.set(place.href, collectionFacts(document, place));
  };
  const meets = meetsRequest(request);
  const fulfils = meetsConditions(request);
  const take = (item: SceneItem) => {
    if (meets(item) && fulfils(item)) keepFirst(items, item, ctx);
  };
  const seen = new Set([base.href]);
  let waiting = linksOf(root, request).map((href) => ({ href, from: base }));
  let documents = 0;
  let skipped = 0;
  let firstError: unknown;
  const skip = (cause: unknown, href: string, from: Place): null => {
    if (!isSourceError(cause)) throw cause;
    skipped += 1;
    firstError ??= cause;
    const name = from.root === null ? (URL.parse(href, from.href)?.href ?? href) : href;
    ctx.warn(`${redactHref(name)} was left out: ${cause.message}`);
    return null;
  };
  takeItems(root, base, take);
  note(root, base);
  while (waiting.length > 0) {
    const batch = waiting.splice(0, parallel);
    const read = await Promise.all(
      batch
        .map(async ({ href, from }) => {
          const place = await ctx.places.linked(href, from);
          if (seen.has(place.href)) return null;
          seen.add(place.href);
          return { place, document: await loadDocument(place, ctx.read) };
        })
        .map((reading, index) =>
          reading.catch((cause: unknown) => skip(cause, batch[index]?.href ?? '', batch[index]?.from ?? base)),
        ),
    );
    documents += batch.length;
    if (documents > maxDocuments)
      throw new AppError('over_limit', `The catalogue ${base.name} has more than ${maxDocuments} documents.`, {
        remedy: 'Name the collection inside it, or use a STAC API.',
      });
    for (const one of read) {
      if (one === null) continue;
      note(one.document, one.place);
      try {
        takeItems(one.document, one.place, take);
      } catch (cause) {
        skip(cause, one.place.name, one.place);
      }
      waiting = waiting.concat(linksOf(one.document, request).map((href) => ({ href, from: one.place })));
    }
    ctx.progress('search', items.size, null);
  }
  if (items.size === 0 && skipped > 0) throw firstError;
  const found = [...items.values()].sort(inOrder);
  return {
    items: found.slice(0, request.maxItems),
    matched: found.length,
    more: found.length > request.maxItems,
    skipped,
    collections: [...collections.values()].filter(({ id }) => found.some(({ collection }) => collection === id)),
  };
}

/** A collection of another name can still hold the asked one, but its own items are not of it. */
function linksOf(document: Document, request: SearchRequest): string[] {
  const foreign = document.type === 'Collection' && document.id !== request.collection;
  return document.links.filter(({ rel }) => rel === 'child' || (rel === 'item' && !foreign)).map(({ href }) => href);
}

function takeItems(document: Document, place: Place, take: (item: SceneItem) => void): void {
  if (document.type === 'Feature') take(readItem(document, place));
  else for (const feature of document.features ?? []) take(readItem(feature, place));
}
