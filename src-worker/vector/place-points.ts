import { invertAffine } from '../../src-raster/affine.ts';
import { transformer, wgs84 } from '../../src-raster/crs.ts';
import type { Window } from '../../src-raster/types.ts';
import type { PlacedRaster } from './coverage.ts';

/** A point on a raster: the pixel that holds it, and the pixels that its value is made of with their weights. */
export interface PlacedPoint {
  readonly column: number;
  readonly row: number;
  readonly parts: readonly { readonly column: number; readonly row: number; readonly weight: number }[];
  /** Around all parts. */
  readonly window: Window;
}

/**
 * Lays points (longitude, latitude in WGS 84) on a raster; null for those outside it. A point on the border of two pixels
 * belongs to the one after it, as in rasterio's `sample`. `bilinear` weighs the four pixels whose centres are around the point;
 * those beyond the raster's edge have none.
 */
export function pointPlacer(
  raster: PlacedRaster,
  method: 'nearest' | 'bilinear',
): (longitude: number, latitude: number) => PlacedPoint | null {
  const { crs, transform, width, height } = raster;
  const { forward } = transformer(wgs84, crs);
  const [i0, i1, i2, j0, j1, j2] = invertAffine(transform);
  const turns = crs.unit === 'degree' ? [0, 360, -360] : [0];
  return (longitude, latitude) => {
    const [x, y] = forward(longitude, latitude);
    for (const turn of turns) {
      const u = i0 + (x + turn) * i1 + y * i2;
      const v = j0 + (x + turn) * j1 + y * j2;
      const [column, row] = [Math.floor(u), Math.floor(v)];
      if (!(column >= 0 && column < width && row >= 0 && row < height)) continue;
      if (method === 'nearest')
        return { column, row, parts: [{ column, row, weight: 1 }], window: { x: column, y: row, width: 1, height: 1 } };
      return bilinear(u, v, column, row, width, height);
    }
    return null;
  };
}

function bilinear(u: number, v: number, column: number, row: number, width: number, height: number): PlacedPoint {
  const [left, top] = [Math.floor(u - 0.5), Math.floor(v - 0.5)];
  const [fx, fy] = [u - 0.5 - left, v - 0.5 - top];
  const parts = [
    { column: left, row: top, weight: (1 - fx) * (1 - fy) },
    { column: left + 1, row: top, weight: fx * (1 - fy) },
    { column: left, row: top + 1, weight: (1 - fx) * fy },
    { column: left + 1, row: top + 1, weight: fx * fy },
  ].filter((one) => one.weight > 0 && one.column >= 0 && one.column < width && one.row >= 0 && one.row < height);
  const [x, y] = [Math.max(0, left), Math.max(0, top)];
  const window = { x, y, width: Math.min(width, left + 2) - x, height: Math.min(height, top + 2) - y };
  return { column, row, parts, window };
}
