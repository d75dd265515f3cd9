import type { Grid } from '../../raster/grid.ts';
import type { Statistics } from '../../raster/stats.ts';
import type { Crs, RasterInfo } from '../../raster/types.ts';
import { boundsTo, wgs84 } from '../../raster/crs.ts';
import { gridBounds } from '../../raster/grid.ts';
import type { Derivation, Json, RunExtent } from '../../run/messages.ts';
import { syntheticProperty } from '../../run/marks.ts';
import type { SceneItem } from '../../stac/item.ts';
import { timeText } from '../../stac/item.ts';
import type { Scene, SceneBand } from './scenes.ts';

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
  return grid.crs.proj4 === null ? null : boundsTo(grid.crs, gridBounds(grid), wgs84);
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

export function validityOf(
  skipped: number,
  used: number,
  noun: string,
): { validity: ('computed' | 'partial')[]; validityLine: string } {
  return skipped === 0
    ? { validity: ['computed'], validityLine: `Computed from all ${used} ${noun}.` }
    : {
        validity: ['partial'],
        validityLine: `${skipped} of ${skipped + used} ${noun} could not be read and are missing from this result (see the warnings).`,
      };
}
