import { allocate, isFloat, representable } from '../../../src-raster/pixel-array.ts';
import type { DType, PixelArray } from '../../../src-raster/types.ts';
import { makeValidity } from '../../../src-raster/validity.ts';

export type OverviewResampling = 'average' | 'nearest' | 'mode';

export interface TileShape {
  /** Width and height of the tile. */
  readonly size: number;
  readonly bands: number;
  readonly dtype: DType;
  readonly nodata: number | null;
  /** The last band says which pixels of the others are valid (not 0). */
  readonly alpha?: boolean;
}

/** A tile's samples and, where a mask decides about validity, its mask (0 = not valid). */
export interface Tile {
  readonly samples: PixelArray;
  readonly mask?: Uint8Array | undefined;
}

/**
 * Halves four neighbouring tiles (upper left, upper right, lower left, lower right; undefined outside the raster) of
 * `size` x `size` pixels (an even number) with interleaved bands into one. `width` and `height` are the pixels of the 2 x 2
 * tiles that the raster really has. Only valid pixels count: an average is never mixed with nodata and never lands on it;
 * the mode's ties go to the upper left; nearest takes the upper left pixel, as GDAL does. A pixel of the mask is valid
 * where one of its four is, or with nearest its upper left one.
 */
export function halve(
  tiles: readonly (Tile | undefined)[],
  width: number,
  height: number,
  resampling: OverviewResampling,
  shape: TileShape,
): Tile {
  const { size, bands, dtype } = shape;
  const out = allocate(dtype, size * size * bands).fill(emptyValue(shape));
  const mask = tiles[0]?.mask === undefined ? undefined : new Uint8Array(size * size);
  const half = size / 2;
  for (const [index, tile] of tiles.entries()) {
    const left = (index % 2) * size;
    const top = index < 2 ? 0 : size;
    if (tile === undefined) continue;
    const part = { width: Math.min(size, width - left), height: Math.min(size, height - top) };
    const to = (top / 2) * size + left / 2;
    const pixels = (half - 1) * size + half;
    // Sizes are even, so that a group of four never spans two tiles.
    halveTile(tile, part, resampling, shape, out.subarray(to * bands, (to + pixels) * bands));
    if (mask !== undefined && tile.mask !== undefined)
      halveMask(tile.mask, part, resampling, size, mask.subarray(to, to + pixels));
  }
  return { samples: out, mask };
}

interface Part {
  readonly width: number;
  readonly height: number;
}

function halveTile(
  { samples, mask }: Tile,
  part: Part,
  resampling: OverviewResampling,
  shape: TileShape,
  out: PixelArray,
): void {
  const { size, bands, dtype } = shape;
  const byValue = makeValidity(shape);
  const integer = !isFloat(dtype);
  const empty = emptyValue(shape);
  const alphaBand = shape.alpha === true ? bands - 1 : -1;
  const isValid = (value: number, pixel: number, band: number): boolean => {
    if (mask !== undefined) return mask[pixel] !== 0 && value === value;
    if (alphaBand >= 0) return band === alphaBand || samples[pixel * bands + alphaBand] !== 0;
    return byValue(value);
  };
  // Under a mask nodata is a value like others, so NaNs that are marked as valid stay NaN.
  const nothing = mask !== undefined && !integer ? NaN : empty;
  // Only where nodata counts can an average land on it.
  const isSafe = mask === undefined && alphaBand < 0 ? byValue : () => true;
  const group = [0, 0, 0, 0];
  for (let y = 0; y < part.height; y += 2)
    for (let x = 0; x < part.width; x += 2)
      for (let band = 0; band < bands; band += 1) {
        const pixel = y * size + x;
        const to = ((y / 2) * size + x / 2) * bands + band;
        if (resampling === 'nearest') {
          out[to] = samples[pixel * bands + band] ?? empty;
          continue;
        }
        let count = 0;
        let sum = 0;
        for (let corner = 0; corner < 4; corner += 1) {
          const dx = corner & 1;
          const dy = corner >> 1;
          if (x + dx >= part.width || y + dy >= part.height) continue;
          const at = pixel + dy * size + dx;
          const value = samples[at * bands + band] ?? empty;
          if (!isValid(value, at, band)) continue;
          group[count] = value;
          count += 1;
          sum += value;
        }
        if (count === 0) out[to] = nothing;
        else if (resampling === 'mode') out[to] = mode(group, count);
        else {
          const mean = integer ? Math.floor(sum / count + 0.5) : sum / count;
          out[to] = isSafe(mean) ? mean : (group[0] ?? empty);
        }
      }
}

function halveMask(mask: Uint8Array, part: Part, resampling: OverviewResampling, size: number, out: Uint8Array): void {
  for (let y = 0; y < part.height; y += 2)
    for (let x = 0; x < part.width; x += 2) {
      const at = y * size + x;
      // Beyond the raster's edge a mask is 0.
      const any = (mask[at] ?? 0) | (mask[at + 1] ?? 0) | (mask[at + size] ?? 0) | (mask[at + size + 1] ?? 0);
      out[(y / 2) * size + x / 2] = resampling === 'nearest' ? (mask[at] ?? 0) : any;
    }
}

/** What a pixel without data holds: nodata, else NaN in floats and 0 in integers. */
export function emptyValue(shape: Pick<TileShape, 'dtype' | 'nodata'>): number {
  const nodata = shape.nodata === null ? null : representable(shape.dtype, shape.nodata);
  return nodata ?? (isFloat(shape.dtype) ? NaN : 0);
}

/** The most frequent of the first `count` values; the earliest of several. */
function mode(group: readonly number[], count: number): number {
  let best = group[0] ?? 0;
  let most = 0;
  for (let i = 0; i < count; i += 1) {
    let times = 0;
    for (let j = 0; j < count; j += 1) if (group[j] === group[i]) times += 1;
    if (times > most) [best, most] = [group[i] ?? 0, times];
  }
  return best;
}
