import { linkedCollections } from '../stac/collection.ts';
import type { FindContext, Found } from '../stac/find-items.ts';

/** Under which licence the items of a collection stand. */
export interface Licence {
  /** Null for items without a collection. */
  readonly collection: string | null;
  /** SPDX id, or `other`, `various`, `proprietary`; null when STAC does not say. */
  readonly license: string | null;
  /** Where it can be read. */
  readonly href: string | null;
  /** Items of it. */
  readonly items: number;
}

/**
 * The licences of found items, one row a collection and licence: what an item says of itself, else what its collection says.
 * A collection that the search did not come across is read by the link of its first item, where that is possible.
 */
export async function licencesOf(found: Found, ctx: FindContext): Promise<Licence[]> {
  const known = found.collections ?? [];
  const isKnown = (id: string | null) => known.some((one) => one.id === id);
  const unknown = found.items.filter((item) => !isKnown(item.collection) && own(item.properties) === null);
  const collections = new Map([...known, ...(await linkedCollections(unknown, ctx))].map((one) => [one.id, one]));
  const rows = new Map<string, Licence>();
  for (const { collection, properties } of found.items) {
    const facts = collection === null ? undefined : collections.get(collection);
    const stated = own(properties);
    const license = stated ?? facts?.license ?? null;
    const key = JSON.stringify([collection, license]);
    const href = facts?.license === license ? facts.licenseHref : null;
    rows.set(key, { collection, license, href, items: (rows.get(key)?.items ?? 0) + 1 });
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function own(properties: Readonly<Record<string, unknown>>): string | null {
  const { license } = properties;
  return typeof license === 'string' && license !== '' ? license : null;
}
