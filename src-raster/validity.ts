import type { ReadContext } from './bytes/read-context.ts';
import { isNodata, nodataApplies } from './nodata.ts';
import { isFloat, representable } from './pixel-array.ts';
import type { RasterInfo, RasterSource, Window } from './types.ts';

type Described = Pick<RasterInfo, 'dtype' | 'nodata'> & Partial<Pick<RasterInfo, 'maskSource' | 'storedType'>>;

/**
 * Tells valid values from invalid ones as rasterio's masked reads do (GDALRasterBand::GetMaskBand). One rule applies to a
 * dataset, the first of: a mask in the file or in its .msk file; nodata, compared in the band's dtype (floats with GDAL's
 * tolerance, see `isNodata`); an alpha band, if there are exactly 2 or 4 bands of uint8 or uint16 and it is the last; else
 * all pixels are valid. So a mask wins over nodata, and a nodata value that the dtype can't hold doesn't count. NaN is
 * never valid. This function judges values; what is stored beside them comes from `bandMask`.
 */
export function makeValidity(info: Described): (value: number) => boolean {
  const applies = (info.maskSource ?? 'nodata') === 'nodata' && nodataApplies(info.dtype, info.nodata);
  const nodata = applies ? info.nodata : null;
  if (nodata === null || Number.isNaN(nodata)) return isFloat(info.dtype) ? (value) => value === value : () => true;
  // Integers of 64 bits, which are read as float64, are compared exactly.
  if (isFloat(info.dtype) && info.storedType?.endsWith('int64') !== true) {
    const matches = isNodata(info.dtype, nodata);
    return (value) => value === value && !matches(value);
  }
  const exact = representable(info.dtype, nodata);
  return (value) => value !== exact;
}

/** A sentence for reports: which rule of `makeValidity` applies to a raster. */
export function validityRule({ maskSource, nodata, dtype }: Described): string {
  const nan = isFloat(dtype) ? ' NaN is not valid either.' : '';
  if (maskSource === 'mask')
    return `Pixels are valid where the file's mask says so${nodata === null ? '' : `; the nodata value ${nodata} is not used, as in GDAL`}.${nan}`;
  if (maskSource === 'alpha')
    return `Pixels are valid where the alpha band is not 0; the alpha band itself is all valid.`;
  if (maskSource === 'nodata')
    return Number.isNaN(nodata)
      ? 'Pixels are valid unless they are NaN.'
      : `Pixels are valid unless they equal the nodata value ${nodata}.${nan}`;
  const none = 'the file has no mask, nodata value or alpha band that applies.';
  return isFloat(dtype) ? `Pixels are valid unless they are NaN: ${none}` : `All pixels are valid: ${none}`;
}

/** The mask (1 = valid) that applies to the values of a band (1-based), or null. An alpha band doesn't mask itself, as in GDAL. */
export async function bandMask(
  source: RasterSource,
  band: number,
  window: Window,
  ctx: ReadContext,
  level = 0,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const isAlpha = source.info.maskSource === 'alpha' && band === source.info.bandCount;
  return isAlpha ? null : source.readMask(window, ctx, level);
}
