import type { ByteSource } from '../../src-raster/bytes/byte-source.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import { openGeoTiff } from '../../src-raster/open-geotiff.ts';
import type { RasterSource } from '../../src-raster/types.ts';
import { AppError } from '../../src-shared/errors.ts';
import { isRemoteAddress } from '../../src-shared/task/object-address.ts';
import { openByteSource } from '../io/byte-source.ts';
import { nodePlatform } from './platform.ts';

/**
 * Opens a GeoTIFF or COG from a path or URL. Errors are those of `openGeoTiff` and `openByteSource`. Beside a local file,
 * `<path>.msk`, `<path>.ovr` and `<path>.aux.xml` are used as GDAL uses them; servers are not asked for them.
 */
export async function openRaster(href: string, ctx: ReadContext): Promise<RasterSource> {
  const beside = async (suffix: string): Promise<ByteSource | null> => {
    if (isRemoteAddress(href)) return null;
    try {
      return await openByteSource(`${href}${suffix}`, ctx);
    } catch (cause) {
      if (cause instanceof AppError && cause.code === 'not_found') return null;
      throw cause;
    }
  };
  return openGeoTiff(await openByteSource(href, ctx), nodePlatform, ctx, beside);
}
