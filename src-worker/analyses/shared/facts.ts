import type { Grid } from '../../raster/grid.ts';
import type { Statistics } from '../../raster/stats.ts';
import type { Crs, RasterInfo } from '../../../src-raster/types.ts';
import { boundsTo, wgs84 } from '../../../src-raster/crs.ts';
import { gridBounds } from '../../raster/grid.ts';
import type { ReportSection } from '../../render/report.ts';
import type { RunContext } from '../../run/context.ts';
import type { Derivation, Json, RunExtent } from '../../run/messages.ts';
import { syntheticProperty } from '../../run/marks.ts';
import type { SceneItem } from '../../stac/item.ts';
import { timeText } from '../../stac/item.ts';
import type { Scene, SceneBand } from './scenes.ts';
import { counted } from './words.ts';

/** A number as JSON can hold it: NaN and infinities become text. */
export function jsonNumber(value: number | null): Json {
  return value === null || Number.isFinite(value) ? value : String(value).toLowerCase().replace('infinity', 'inf');
}

export function statisticsJson({ count, min, max, mean, std }: Statistics): { readonly [key: string]: Json } {
  return { count, min: jsonNumber(min), max: jsonNumber(max), mean: jsonNumber(mean), std: jsonNumber(std) };
}

export function crsJson(crs: Crs | null): Json {
  return crs === null ? null : { code: crs.code, name: crs.name, unit: crs.unit };
}

export function crsText(crs: Crs | null): string {
  if (crs === null) return 'none';
  return crs.code !== null && crs.name !== null
    ? `${crs.code} (${crs.name})`
    : (crs.code ?? crs.name ?? 'user-defined');
}

export function gridJson(grid: Grid, origin: string): Json {
  return {
    crs: grid.crs.code,
    transform: grid.transform,
    shape: [grid.height, grid.width],
    resolution: grid.resolution,
    bounds: gridBounds(grid),
    bounds_wgs84: gridBboxWgs84(grid),
    origin,
  };
}

/** WGS 84 box of a grid; null when its CRS can't be transformed. */
export function gridBboxWgs84(grid: Grid): readonly [number, number, number, number] | null {
  if (grid.crs.proj4 === null) return null;
  const [west, south, east, north] = boundsTo(grid.crs, gridBounds(grid), wgs84);
  if (east - west >= 360) return [-180, south, 180, north];
  const turned = (x: number) => x - 360 * Math.floor((x + 180) / 360);
  return west >= -180 && east <= 180 ? [west, south, east, north] : [turned(west), south, turned(east), north];
}

/** An item as metadata.json lists it: where it came from and which of its bands were read. */
export function sceneJson({ item, bands, mask }: Scene): { readonly [key: string]: Json } {
  const synthetic = item.properties[syntheticProperty];
  return {
    id: item.id,
    collection: item.collection,
    datetime: timeText(item.start),
    source: item.place.name,
    ...(synthetic === true && { synthetic }),
    assets: [...bands, ...(mask === null ? [] : [mask])].map(assetJson),
  };
}

function assetJson({ choice, place, info }: SceneBand): Json {
  return {
    key: choice.key,
    band: choice.band,
    href: place.name,
    bytes: info.bytes,
    ...etagJson(info),
    nodata: jsonNumber(info.nodata),
  };
}

/** The entity tag that the server gave for a file, by which a later reader sees whether it is still the same one. */
export function etagJson({ etag }: Pick<RasterInfo, 'etag'>): { readonly etag?: string } {
  return etag === undefined ? {} : { etag };
}

export function extentOf(items: readonly SceneItem[], bbox: RunExtent['bbox']): RunExtent {
  const starts = items.map(({ start }) => start);
  const ends = items.map(({ end }) => end);
  return {
    bbox,
    start: items.length === 0 ? null : timeText(Math.min(...starts)),
    end: items.length === 0 ? null : timeText(Math.max(...ends)),
  };
}

export function derivedFromItems(items: readonly SceneItem[]): Derivation[] {
  return items.map(({ address, id }) => ({ href: address, title: id, mediaType: 'application/geo+json' }));
}

/** Ground size of a grid's cell in metres; undefined when its unit is not the metre. */
export function metresPerCell(grid: Grid, step = 1): number | undefined {
  return grid.crs.unit === 'metre' ? grid.resolution[0] * step : undefined;
}

/** The validity of a result; `empty` without one valid pixel, however well everything could be read. */
export function pixelValidity(
  skipped: number,
  used: number,
  noun: string,
  validPixels: number,
): { validity: ('computed' | 'partial' | 'empty')[]; validityLine: string } {
  const read = validityOf(skipped, used, noun);
  if (validPixels > 0) return read;
  const line = 'Not one pixel of the result is valid: there is no result.';
  return skipped === 0
    ? { validity: ['empty'], validityLine: line }
    : { validity: ['partial', 'empty'], validityLine: `${line} ${read.validityLine}` };
}

/** Said in the report of a result without a valid pixel. */
export function emptySection(validity: readonly string[]): ReportSection[] {
  if (!validity.includes('empty')) return [];
  return [
    {
      kind: 'text',
      title: 'No valid pixel',
      tone: 'warning',
      paragraphs: [
        'Not one pixel of the result is valid: everything is nodata, masked, or outside the items. The numbers below say nothing about the ground.',
        'Check the area against the footprints of the items, the mask, and the nodata of the files.',
      ],
    },
  ];
}

/** Names the items that give no pixel because they lie elsewhere. */
export function warnMisses(ctx: RunContext, items: readonly SceneItem[], what: string): void {
  if (items.length === 0) return;
  const ids = items.slice(0, 20).map(({ id }) => id);
  const more = items.length > ids.length ? ` and ${items.length - ids.length} more` : '';
  ctx.warn(`${counted(items.length, 'item')} outside ${what}, without any pixel for it: ${ids.join(', ')}${more}.`);
}

/** The validity of a result over inputs of which some were left out. `noun` is in the singular. */
export function validityOf(
  skipped: number,
  used: number,
  noun: string,
): { validity: ('computed' | 'partial')[]; validityLine: string } {
  return skipped === 0
    ? { validity: ['computed'], validityLine: `Computed from ${used === 1 ? `1 ${noun}` : `all ${used} ${noun}s`}.` }
    : {
        validity: ['partial'],
        validityLine: `${skipped} of ${counted(skipped + used, noun)} could not be read and ${skipped === 1 ? 'is' : 'are'} missing from this result (see the warnings).`,
      };
}
