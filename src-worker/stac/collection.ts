import { z } from 'zod';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import { redactHref } from '../io/redact.ts';
import type { Place } from '../run/places.ts';
import { isSourceError } from '../run/source-error.ts';
import type { Document } from './document.ts';
import { loadDocument } from './document.ts';
import type { FindContext } from './find-items.ts';
import type { SceneItem } from './item.ts';

/** What a collection says about all of its items. */
export interface CollectionFacts {
  readonly id: string;
  /** SPDX id, or `other`, `various`, `proprietary`; null when nothing is said. */
  readonly license: string | null;
  /** Where the licence can be read. */
  readonly licenseHref: string | null;
  /** `item_assets`: what assets its items have, by key; null when it does not say. */
  readonly itemAssets: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null;
}

/** A collection is worth waiting for only so long: a run does without it. */
const patienceMs = 5_000;
/** A run names the collections of its items, of which there are few. */
const mostCollections = 8;

const ItemAssets = z.record(z.string(), z.record(z.string(), z.unknown()));

export function collectionFacts(document: Document, place: Place): CollectionFacts {
  const link = document.links.find(({ rel }) => rel === 'license');
  const url = link === undefined ? null : URL.parse(link.href, place.root === null ? place.href : undefined);
  const { license } = document;
  return {
    id: document.id ?? '',
    license: typeof license === 'string' && license !== '' ? license : null,
    licenseHref: url?.protocol === 'http:' || url?.protocol === 'https:' ? redactHref(url.href) : null,
    itemAssets: ItemAssets.safeParse(document['item_assets']).data ?? null,
  };
}

/** A collection of an API; null when it can't be read, which no search depends on. */
export async function apiCollection(
  landing: Document,
  base: Place,
  id: string,
  ctx: FindContext,
): Promise<CollectionFacts | null> {
  const data = landing.links.find(({ rel }) => rel === 'data' || rel === 'collections');
  if (data === undefined) return null;
  return readCollection(async () => {
    const list = new URL((await ctx.places.linked(data.href, base)).href);
    list.pathname = `${list.pathname.replace(/\/+$/, '')}/${encodeURIComponent(id)}`;
    return ctx.places.linked(list.href, base);
  }, ctx);
}

/** The collections that items link to, each read once; those that can't be read are left out. */
export async function linkedCollections(items: readonly SceneItem[], ctx: FindContext): Promise<CollectionFacts[]> {
  const first = new Map<string, SceneItem>();
  for (const item of items)
    if (item.collection !== null && !first.has(item.collection)) first.set(item.collection, item);
  const found: CollectionFacts[] = [];
  for (const item of [...first.values()].slice(0, mostCollections)) {
    const link = item.links.find(({ rel }) => rel === 'collection');
    const facts = link === undefined ? null : await readCollection(() => ctx.places.linked(link.href, item.place), ctx);
    if (facts !== null) found.push(facts);
  }
  return found;
}

async function readCollection(find: () => Promise<Place>, ctx: FindContext): Promise<CollectionFacts | null> {
  const impatient = AbortSignal.timeout(patienceMs);
  const read: ReadContext = { ...ctx.read, signal: AbortSignal.any([ctx.read.signal, impatient]) };
  try {
    const place = await find();
    const document = await loadDocument(place, read);
    return document.type === 'Feature' ? null : collectionFacts(document, place);
  } catch (cause) {
    ctx.read.signal.throwIfAborted();
    if (isSourceError(cause) || impatient.aborted) return null;
    throw cause;
  }
}
