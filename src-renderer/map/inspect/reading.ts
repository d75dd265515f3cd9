import type { Affine, RasterInfo } from '../../../src-raster/types.ts';
import { fromMercator, wrapLongitude } from '../geo/mercator.ts';
import type { Placement } from '../geo/placement.ts';
import type { Sample } from '../reader/sample.ts';

/** A place of the map in the terms of one raster. */
export interface PixelPlace {
  /** Pixel that holds the place, from 0 at the top left. */
  readonly column: number;
  readonly row: number;
  /** The place itself in the file's CRS (or pixel coordinates where it has none). */
  readonly fileX: number;
  readonly fileY: number;
}

/** What a raster has at a place. */
export interface RasterReading {
  readonly id: string;
  readonly place: PixelPlace | null;
  /** Null while it is not known, or outside the raster. */
  readonly sample: Sample | null;
  readonly isWaiting: boolean;
  readonly error: string | null;
}

/** What was found at a place of the map. */
export interface Reading {
  readonly key: number;
  /** Mercator units. */
  readonly x: number;
  readonly y: number;
  /** WGS 84, degrees; null in the plane of a raster without a place on the earth. */
  readonly position: { readonly longitude: number; readonly latitude: number } | null;
  readonly rasters: readonly RasterReading[];
}

/** The pixel of a raster at a place of the map; null outside. The rule for edges is rasterio's: floor of the pixel coordinate. */
export function pixelPlace(
  placement: Placement,
  info: Pick<RasterInfo, 'width' | 'height' | 'transform'>,
  x: number,
  y: number,
): PixelPlace | null {
  const [c, r] = placement.inverse(x, y);
  const [column, row] = [Math.floor(c), Math.floor(r)];
  if (!(column >= 0 && row >= 0 && column < info.width && row < info.height)) return null;
  const [fileX, fileY] = placement.kind === 'map' && info.transform !== null ? applied(info.transform, c, r) : [c, r];
  return { column, row, fileX, fileY };
}

function applied([a, b, c, d, e, f]: Affine, column: number, row: number): [number, number] {
  return [a * column + b * row + c, d * column + e * row + f];
}

export function positionOf(x: number, y: number): { longitude: number; latitude: number } {
  const [longitude, latitude] = fromMercator(x, y);
  return { longitude: wrapLongitude(longitude), latitude };
}

/** The digits of a stored value: as few as tell it from every other value of its type, as numpy prints it. */
export function storedText(value: number, dtype: RasterInfo['dtype']): string {
  if (dtype !== 'float32' || !Number.isFinite(value)) return String(value);
  for (let digits = 1; digits < 10; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

/** A physical value: at most ten significant digits, which is more than any stored value and its scale have. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(10));
  return Math.abs(rounded) >= 1e7 || (rounded !== 0 && Math.abs(rounded) < 1e-4)
    ? rounded.toExponential()
    : String(rounded);
}

/** Numbers of a scale, with as many decimals as tell them apart and two significant digits of their span. */
export function tickTexts(values: readonly number[]): string[] {
  const span = Math.max(...values) - Math.min(...values);
  const decimals = span > 0 ? Math.max(0, Math.min(12, 2 - Math.ceil(Math.log10(span)))) : 0;
  const isWide = values.some((value) => Math.abs(value) >= 1e7) || decimals > 6;
  return values.map((value) =>
    isWide || span === 0 ? shortNumber(Number(value.toPrecision(5))) : value.toFixed(decimals),
  );
}
