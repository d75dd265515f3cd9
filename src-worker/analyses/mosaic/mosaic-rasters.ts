import type { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import { boundsTo } from '../../../src-raster/crs.ts';
import type { DType, RasterInfo, Window } from '../../../src-raster/types.ts';
import type { Mosaic } from '../../../src-shared/task/analyses/mosaic.ts';
import type { Resampling } from '../../../src-shared/task/schema.ts';
import type { Grid } from '../../raster/grid.ts';
import type { RunContext } from '../../run/context.ts';
import type { Place } from '../../run/places.ts';
import { isSourceError } from '../../run/source-error.ts';
import { wholeBandCosts } from '../shared/block-costs.ts';
import type { BandCosts } from '../shared/block-costs.ts';
import { mapLimit } from '../shared/map-limit.ts';
import { pixelWindow, unwrapped } from '../shared/pixel-window.ts';
import { rasterBounds } from '../shared/target-grid.ts';
import { counted } from '../shared/words.ts';

export interface MosaicRaster {
  readonly place: Place;
  readonly info: RasterInfo;
  /** Where the blocks of the bands that are read are, for the plan, by band number; see `wholeBandCosts`. */
  readonly costs: ReadonlyMap<number, BandCosts | null>;
}

const parallel = 8;

/**
 * Opens the rasters of a mosaic, in the order of the task. One that can't be opened or placed is a warning; when none can,
 * the first cause is thrown. `asked` are the bands of the task; see `bandsOf`.
 */
export async function openRasters(
  ctx: RunContext,
  places: readonly Place[],
  asked: readonly number[] | undefined,
): Promise<{ rasters: MosaicRaster[]; skipped: number }> {
  let [done, firstError]: [number, unknown] = [0, undefined];
  const opened = await mapLimit(places, parallel, async (place) => {
    try {
      return await ctx.sources.use(place, async (source): Promise<MosaicRaster & { cause?: never }> => {
        checkPlaced(place, source.info);
        const costs = new Map<number, BandCosts | null>();
        for (const band of asked ?? valueBands(source.info))
          costs.set(band, await wholeBandCosts(source, band, ctx.read));
        return { place, info: source.info, costs };
      });
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      return { place, cause };
    } finally {
      done += 1;
      ctx.progress('headers', done, places.length, 'rasters');
    }
  });
  const rasters: MosaicRaster[] = [];
  for (const one of opened) {
    if (one.cause === undefined) {
      rasters.push(one);
      continue;
    }
    firstError ??= one.cause;
    if (places.length > 1) ctx.warn(`${one.place.name} was left out: ${one.cause.message}`);
  }
  if (rasters.length === 0) throw firstError;
  return { rasters, skipped: places.length - rasters.length };
}

function checkPlaced({ name }: Place, { crs, transform }: RasterInfo): void {
  if (crs !== null && transform !== null) return;
  throw new AppError(
    'bad_data',
    `${name} has no ${crs === null ? 'coordinate reference system' : 'georeference'}, so it can’t be placed on a grid.`,
    { remedy: 'Assign one: gdal_translate -a_srs EPSG:code -a_ullr west north east south input.tif output.tif' },
  );
}

/**
 * The bands that are mosaicked: those of the task, else all but alpha, which must then be equally many everywhere.
 * @throws AppError `bad_data` naming the raster that lacks one
 */
export function bandsOf(rasters: readonly MosaicRaster[], asked: readonly number[] | undefined): readonly number[] {
  const [first] = rasters;
  if (first === undefined) throw new AppError('internal', 'A mosaic of nothing.');
  const bands = asked ?? valueBands(first.info);
  const odd = rasters.find(({ info }) =>
    asked === undefined ? valueBands(info).length !== bands.length : info.bandCount < Math.max(...bands),
  );
  if (odd !== undefined)
    throw new AppError(
      'bad_data',
      asked === undefined
        ? `${odd.place.name} has ${counted(valueBands(odd.info).length, 'band')}, but ${first.place.name} has ${bands.length}.`
        : `${odd.place.name} has ${counted(odd.info.bandCount, 'band')}, so there is no band ${Math.max(...bands)}.`,
      { remedy: 'Name the bands that all rasters have in analysis.bands, or leave the raster out.' },
    );
  return bands;
}

/** Bands without the alpha band that masks them: it becomes the mosaic's mask. */
function valueBands({ bandCount, maskSource }: RasterInfo): readonly number[] {
  return Array.from({ length: maskSource === 'alpha' ? bandCount - 1 : bandCount }, (_, index) => index + 1);
}

/** How the mosaic is stored. */
export interface Storage {
  readonly dtype: DType;
  readonly nodata: number | null;
  /** Validity is stored as a mask: integers without one nodata value that all rasters share. */
  readonly mask: boolean;
  /** The values are those of the rasters, not results of arithmetic. */
  readonly keepsValues: boolean;
}

/**
 * Values that are only moved stay in the rasters' data type; others become floats: float64 where one of the rasters has
 * integers of 32 bits or float64, else float32.
 */
export function storageOf(
  rasters: readonly MosaicRaster[],
  method: z.infer<typeof Mosaic>['method'],
  resampling: Resampling,
  applyScale: boolean,
  floatNodata: number,
): Storage {
  const infos = rasters.map(({ info }) => info);
  const types = new Set(infos.map(({ dtype }) => dtype));
  const [dtype] = types;
  const moves = method !== 'mean' && (resampling === 'nearest' || resampling === 'mode') && !applyScale;
  if (!moves || types.size !== 1 || dtype === undefined || dtype.startsWith('float')) {
    const wide = [...types].some((type) => (type.endsWith('32') ? !type.startsWith('float') : type === 'float64'));
    return {
      dtype: wide ? 'float64' : 'float32',
      nodata: floatNodata,
      mask: false,
      keepsValues: moves && types.size === 1,
    };
  }
  const declared = new Set(infos.map(({ nodata, maskSource }) => (maskSource === 'nodata' ? nodata : null)));
  const [nodata = null] = declared;
  return declared.size === 1 && nodata !== null
    ? { dtype, nodata, mask: false, keepsValues: true }
    : { dtype, nodata: null, mask: true, keepsValues: true };
}

/** The cells of a grid that a raster may fill, a little larger; the whole grid where that can't be told, null for none. */
export function cellsOf(info: RasterInfo, grid: Grid): Window | null {
  const whole = { x: 0, y: 0, width: grid.width, height: grid.height };
  const bounds = rasterBounds(info);
  if (bounds === null || info.crs === null) return whole;
  try {
    const box = boundsTo(info.crs, bounds, grid.crs);
    const [west, south, east, north] = grid.crs.unit === 'degree' ? unwrapped(box) : box;
    const [a, , , , e] = grid.transform;
    // Between the points that are asked along the edges they may bulge.
    const margin = 2 + Math.ceil(0.01 * Math.max((east - west) / a, (south - north) / e));
    return pixelWindow(grid, box, margin);
  } catch {
    return whole;
  }
}

/** Whether two windows share a pixel. */
export function meets(a: Window | null, b: Window): boolean {
  return a !== null && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
