import type { Affine, Bbox } from './types.ts';

/**
 * The inverse as [i0, i1, i2, j0, j1, j2]: column = i0 + x*i1 + y*i2, row = j0 + x*j1 + y*j2. Written with GDAL's
 * operations (GDALInvGeoTransform), so that ties between pixels round as they do there.
 */
export function invertAffine([a, b, c, d, e, f]: Affine): readonly [number, number, number, number, number, number] {
  if (b === 0 && d === 0) return [-c / a, 1 / a, 0, -f / e, 0, 1 / e];
  const inverse = 1 / (a * e - b * d);
  return [(b * f - c * e) * inverse, e * inverse, -b * inverse, (-a * f + c * d) * inverse, -d * inverse, a * inverse];
}

/** [min x, min y, max x, max y] of a raster's outer edge, in its CRS; right for rotated rasters too. */
export function affineBounds([a, b, c, d, e, f]: Affine, width: number, height: number): Bbox {
  const xs = [c, c + a * width, c + b * height, c + a * width + b * height];
  const ys = [f, f + d * width, f + e * height, f + d * width + e * height];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
