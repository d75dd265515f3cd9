import { timeOf } from './item-folder.ts';
import type { StacItem } from './item-folder.ts';

/** All collections that the items name. */
export function collectionsOf(items: readonly StacItem[], url: string): unknown {
  const ids = [...new Set(items.flatMap(({ collection }) => collection ?? []))].sort();
  const collections = ids.map((id) =>
    collectionOf(
      id,
      items.filter((item) => item.collection === id),
      url,
    ),
  );
  return { collections, links: [{ rel: 'self', type: 'application/json', href: `${url}/collections` }] };
}

/** A STAC Collection that spans its items. */
export function collectionOf(id: string, items: readonly StacItem[], url: string): unknown {
  const side = (index: number, pick: (...values: number[]) => number) =>
    pick(...items.map(({ bbox }) => bbox[index] ?? 0));
  const times = items.map(timeOf).sort();
  return {
    type: 'Collection',
    stac_version: '1.0.0',
    id,
    description: `${items.length} items of a folder on this machine.`,
    license: 'other',
    extent: {
      spatial: { bbox: [[side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)]] },
      temporal: { interval: [[times[0] ?? null, times.at(-1) ?? null]] },
    },
    links: [
      { rel: 'self', type: 'application/json', href: `${url}/collections/${encodeURIComponent(id)}` },
      { rel: 'root', type: 'application/json', href: `${url}/` },
    ],
  };
}
