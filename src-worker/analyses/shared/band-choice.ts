import { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import type { Asset, SceneItem } from '../../stac/item.ts';

const numeric = z
  .union([z.number(), z.literal(['nan', 'inf', '-inf'])])
  .optional()
  .catch(undefined);
const BandFields = z.looseObject({
  name: z.string().optional().catch(undefined),
  common_name: z.string().optional().catch(undefined),
  'eo:common_name': z.string().optional().catch(undefined),
  nodata: numeric,
  scale: z.number().optional().catch(undefined),
  offset: z.number().optional().catch(undefined),
  'raster:scale': z.number().optional().catch(undefined),
  'raster:offset': z.number().optional().catch(undefined),
});

/** STAC extension alternate-assets. */
const Alternates = z.record(z.string(), z.looseObject({ href: z.string().min(1) }));

/** What is said about one band, whichever extension and version of STAC says it. */
interface BandFacts {
  readonly name?: string | undefined;
  readonly commonName?: string | undefined;
  readonly nodata?: number | string | undefined;
  readonly scale?: number | undefined;
  readonly offset?: number | undefined;
}

/** A band of an item: which asset, which band of its raster (from 1), and what the item says about its numbers. */
export interface BandChoice {
  readonly key: string;
  readonly asset: Asset;
  readonly band: number;
  /** Null when the item says nothing. */
  readonly nodata: number | null;
  readonly scale: number | null;
  readonly offset: number | null;
}

/**
 * Finds a band by the first of `names` that fits: by asset key, then by common name (eo:bands or STAC 1.1 bands), then by
 * band name, then by role (such as `cloud` or `visual`). Of several assets the one with the role `data`, then the finest, then the first by key is taken.
 * @throws AppError `not_found` listing the item's assets
 */
export function chooseBand(item: SceneItem, names: readonly string[]): BandChoice {
  for (const name of names) {
    const exact = item.assets[name];
    if (exact !== undefined) return choice(item, name, exact, 0);
    for (const fits of [byCommonName, byBandName]) {
      const [best] = Object.entries(item.assets)
        .map(([key, asset]) => ({ key, asset, band: bandsOf(asset).findIndex((band) => fits(band, name)) }))
        .filter(({ band }) => band >= 0)
        .sort((a, b) => rank(a.asset) - rank(b.asset) || gsd(a.asset) - gsd(b.asset) || (a.key < b.key ? -1 : 1));
      if (best !== undefined) return choice(item, best.key, best.asset, best.band);
    }
    const [inRole] = Object.entries(item.assets)
      .map(([key, asset]) => ({ key, asset }))
      .filter(({ asset }) => asset.roles.includes(name))
      .sort((a, b) => rank(a.asset) - rank(b.asset) || gsd(a.asset) - gsd(b.asset) || (a.key < b.key ? -1 : 1));
    if (inRole !== undefined) return choice(item, inRole.key, inRole.asset, 0);
  }
  throw new AppError(
    'not_found',
    `Item ${item.id} has no band ${names.join(' or ')}. Available: ${Object.keys(item.assets).sort().join(', ') || 'none'}.`,
    {
      remedy: 'Use one of these asset keys, a common name such as red or nir, or a role such as cloud.',
    },
  );
}

function byCommonName(band: BandFacts, name: string): boolean {
  return band.commonName === name;
}

function byBandName(band: BandFacts, name: string): boolean {
  return band.name === name;
}

function choice(item: SceneItem, key: string, asset: Asset, index: number): BandChoice {
  const band = bandsOf(asset)[index];
  return {
    key,
    asset: readable(asset),
    band: index + 1,
    nodata: toNumber(band?.nodata),
    scale: band?.scale ?? null,
    // Earth Search lists the -0.1 of Sentinel-2's baseline 04.00 although its COGs already have it applied.
    offset: item.properties['earthsearch:boa_offset_applied'] === true ? 0 : (band?.offset ?? null),
  };
}

const readableScheme = /^(https?|s3|gs|az|abfss?|file):/i;

/** An asset whose own address has a scheme that nothing here reads, at the first of its alternates that can be read. */
function readable(asset: Asset): Asset {
  const isOther = /^[a-z][a-z0-9+.-]+:/i.test(asset.href) && !readableScheme.test(asset.href);
  const alternates = Alternates.safeParse(asset['alternate']).data ?? {};
  const [other] = Object.entries(alternates)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([, { href }]) => readableScheme.test(href));
  return isOther && other !== undefined ? { ...asset, href: other[1].href } : asset;
}

/**
 * The bands of an asset: STAC 1.1 `bands`, `eo:bands` and `raster:bands` laid over each other and over the asset's own
 * fields, which hold for every band that doesn't say otherwise. An asset without any list is one band.
 */
function bandsOf(asset: Asset): BandFacts[] {
  const own = { ...factsOf(asset), name: undefined };
  const lists = ['bands', 'eo:bands', 'raster:bands'].map((key) =>
    Array.isArray(asset[key]) ? (asset[key] as unknown[]) : [],
  );
  const count = Math.max(1, ...lists.map((list) => list.length));
  return Array.from({ length: count }, (_, index) =>
    lists.reduce<BandFacts>((facts, list) => ({ ...facts, ...factsOf(list[index]) }), own),
  );
}

/** Only what is said: no key is undefined. */
function factsOf(value: unknown): BandFacts {
  const { data } = BandFields.safeParse(value);
  if (data === undefined) return {};
  const facts: BandFacts = {
    name: data.name,
    commonName: data['eo:common_name'] ?? data.common_name,
    nodata: data.nodata,
    scale: data['raster:scale'] ?? data.scale,
    offset: data['raster:offset'] ?? data.offset,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined));
}

function rank(asset: Asset): number {
  const cog = /tiff/i.test(asset.type ?? '') || /\.tiff?$/i.test(asset.href);
  return (asset.roles.includes('data') ? 0 : 2) + (cog ? 0 : 1);
}

function gsd(asset: Asset): number {
  const raster = Array.isArray(asset['raster:bands'])
    ? (asset['raster:bands'][0] as { spatial_resolution?: unknown } | undefined)
    : undefined;
  const value = asset['gsd'] ?? raster?.spatial_resolution;
  return typeof value === 'number' ? value : Infinity;
}

function toNumber(value: number | string | undefined): number | null {
  if (value === undefined || typeof value === 'number') return value ?? null;
  return value === 'nan' ? Number.NaN : value === 'inf' ? Infinity : -Infinity;
}
