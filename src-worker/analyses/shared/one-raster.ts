import { AppError } from '../../../src-shared/errors.ts';
import type { RasterInfo, RasterSource, Window } from '../../../src-raster/types.ts';
import { bandMask, makeValidity } from '../../../src-raster/validity.ts';
import type { Grid } from '../../raster/grid.ts';
import { readOntoGrid } from '../../raster/resample.ts';
import type { RunContext, RunInput } from '../../run/context.ts';
import type { Place } from '../../run/places.ts';
import { AreaMask } from './area-mask.ts';
import type { BandCosts } from './block-costs.ts';
import { averageCosts, wholeBandCosts } from './block-costs.ts';
import type { ReadEstimate } from './estimate.ts';
import { coveredWindow } from './estimate.ts';
import { planReads } from './plan-reads.ts';
import { planWindows } from './plan-windows.ts';
import { resamplingOf } from './resampling.ts';
import { targetGrid } from './target-grid.ts';

/** The one raster of an analysis, and the grid of its outputs. */
export interface OneRaster {
  readonly place: Place;
  readonly info: RasterInfo;
  readonly grid: Grid;
  /** How the grid came about, in words. */
  readonly origin: string;
  /** Where the grid begins in the raster, in its pixels; null when the raster is resampled onto a grid of the task. */
  readonly offset: { readonly x: number; readonly y: number } | null;
  /** Pixels outside have no result. */
  readonly area: AreaMask | null;
}

/**
 * Opens the raster of a task and settles the grid: that of the task, else the raster's own, cut to whole pixels around the
 * area of interest.
 * @throws AppError `bad_data` for a raster without CRS or grid, or one that misses the area of interest or the task's grid
 */
export async function openOneRaster(ctx: RunContext, input: RunInput): Promise<OneRaster> {
  const [place] = input.kind === 'rasters' ? input.places : [];
  if (place === undefined) throw new AppError('internal', `${ctx.task.analysis.type} was given another input.`);
  const info = await ctx.sources.use(place, (source) => Promise.resolve(source.info));
  if (info.crs === null || info.transform === null)
    throw new AppError(
      'bad_data',
      `${place.name} has no ${info.crs === null ? 'coordinate reference system' : 'georeference'}.`,
      { remedy: 'Assign one: gdal_translate -a_srs EPSG:code -a_ullr west north east south input.tif output.tif' },
    );
  if (ctx.task.grid === undefined) return { place, info, ...ownGrid(ctx, info, place) };
  const { grid, origin } = targetGrid(ctx, [info], 'rasters');
  if (coveredWindow(info, grid) === null)
    throw new AppError('bad_data', `${place.name} has no pixel on the task’s grid.`, {
      remedy: 'Check grid.crs and grid.bbox, or inputs.aoi (longitude and latitude in WGS 84), or leave the grid out.',
    });
  const area = ctx.aoi === null ? null : new AreaMask(ctx.aoi, grid.crs, grid.transform);
  return { place, info, grid, origin, offset: null, area };
}

function ownGrid(
  ctx: RunContext,
  { crs, transform: t, width, height }: RasterInfo,
  place: Place,
): Pick<OneRaster, 'grid' | 'origin' | 'offset' | 'area'> {
  if (crs === null || t === null || t[1] !== 0 || t[3] !== 0 || t[0] <= 0 || t[4] >= 0)
    throw new AppError('bad_data', `${place.name} is not north-up: its rows do not run from north to south.`, {
      remedy: 'Give a grid in the task (grid: {crs, resolution}), or turn it with gdalwarp.',
    });
  const whole: Window = { x: 0, y: 0, width, height };
  const window = ctx.aoi === null ? whole : new AreaMask(ctx.aoi, crs, t).window(width, height);
  if (window === null)
    throw new AppError('bad_data', `${place.name} does not meet the area of interest.`, {
      remedy: 'Check inputs.aoi: longitude and latitude in WGS 84.',
    });
  const transform = [t[0], 0, t[2] + window.x * t[0], 0, t[4], t[5] + window.y * t[4]] as const;
  return {
    grid: { crs, transform, width: window.width, height: window.height, resolution: [t[0], -t[4]] },
    origin: ctx.aoi === null ? 'that of the raster' : 'that of the raster, cut to the area of interest',
    offset: { x: window.x, y: window.y },
    area: ctx.aoi === null ? null : new AreaMask(ctx.aoi, crs, transform),
  };
}

/** Refuses a band that the raster has not. @throws AppError `bad_data` */
export function checkBand(band: number, { place, info }: Pick<OneRaster, 'place' | 'info'>): void {
  if (band > info.bandCount)
    throw new AppError(
      'bad_data',
      `${place.name} has ${info.bandCount} band${info.bandCount === 1 ? '' : 's'}, so there is no band ${band}.`,
      { remedy: 'Correct the band in the task, or choose another file.' },
    );
}

/** Physical value = stored value * scale + offset; 1 and 0 unless the task asks for the file's. */
export function scalingOf(info: RasterInfo, band: number, applyScale: boolean): { scale: number; offset: number } {
  const described = applyScale ? info.bands[band - 1] : undefined;
  return { scale: described?.scale ?? 1, offset: described?.offset ?? 0 };
}

/**
 * Values of one band (1-based) on a window of the grid, row-major; NaN where there is no valid pixel. The window may reach
 * beyond the grid: what the raster has there is read too.
 */
export async function readWindow(
  ctx: RunContext,
  { info, grid, offset }: OneRaster,
  source: RasterSource,
  band: number,
  window: Window,
  applyScale: boolean,
): Promise<Float64Array<ArrayBuffer>> {
  const { scale, offset: shift } = scalingOf(info, band, applyScale);
  if (offset === null) {
    const { data } = await readOntoGrid(source, band, grid, window, ctx.read, resamplingOf(ctx));
    if (scale !== 1 || shift !== 0) for (let i = 0; i < data.length; i += 1) data[i] = (data[i] ?? NaN) * scale + shift;
    return data;
  }
  const data = new Float64Array(window.width * window.height).fill(NaN);
  const part = sourceWindow({ info, offset }, window);
  if (part === null) return data;
  const values = await source.read(band, part, ctx.read);
  const mask = await bandMask(source, band, part, ctx.read);
  const isValid = makeValidity(info);
  const [left, top] = [part.x - window.x - offset.x, part.y - window.y - offset.y];
  for (let row = 0; row < part.height; row += 1)
    for (let column = 0; column < part.width; column += 1) {
      const from = row * part.width + column;
      const value = values[from] ?? NaN;
      if (!isValid(value) || mask?.[from] === 0) continue;
      data[(top + row) * window.width + left + column] = value * scale + shift;
    }
  return data;
}

/** What `readWindow` of all bands costs, window by window in this order. Reads nothing. */
export async function planOneRaster(
  ctx: RunContext,
  { place, info, grid, offset }: OneRaster,
  bands: readonly number[],
  windows: readonly Window[],
): Promise<ReadEstimate> {
  if (offset === null) {
    const costs = await ctx.sources.use(place, async (source) => {
      const each: (BandCosts | null)[] = [];
      for (const band of bands) each.push(await wholeBandCosts(source, band, ctx.read));
      return each;
    });
    // One for all bands: its blocks are taken to hold all of them, so that they count once.
    const average = costs.includes(null) ? averageCosts(info, place.href) : null;
    const resampling = resamplingOf(ctx);
    const planned = costs.map((one) => ({ info, resampling, costs: one ?? average }));
    return planReads(planned, grid, windows, () => false);
  }
  const inFile = windows.flatMap((window) => sourceWindow({ info, offset }, window) ?? []);
  return ctx.sources.use(place, (source) => planWindows(source, bands, inFile, ctx.read));
}

/** The part of the raster under a window of the grid; null when there is none. */
function sourceWindow(
  { info, offset }: { readonly info: RasterInfo; readonly offset: { readonly x: number; readonly y: number } },
  window: Window,
): Window | null {
  const [x, y] = [Math.max(0, window.x + offset.x), Math.max(0, window.y + offset.y)];
  const width = Math.min(info.width, window.x + offset.x + window.width) - x;
  const height = Math.min(info.height, window.y + offset.y + window.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}
