import { z } from 'zod';
import { AppError } from '../../src-shared/errors.ts';
import { redactHref } from '../io/redact.ts';
import type { Place } from '../run/places.ts';
import type { FootprintGeometry } from './footprint.ts';
import { FootprintGeometrySchema, bboxOf } from './footprint.ts';
import { Link } from './link.ts';

/** One asset; everything that describes its bands stays as it was, for `bands.ts` to read. */
const Asset = z.looseObject({
  href: z.string().min(1),
  type: z.string().optional().catch(undefined),
  roles: z.array(z.string()).default([]).catch([]),
});
export type Asset = z.infer<typeof Asset>;

const RawItem = z.looseObject({
  type: z.literal('Feature'),
  id: z.string().min(1),
  collection: z.string().nullish(),
  geometry: z.unknown().optional(),
  bbox: z.array(z.number()).nullish().catch(null),
  links: z.array(z.unknown()).default([]).catch([]),
  properties: z.record(z.string(), z.unknown()),
  assets: z.record(z.string(), z.unknown()),
});

const notAnItem = 'Correct the item, or leave it out of the task.';

export type Bbox = readonly [west: number, south: number, east: number, north: number];

/** A STAC Item (1.0 or 1.1) with what the worker needs of it. */
export interface SceneItem {
  readonly id: string;
  readonly collection: string | null;
  /** Where its document was read; hrefs of assets are relative to it. */
  readonly place: Place;
  /** Its own address by its `self` link, else that of its document; public: without credentials and query. */
  readonly address: string;
  /** ms since the epoch. The same unless the item spans a time. */
  readonly start: number;
  readonly end: number;
  /** WGS 84 degrees; null when the item has no place. */
  readonly bbox: Bbox | null;
  readonly geometry: FootprintGeometry | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly assets: Readonly<Record<string, Asset>>;
  readonly links: readonly Link[];
}

/** Checks leniently: what is not needed may be missing or malformed. @throws AppError `bad_data` naming what is missing */
export function readItem(value: unknown, place: Place): SceneItem {
  const parsed = RawItem.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError(
      'bad_data',
      `${place.name} holds an item that is not a STAC Item: its ${issue?.path.join('.') ?? 'content'} is missing or wrong.`,
      { remedy: notAnItem, cause: parsed.error },
    );
  }
  const { id, collection, properties, ...raw } = parsed.data;
  const geometry = FootprintGeometrySchema.safeParse(raw.geometry).data ?? null;
  const [start, end] = times(id, properties);
  const links = raw.links.flatMap((link) => Link.safeParse(link).data ?? []);
  const assets = Object.entries(raw.assets).flatMap(([key, asset]) => {
    const { data } = Asset.safeParse(asset);
    return data === undefined ? [] : [[key, data] as const];
  });
  return {
    id,
    collection: collection ?? null,
    place,
    address: selfAddress(links, place) ?? place.name,
    start,
    end,
    bbox: flatBbox(raw.bbox) ?? (geometry === null ? null : bboxOf(geometry)),
    geometry,
    properties,
    assets: Object.fromEntries(assets),
    links,
  };
}

function selfAddress(links: readonly Link[], place: Place): string | null {
  const self = links.find(({ rel }) => rel === 'self');
  const url = self === undefined ? null : URL.parse(self.href, place.root === null ? place.href : undefined);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? redactHref(url.href) : null;
}

function times(id: string, properties: Record<string, unknown>): [number, number] {
  const at = (key: string) => {
    const text = properties[key];
    return typeof text === 'string' ? Date.parse(text) : Number.NaN;
  };
  const instant = at('datetime');
  const start = Number.isNaN(instant) ? at('start_datetime') : instant;
  const end = Number.isNaN(instant) ? at('end_datetime') : instant;
  if (Number.isNaN(start))
    throw new AppError('bad_data', `Item ${id} has neither datetime nor start_datetime.`, { remedy: notAnItem });
  return [start, Number.isNaN(end) ? start : end];
}

/** STAC allows boxes with heights: [west, south, low, east, north, high]. */
function flatBbox(bbox: readonly number[] | null | undefined): Bbox | null {
  const [a, b, c, d, e] = bbox ?? [];
  if (bbox?.length === 4 && a !== undefined && b !== undefined && c !== undefined && d !== undefined)
    return [a, b, c, d];
  if (bbox?.length === 6 && a !== undefined && b !== undefined && d !== undefined && e !== undefined)
    return [a, b, d, e];
  return null;
}

/** The one order of items: by time, then by id in code-unit order, then by collection. */
export function inOrder(a: SceneItem, b: SceneItem): number {
  return a.start - b.start || compare(a.id, b.id) || compare(a.collection ?? '', b.collection ?? '');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The item's time as printed: RFC 3339, UTC, without idle milliseconds. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
