import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface StacItem {
  id: string;
  collection?: string;
  bbox: number[];
  geometry?: unknown;
  properties: Record<string, unknown>;
  assets: Record<string, { href: string }>;
  [key: string]: unknown;
}

/**
 * The items of a folder of `<item>/item.json`, with hrefs made absolute. `files` is the address under which the folder's
 * files are served, `api` that of the STAC API.
 */
export function itemsOf(folder: string, files: string, api: string): StacItem[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'item.json')))
    .map((entry) => readItem(join(folder, entry.name), `${files}/${encodeURIComponent(entry.name)}`, api));
}

function readItem(folder: string, files: string, api: string): StacItem {
  const item = JSON.parse(readFileSync(join(folder, 'item.json'), 'utf8')) as StacItem;
  const assets = Object.entries(item.assets).map(
    ([key, asset]) => [key, { ...asset, href: new URL(asset.href, `${files}/`).href }] as const,
  );
  const collection = `${api}/collections/${encodeURIComponent(item.collection ?? '')}`;
  const links = [
    { rel: 'self', type: 'application/geo+json', href: `${collection}/items/${encodeURIComponent(item.id)}` },
    { rel: 'collection', type: 'application/json', href: collection },
    { rel: 'parent', type: 'application/json', href: collection },
    { rel: 'root', type: 'application/json', href: `${api}/` },
  ];
  return { ...item, links, assets: Object.fromEntries(assets) };
}

export function timeOf(item: StacItem): string {
  return String(item.properties['datetime']);
}
