import type { ReadContext } from '../io/read-context.ts';
import { isFloat, representable } from './pixel-array.ts';
import type { RasterInfo, RasterSource, Window } from './types.ts';

/**
 * Tells valid values from nodata as GDAL does: NaN is never valid; nodata is compared in the band's dtype (so -3.4e38 in
 * the file's text equals the float32 pixel), and a nodata value that the dtype can't hold matches nothing.
 */
export function makeValidity(info: Pick<RasterInfo, 'dtype' | 'nodata'>): (value: number) => boolean {
  const nodata = info.nodata === null ? null : representable(info.dtype, info.nodata);
  if (nodata === null || Number.isNaN(nodata)) return isFloat(info.dtype) ? (value) => value === value : () => true;
  return (value) => value !== nodata && value === value;
}

/** The mask (1 = valid) that applies to the values of a band (1-based), or null. An alpha band doesn't mask itself, as in GDAL. */
export async function bandMask(
  source: RasterSource,
  band: number,
  window: Window,
  ctx: ReadContext,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const isAlpha = source.info.bands[band - 1]?.colorInterpretation === 'alpha';
  return isAlpha && source.info.maskSource === 'alpha' ? null : source.readMask(window, ctx);
}
