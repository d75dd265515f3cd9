import { AppError } from '../../../src-shared/errors.ts';
import { ClassCounts } from '../../raster/class-counts.ts';
import { RunningStats, bandStatistics, passWindows } from '../../raster/stats.ts';
import type { RasterInfo, RasterSource, Window } from '../../../src-raster/types.ts';
import { bandMask, makeValidity } from '../../../src-raster/validity.ts';
import type { Analysis, RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { Place } from '../../run/places.ts';
import { isSourceError } from '../../run/source-error.ts';
import type { SummarisedBand } from './raster-summary-band.ts';
import { classRows, nodataSuspicion, paletteOf } from './raster-summary-band.ts';
import { drawSummaryFigures, picturePlan } from './raster-summary-figures.ts';
import type { SummarisedRaster } from './raster-summary-outcome.ts';
import { summaryOutcome } from './raster-summary-outcome.ts';
import { AreaMask } from '../shared/area-mask.ts';
import type { ReadEstimate } from '../shared/estimate.ts';
import { sumEstimates } from '../shared/estimate.ts';
import { mapLimit } from '../shared/map-limit.ts';
import { checkBand } from '../shared/one-raster.ts';
import { planWindows } from '../shared/plan-windows.ts';
import { ReadSimulator } from '../shared/read-simulator.ts';

interface Job {
  readonly place: Place;
  readonly info: RasterInfo;
  readonly bands: readonly number[];
  /** What is read: the raster, or the window around the area of interest. */
  readonly window: Window;
}

/**
 * Exact statistics of every band of every raster at full resolution, as GDAL counts them, with the raster's structure. A
 * CRS is needed only with an area of interest. Pictures and histograms come from the coarsest fitting overview.
 */
export const rasterSummary: Analysis = {
  async plan(ctx, input) {
    if (input.kind !== 'rasters') throw new AppError('internal', 'raster_summary was given another input.');
    const { jobs, skipped } = await openRasters(ctx, input.places);
    const simulator = new ReadSimulator();
    const reads: ReadEstimate[] = [];
    for (const [index, job] of jobs.entries())
      reads.push(...(await ctx.sources.use(job.place, (source) => readsOf(ctx, source, job, index, simulator))));
    return {
      bounds: {
        ...sumEstimates(reads),
        outputBytes: jobs.reduce((sum, { bands }) => sum + 400_000 + bands.length * 200_000, 200_000),
        bufferBytes: 16 * 4 * 1_048_576,
        notes: jobs.map(
          ({ place, info, bands }) =>
            `${place.name}: ${bands.length} bands of ${info.width} x ${info.height} ${info.storedType ?? info.dtype} pixels`,
        ),
      },
      rasters: jobs.map(({ info }) => info),
      run: (outputs) => run(ctx, jobs, skipped, outputs),
    };
  },
};

async function openRasters(ctx: RunContext, places: readonly Place[]): Promise<{ jobs: Job[]; skipped: number }> {
  const { analysis } = ctx.task;
  const asked = analysis.type === 'raster_summary' ? analysis.bands : undefined;
  let firstError: unknown;
  const opened = await mapLimit(places, 8, async (place) => {
    try {
      return await ctx.sources.use(place, ({ info }) => {
        for (const band of asked ?? []) checkBand(band, { place, info });
        return Promise.resolve({ place, info, bands: asked ?? allBands(info), window: windowOf(ctx, info, place) });
      });
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      return { place, cause };
    }
  });
  const jobs: Job[] = [];
  for (const one of opened) {
    if ('info' in one) {
      jobs.push(one);
      continue;
    }
    firstError ??= one.cause;
    if (places.length > 1) ctx.warn(`${one.place.name} was left out: ${one.cause.message}`);
  }
  if (jobs.length === 0) throw firstError;
  return { jobs, skipped: places.length - jobs.length };
}

/** The passes over the bands, one after another, and then the pictures. */
async function readsOf(
  ctx: RunContext,
  source: RasterSource,
  { info, bands, window }: Job,
  index: number,
  simulator: ReadSimulator,
): Promise<ReadEstimate[]> {
  const windows = windowsIn(info, window);
  const reads: ReadEstimate[] = [];
  for (const band of bands) reads.push(await planWindows(source, [band], windows, ctx.read, simulator));
  const pictures = picturePlan(info, window, bands, index);
  if (pictures !== null)
    reads.push(await planWindows(source, pictures.bands, [pictures.window], ctx.read, simulator, pictures.level));
  return reads;
}

/** The windows of a pass over a part of a raster. */
function windowsIn(info: RasterInfo, around: Window): Window[] {
  return passWindows({ ...info, width: around.width, height: around.height }).map((pass) => ({
    ...pass,
    x: pass.x + around.x,
    y: pass.y + around.y,
  }));
}

function allBands(info: RasterInfo): number[] {
  return info.bands.map((_, index) => index + 1);
}

function windowOf(ctx: RunContext, info: RasterInfo, place: Place): Window {
  const area = areaOf(ctx, info, place);
  if (area === null) return { x: 0, y: 0, width: info.width, height: info.height };
  const window = area.window(info.width, info.height);
  if (window === null)
    throw new AppError('bad_data', `${place.name} does not meet the area of interest.`, {
      remedy: 'Check inputs.aoi: longitude and latitude in WGS 84.',
    });
  return window;
}

function areaOf(ctx: RunContext, { crs, transform }: RasterInfo, place: Place): AreaMask | null {
  if (ctx.aoi === null) return null;
  if (crs === null || transform === null)
    throw new AppError(
      'bad_data',
      `${place.name} has no coordinate reference system, so inputs.aoi can't be placed on it.`,
      { remedy: 'Leave inputs.aoi out, or assign a CRS.' },
    );
  return new AreaMask(ctx.aoi, crs, transform);
}

async function run(ctx: RunContext, jobs: readonly Job[], skippedBefore: number, outputs: Outputs) {
  const done: SummarisedRaster[] = [];
  let firstError: unknown;
  for (const job of jobs) {
    try {
      done.push(await ctx.sources.use(job.place, (source) => summarise(ctx, job, source, outputs, done.length)));
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      firstError ??= cause;
      if (jobs.length > 1) ctx.warn(`${job.place.name} was left out: ${cause.message}`);
    }
  }
  if (done.length === 0) throw firstError;
  return summaryOutcome(ctx, done, skippedBefore + jobs.length - done.length, outputs);
}

async function summarise(
  ctx: RunContext,
  { place, info, bands, window }: Job,
  source: RasterSource,
  outputs: Outputs,
  index: number,
): Promise<SummarisedRaster> {
  const area = areaOf(ctx, info, place);
  const summaries: SummarisedBand[] = [];
  for (const [at, band] of bands.entries()) {
    const onProgress = (part: number) =>
      ctx.progress(place.name, Math.round(((at + part) / bands.length) * 100), 100, '%');
    const palette = paletteOf(info, band);
    const counts = palette === null ? null : new ClassCounts();
    const stats = counts ?? new RunningStats();
    const pixels = area === null ? info.width * info.height : await addInside(ctx, source, band, window, area, stats);
    if (area === null) await bandStatistics(source, band, ctx.read, onProgress, stats);
    const statistics = stats.result();
    const suspicion = nodataSuspicion(info, statistics, pixels, stats);
    if (suspicion !== null) ctx.warn(`${place.name}, band ${band}: ${suspicion}`);
    const classes = palette === null || counts === null ? null : classRows(palette, counts);
    summaries.push({ band, statistics, pixels, classes });
  }
  const figures = await drawSummaryFigures(ctx, outputs, place, source, summaries, window, index);
  return { place, info, window, bands: summaries, ...figures };
}

/** Adds the valid pixels inside the area to `stats`; gives the number of all pixels inside it. */
async function addInside(
  ctx: RunContext,
  source: RasterSource,
  band: number,
  around: Window,
  area: AreaMask,
  stats: RunningStats,
): Promise<number> {
  const isValid = makeValidity(source.info);
  let pixels = 0;
  for (const window of windowsIn(source.info, around)) {
    ctx.signal.throwIfAborted();
    const data = await source.read(band, window, ctx.read);
    const mask = await bandMask(source, band, window, ctx.read);
    const inside = area.read(window);
    for (let i = 0; i < inside.length; i += 1) {
      if (inside[i] !== 0) pixels += 1;
      if (mask?.[i] === 0 || !isValid(data[i] ?? NaN)) inside[i] = 0;
    }
    stats.add(data, inside);
  }
  return pixels;
}
