import type { z } from 'zod';
import { AppError } from '../../src-shared/errors.ts';
import type { ItemsInputs, StacInputs } from '../../src-shared/task/inputs.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import { isRemoteAddress } from '../../src-shared/task/object-address.ts';
import { isNotKept } from '../io/http-errors.ts';
import { redactHref } from '../io/redact.ts';
import type { Place, Places } from '../run/places.ts';
import { isSourceError } from '../run/source-error.ts';
import { searchApi } from './api-search.ts';
import type { CollectionFacts } from './collection.ts';
import { keepFirst } from './keep-first.ts';
import type { Document } from './document.ts';
import { loadDocument } from './document.ts';
import { fixtureCatalogue } from './fixtures.ts';
import type { FootprintGeometry } from './footprint.ts';
import { bboxGeometry, footprintsMeet } from './footprint.ts';
import type { SceneItem } from './item.ts';
import { inOrder, readItem } from './item.ts';
import { searchRequest } from './request.ts';
import type { SearchRequest } from './request.ts';
import { searchStatic } from './static-search.ts';

export interface FindContext {
  readonly read: ReadContext;
  readonly places: Places;
  readonly offline: boolean;
  /** limits.max_items */
  readonly maxItems: number;
  /** For each band that the analysis reads the names it may have, so that a search need not send the others; null: not known. */
  readonly bands?: readonly (readonly string[])[] | null;
  log(message: string): void;
  warn(message: string): void;
  progress(phase: string, done: number, total: number | null): void;
}

export interface Found {
  /** By datetime, then id; at most what was asked. */
  readonly items: readonly SceneItem[];
  /** How many match; null when unknown. */
  readonly matched: number | null;
  /** More match than are given. */
  readonly more: boolean;
  /** Items that match or may match but could not be read. */
  readonly skipped: number;
  /** Why the search could not be followed to its end, as a sentence; the result is partial then. */
  readonly cut?: string | null;
  /** The items come from the fixture catalogue. */
  readonly fixture?: boolean;
  /** The collections that were read on the way. */
  readonly collections?: readonly CollectionFacts[];
}

/**
 * Finds the items of a STAC search: in an API or a static catalogue. Offline it is answered from what an earlier run was
 * answered, or else from the fixture catalogue.
 */
export async function searchItems(
  inputs: z.infer<typeof StacInputs>,
  aoi: FootprintGeometry | null,
  ctx: FindContext,
): Promise<Found> {
  const request = searchRequest(inputs, aoi);
  if (!ctx.offline || !isRemoteAddress(inputs.stac_api)) return searchAt(inputs.stac_api, request, ctx);
  const replayed = await replayedSearch(inputs.stac_api, request, ctx);
  if (replayed !== null) return replayed;
  const place = await fixtureCatalogue(inputs.stac_api, request, ctx);
  return { ...(await searchStatic(await loadDocument(place, ctx.read), place, request, ctx)), fixture: true };
}

/** The answer to a search that was made online before, from what was kept of it; null when that is not all there. */
async function replayedSearch(href: string, request: SearchRequest, ctx: FindContext): Promise<Found | null> {
  if (!(await ctx.places.isKept(href))) return null;
  return searchAt(href, request, ctx).catch((cause: unknown) => {
    if (isNotKept(cause)) return null;
    throw cause;
  });
}

async function searchAt(href: string, request: SearchRequest, ctx: FindContext): Promise<Found> {
  const base = await ctx.places.input(href);
  const named = await loadDocument(base, ctx.read);
  if (canSearch(named)) return searchApi(named, base, request, ctx);
  const api = await apiOf(named, base, ctx);
  return api === null ? searchStatic(named, base, request, ctx) : searchApi(api.landing, api.place, request, ctx);
}

function canSearch({ links }: Document): boolean {
  return links.some(({ rel }) => rel === 'search');
}

/** The API that a collection belongs to: a task may name the collection's own address. Null for a static one. */
async function apiOf(
  { links }: Document,
  base: Place,
  ctx: FindContext,
): Promise<{ landing: Document; place: Place } | null> {
  const root = links.find(({ rel }) => rel === 'root');
  if (root === undefined || !links.some(({ rel }) => rel === 'items')) return null;
  const place = await ctx.places.linked(root.href, base);
  const landing = place.href === base.href ? null : await loadDocument(place, ctx.read);
  return landing !== null && canSearch(landing) ? { landing, place } : null;
}

/** Reads the items that the task names. One that can't be read is a warning, unless all of them are. */
export async function namedItems(
  { items: names }: z.infer<typeof ItemsInputs>,
  aoi: FootprintGeometry | null,
  ctx: FindContext,
): Promise<Found> {
  const items = new Map<string, SceneItem>();
  let failed = 0;
  let firstError: unknown;
  for (const [index, name] of names.entries()) {
    try {
      const place = await ctx.places.input(name);
      const document = await loadDocument(place, ctx.read);
      if (document.type !== 'Feature' && document.features === undefined)
        throw new AppError('bad_data', `${place.name} is not a STAC Item or ItemCollection.`, {
          remedy: 'For catalogues and collections use inputs.stac_api.',
        });
      for (const feature of document.features ?? [document]) {
        const item = readItem(feature, place);
        keepFirst(items, item, ctx);
      }
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      failed += 1;
      firstError ??= cause;
      if (names.length > 1) ctx.warn(`${redactHref(name)} was left out: ${cause.message}`);
    }
    ctx.progress('items', index + 1, names.length);
  }
  if (failed === names.length) throw firstError;
  const inside = [...items.values()].filter((item) => aoi === null || meetsAoi(item, aoi));
  return { items: inside.sort(inOrder), matched: inside.length, more: false, skipped: failed };
}

function meetsAoi(item: SceneItem, aoi: FootprintGeometry): boolean {
  const footprint = item.geometry ?? (item.bbox === null ? null : bboxGeometry(item.bbox));
  return footprint === null || footprintsMeet(footprint, aoi);
}
