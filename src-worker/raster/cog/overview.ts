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
}

/**
 * Halves four neighbouring tiles (upper left, upper right, lower left, lower right; undefined outside the raster) of
 * `size` x `size` pixels (an even number) with interleaved bands into one. `width` and `height` are the pixels of the 2 x 2
 * tiles that the raster really has. Only valid pixels count: an average is never mixed with nodata and never lands on it;
 * the mode's ties go to the upper left; nearest takes the upper left pixel, as GDAL does.
 */
export function halve(
  tiles: readonly (PixelArray | undefined)[],
  width: number,
  height: number,
  resampling: OverviewResampling,
  shape: TileShape,
): PixelArray {
  const { size, bands, dtype } = shape;
  const out = allocate(dtype, size * size * bands).fill(emptyValue(shape));
  const half = size / 2;
  for (const [index, tile] of tiles.entries()) {
    const left = (index % 2) * size;
    const top = index < 2 ? 0 : size;
    if (tile === undefined) continue;
    const part = { width: Math.min(size, width - left), height: Math.min(size, height - top) };
    const to = ((top / 2) * size + left / 2) * bands;
    // Sizes are even, so that a group of four never spans two tiles.
    halveTile(tile, part, resampling, shape, out.subarray(to, to + ((half - 1) * size + half) * bands));
  }
  return out;
}

function halveTile(
  tile: PixelArray,
  part: { readonly width: number; readonly height: number },
  resampling: OverviewResampling,
  shape: TileShape,
  out: PixelArray,
): void {
  const { size, bands, dtype } = shape;
  const isValid = makeValidity(shape);
  const integer = !isFloat(dtype);
  const empty = emptyValue(shape);
  const group = [0, 0, 0, 0];
  for (let y = 0; y < part.height; y += 2)
    for (let x = 0; x < part.width; x += 2)
      for (let band = 0; band < bands; band += 1) {
        const at = (y * size + x) * bands + band;
        const to = ((y / 2) * size + x / 2) * bands + band;
        if (resampling === 'nearest') {
          out[to] = tile[at] ?? empty;
          continue;
        }
        let count = 0;
        let sum = 0;
        for (let corner = 0; corner < 4; corner += 1) {
          const dx = corner & 1;
          const dy = corner >> 1;
          if (x + dx >= part.width || y + dy >= part.height) continue;
          const value = tile[at + (dy * size + dx) * bands] ?? empty;
          if (!isValid(value)) continue;
          group[count] = value;
          count += 1;
          sum += value;
        }
        if (count === 0) out[to] = empty;
        else if (resampling === 'mode') out[to] = mode(group, count);
        else {
          const mean = integer ? Math.floor(sum / count + 0.5) : sum / count;
          out[to] = isValid(mean) ? mean : (group[0] ?? empty);
        }
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
