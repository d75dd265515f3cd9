import { isFloat, representable } from './pixel-array.ts';
import type { RasterInfo } from './types.ts';

/**
 * Tells valid values from nodata as GDAL does: NaN is never valid; nodata is compared in the band's dtype (so -3.4e38 in
 * the file's text equals the float32 pixel), and a nodata value that the dtype can't hold matches nothing.
 */
export function makeValidity(info: Pick<RasterInfo, 'dtype' | 'nodata'>): (value: number) => boolean {
  const nodata = info.nodata === null ? null : representable(info.dtype, info.nodata);
  if (nodata === null || Number.isNaN(nodata)) return isFloat(info.dtype) ? (value) => value === value : () => true;
  return (value) => value !== nodata && value === value;
}
