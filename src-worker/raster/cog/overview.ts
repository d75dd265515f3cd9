import { allocate, isFloat, representable } from '../pixel-array.ts';
import type { DType, PixelArray } from '../types.ts';
import { makeValidity } from '../validity.ts';

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
 * `size` x `size` pixels with interleaved bands into one. `width` and `height` are the pixels of the 2 x 2 tiles that the
 * raster really has. Only valid pixels count: an average is never mixed with nodata and never lands on it; the mode's ties
 * go to the upper left; nearest takes the upper left pixel, as GDAL does.
 */
export function halve(
  tiles: readonly (PixelArray | undefined)[],
  width: number,
  height: number,
  resampling: OverviewResampling,
  shape: TileShape,
): PixelArray {
  const { size, bands, dtype } = shape;
  const isValid = makeValidity(shape);
  const integer = !isFloat(dtype);
  const empty = emptyValue(shape);
  const out = allocate(dtype, size * size * bands).fill(empty);
  const group: number[] = [];
  for (let y = 0; 2 * y < height; y += 1)
    for (let x = 0; 2 * x < width; x += 1)
      for (let band = 0; band < bands; band += 1) {
        group.length = 0;
        for (let dy = 0; dy < 2 && 2 * y + dy < height; dy += 1)
          for (let dx = 0; dx < 2 && 2 * x + dx < width; dx += 1) {
            const row = 2 * y + dy;
            const column = 2 * x + dx;
            const tile = tiles[(row >= size ? 2 : 0) + (column >= size ? 1 : 0)];
            const value = tile?.[((row % size) * size + (column % size)) * bands + band] ?? empty;
            if (resampling === 'nearest') {
              if (dx === 0 && dy === 0) group.push(value);
            } else if (isValid(value)) group.push(value);
          }
        out[(y * size + x) * bands + band] = pick(group, resampling, integer, isValid, empty);
      }
  return out;
}

/** What a pixel without data holds: nodata, else NaN in floats and 0 in integers. */
export function emptyValue(shape: Pick<TileShape, 'dtype' | 'nodata'>): number {
  const nodata = shape.nodata === null ? null : representable(shape.dtype, shape.nodata);
  return nodata ?? (isFloat(shape.dtype) ? NaN : 0);
}

function pick(
  group: readonly number[],
  resampling: OverviewResampling,
  integer: boolean,
  isValid: (value: number) => boolean,
  empty: number,
): number {
  const [first] = group;
  if (first === undefined) return empty;
  if (resampling === 'average') {
    let sum = 0;
    for (const value of group) sum += value;
    const mean = integer ? Math.floor(sum / group.length + 0.5) : sum / group.length;
    return isValid(mean) ? mean : first;
  }
  let best = first;
  let most = 1;
  if (resampling === 'mode')
    for (const candidate of group) {
      let times = 0;
      for (const value of group) if (value === candidate) times += 1;
      if (times > most) [best, most] = [candidate, times];
    }
  return best;
}
