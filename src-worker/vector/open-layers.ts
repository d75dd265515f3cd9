import { AppError } from '../../src-shared/errors.ts';
import type { RasterInfo } from '../../src-raster/types.ts';
import { mapLimit } from '../analyses/shared/map-limit.ts';
import { counted } from '../analyses/shared/words.ts';
import type { RunContext } from '../run/context.ts';
import type { Place } from '../run/places.ts';
import { isSourceError } from '../run/source-error.ts';
import type { PlacedRaster } from './coverage.ts';

/** A raster that features can be laid on, and its bands (from 1) that are read. */
export interface LayerRaster {
  readonly place: Place;
  readonly info: RasterInfo;
  readonly placed: PlacedRaster;
  readonly bands: readonly number[];
}

/**
 * Opens the rasters of a task. One of several that can't be used is left out with a warning; when none is left the first
 * error is thrown: those of opening, and `bad_data` for a band that does not exist or a raster without georeference.
 */
export async function openLayers(
  ctx: RunContext,
  places: readonly Place[],
  asked: readonly number[] | undefined,
): Promise<{ rasters: LayerRaster[]; skipped: number }> {
  const opened = await mapLimit(places, 8, async (place) => {
    try {
      const info = await ctx.sources.use(place, async (source) => source.info);
      return { place, info, placed: placedRaster(info, place), bands: bandsOf(info, place, asked) };
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      return { place, cause };
    }
  });
  const rasters: LayerRaster[] = [];
  let firstError: unknown;
  for (const one of opened) {
    if (!('cause' in one)) {
      rasters.push(one);
      continue;
    }
    firstError ??= one.cause;
    if (places.length > 1) ctx.warn(`${one.place.name} was left out: ${one.cause.message}`);
  }
  if (rasters.length === 0) throw firstError;
  return { rasters, skipped: places.length - rasters.length };
}

function bandsOf({ bandCount }: RasterInfo, { name }: Place, asked: readonly number[] | undefined): readonly number[] {
  if (asked === undefined) return Array.from({ length: bandCount }, (_, index) => index + 1);
  const missing = asked.find((band) => band > bandCount);
  if (missing === undefined) return [...new Set(asked)];
  throw new AppError('bad_data', `${name} has ${counted(bandCount, 'band')}, so there is no band ${missing}.`, {
    remedy: 'Correct analysis.bands, or leave it out to read all bands.',
  });
}

function placedRaster({ crs, transform, width, height }: RasterInfo, { name }: Place): PlacedRaster {
  if (crs === null || transform === null)
    throw new AppError(
      'bad_data',
      `${name} has no ${crs === null ? 'coordinate reference system' : 'georeference'}, so the features can't be placed on it.`,
      { remedy: 'Assign one: gdal_translate -a_srs EPSG:CODE -a_ullr ULX ULY LRX LRY input.tif output.tif' },
    );
  if (crs.proj4 === null)
    throw new AppError(
      'bad_data',
      `The coordinate reference system of ${name} can't be transformed, so the features can't be placed on it.`,
      { remedy: 'Reproject it first: gdalwarp -t_srs EPSG:4326 input.tif output.tif' },
    );
  return { crs, transform, width, height };
}

/** Scale and offset that are applied to a band; null when the stored values are taken as they are. */
export function scalingOf(info: RasterInfo, band: number, apply: boolean): { scale: number; offset: number } | null {
  const { scale, offset } = info.bands[band - 1] ?? { scale: 1, offset: 0 };
  return apply && (scale !== 1 || offset !== 0) ? { scale, offset } : null;
}
