import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface ItemDocument {
  readonly [key: string]: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly rel: string; readonly href: string; readonly type?: string }[];
  readonly assets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const fieldsOf: Readonly<Record<string, RegExp>> = { processing: /^processing:/, file: /^file:/, projection: /^proj:/ };

/** What an Item breaks of the STAC 1.1 Item spec, of RFC 7946 and of our own rules (relative hrefs of files that are there). */
export function stacProblems(item: ItemDocument, folder: string): string[] {
  const problems: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) problems.push(what);
  };
  const { properties, links, assets } = item;
  must(item['type'] === 'Feature', 'type is Feature');
  must(item['stac_version'] === '1.1.0', 'stac_version is 1.1.0');
  must(typeof item['id'] === 'string' && item['id'] !== '', 'id');
  must(Array.isArray(links), 'links is an array');
  must(item['collection'] === undefined || links.some(({ rel }) => rel === 'collection'), 'collection needs its link');

  const geometry = item['geometry'] as { type: string; coordinates: number[][][] | number[][][][] } | null;
  const bbox = item['bbox'] as number[] | undefined;
  must(geometry !== undefined, 'geometry is there, or null');
  must((geometry === null) === (bbox === undefined), 'bbox exactly when there is a geometry');
  if (geometry !== null && bbox !== undefined) {
    const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();
    const points = (rings as number[][][]).flat();
    for (const ring of rings as number[][][]) {
      must(ring.length >= 4 && String(ring[0]) === String(ring.at(-1)), 'rings are closed');
      must(area(ring) > 0, 'outer rings run counterclockwise');
    }
    must(bbox.length === 4 && (bbox[1] ?? 0) <= (bbox[3] ?? -1), 'bbox is [west, south, east, north]');
    const lats = points.map(([, lat = 0]) => lat);
    must(Math.min(...lats) === bbox[1] && Math.max(...lats) === bbox[3], 'bbox bounds the geometry');
    must(
      points.every(([lon = 999, lat = 999]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90),
      'longitude, latitude',
    );
  }

  const { datetime, start_datetime: start, end_datetime: end } = properties;
  must(
    datetime === null || (typeof datetime === 'string' && rfc3339.test(datetime)),
    'datetime is RFC 3339 in UTC or null',
  );
  if (datetime === null) must(rfc3339.test(String(start)) && rfc3339.test(String(end)), 'null datetime needs a range');
  must((start === undefined) === (end === undefined), 'a range has both ends');
  must(rfc3339.test(String(properties['created'])), 'created');

  const extensions = item['stac_extensions'] as string[];
  const names = extensions.map(
    (uri) => /^https:\/\/stac-extensions\.github\.io\/([a-z]+)\/v\d+\.\d+\.\d+\/schema\.json$/.exec(uri)?.[1] ?? uri,
  );
  const keys = [properties, ...Object.values(assets)].flatMap(Object.keys);
  for (const [name, prefix] of Object.entries(fieldsOf))
    must(names.includes(name) === keys.some((key) => prefix.test(key)), `${name} is listed exactly when it is used`);
  must(typeof properties['processing:lineage'] === 'string', 'processing:lineage');
  must(typeof properties['processing:software'] === 'object', 'processing:software');

  for (const { rel, href } of links) must(rel !== '' && URL.canParse(href, 'http://x/'), `link ${rel} ${href}`);
  for (const [key, asset] of Object.entries(assets)) {
    const path = String(asset['href']);
    must(path.startsWith('./') && existsSync(join(folder, path)), `${key} is beside the item`);
    must(/^[a-z]+\/[a-z0-9.+-]+(; ?[a-z-]+=[a-z0-9-]+)*$/i.test(String(asset['type'])), `${key} has a media type`);
    const roles = asset['roles'];
    must(Array.isArray(roles) && roles.length > 0, `${key} has a role`);
    must(asset['file:size'] === statSync(join(folder, path)).size, `${key} has its size`);
    must(/^1220[0-9a-f]{64}$/.test(String(asset['file:checksum'])), `${key} has a multihash`);
    if (!key.endsWith('.tif')) continue;
    must((asset['proj:shape'] as unknown[]).length === 2, `${key} has proj:shape`);
    must((asset['proj:transform'] as unknown[]).length === 6, `${key} has proj:transform`);
    must(
      (asset['bands'] as { name?: string }[]).every(({ name }) => typeof name === 'string'),
      `${key} has named bands`,
    );
  }
  return problems;
}

/** Twice the signed area of a ring: positive when it runs counterclockwise. */
function area(ring: readonly (readonly number[])[]): number {
  return ring.reduce((sum, [x = 0, y = 0], i) => {
    const [nextX = 0, nextY = 0] = ring[(i + 1) % ring.length] ?? [];
    return sum + x * nextY - nextX * y;
  }, 0);
}
