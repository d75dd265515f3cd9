import { AppError } from '../../../src-shared/errors.ts';
import { bytesPerValue } from '../../../src-raster/pixel-array.ts';
import type { Analysis, Bounds, RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { mosaicGrid } from './mosaic-grid.ts';
import { mosaicOutcome } from './mosaic-outcome.ts';
import type { MosaicJob } from './mosaic-pass.ts';
import { RasterFailure, blockSize, mosaicPass, needed, partsOf, passBytes, sameScale } from './mosaic-pass.ts';
import { bandsOf, openRasters, storageOf } from './mosaic-rasters.ts';
import { averageCosts } from '../shared/block-costs.ts';
import { coveredWindow } from '../shared/estimate.ts';
import { crsText } from '../shared/facts.ts';
import { planReads } from '../shared/plan-reads.ts';
import { resamplingOf } from '../shared/resampling.ts';
import { floatNodata, movedText } from '../shared/stored.ts';
import type { Target } from '../shared/target-grid.ts';
import { counted, gridText } from '../shared/words.ts';

const path = 'maps/mosaic.tif';

/**
 * One raster from many: every raster is read onto one grid, and where valid pixels overlap the first, the last, the least,
 * the greatest or their mean is kept. Block by block: memory is bounded by the block, not by the number of rasters.
 */
export const mosaic: Analysis = {
  async plan(ctx, input) {
    const { analysis } = ctx.task;
    if (analysis.type !== 'mosaic' || input.kind !== 'rasters')
      throw new AppError('internal', 'mosaic was given another task.');
    const { rasters, skipped } = await openRasters(ctx, input.places, analysis.bands);
    const bands = bandsOf(rasters, analysis.bands);
    const target = mosaicGrid(
      ctx,
      rasters.map(({ info }) => info),
    );
    const { grid } = target;
    const missed = rasters.filter(({ info }) => coveredWindow(info, grid) === null);
    if (missed.length === rasters.length)
      throw new AppError('bad_data', 'None of the rasters has a pixel on the grid.', {
        remedy: 'Check grid.crs and grid.bbox, or inputs.aoi: longitude and latitude in WGS 84.',
      });
    for (const { place } of missed.slice(0, 20)) ctx.warn(`${place.name} has no pixel on the grid.`);
    if (missed.length > 20) ctx.warn(`${missed.length - 20} more rasters have no pixel on the grid.`);
    if (!analysis.apply_scale && !sameScale(rasters, bands))
      ctx.warn(
        'The rasters declare different scales or offsets, so their stored numbers do not mean the same; set apply_scale: true.',
      );
    const resampling = resamplingOf(ctx);
    const job: MosaicJob = {
      rasters,
      bands,
      method: analysis.method,
      resampling,
      applyScale: analysis.apply_scale,
      grid,
      storage: storageOf(rasters, analysis.method, resampling, analysis.apply_scale, floatNodata),
    };
    return {
      bounds: bounds(ctx, job),
      rasters: rasters.map(({ info }) => info),
      run: (outputs) => run(ctx, job, target, skipped, outputs),
    };
  },
};

/** A raster that fails on the way has already entered some blocks, so the mosaic is begun anew without it. */
async function run(ctx: RunContext, job: MosaicJob, target: Target, skippedBefore: number, outputs: Outputs) {
  let { rasters } = job;
  let firstError: AppError | undefined;
  const computed = await outputs.add(path, async (file) => {
    for (;;) {
      const attempt = await mosaicPass(ctx, { ...job, rasters }, file).catch((cause: unknown) => {
        if (cause instanceof RasterFailure) return cause;
        throw cause;
      });
      if (!(attempt instanceof RasterFailure)) return attempt;
      firstError ??= attempt.error;
      ctx.warn(`${attempt.raster.place.name} was left out and the mosaic begun anew: ${attempt.error.message}`);
      rasters = rasters.filter((raster) => raster !== attempt.raster);
      if (rasters.length === 0) throw firstError;
    }
  });
  // Their blocks are not needed any more; figures need room of their own.
  await ctx.sources.close();
  if (computed.moved > 0) ctx.warn(movedText(path, computed.moved));
  const skipped = skippedBefore + job.rasters.length - rasters.length;
  return mosaicOutcome(ctx, { ...job, rasters }, target, computed, skipped, path, outputs);
}

function bounds(ctx: RunContext, job: MosaicJob): Bounds {
  const { grid, rasters, bands, storage, resampling } = job;
  const [width, height] = [Math.min(grid.width, blockSize), Math.min(grid.height, blockSize)];
  const planned = rasters.flatMap(({ place, info, costs }) => {
    // One for all bands: its blocks are taken to hold all of them, so that they count once.
    const average = bands.every((band) => costs.get(band)) ? null : averageCosts(info, place.href);
    return bands.map((band) => ({ info, resampling, costs: costs.get(band) ?? average }));
  });
  const isNeeded = needed(job);
  const reads = planReads(
    planned,
    grid,
    partsOf(job, ctx.memory.free),
    () => false,
    (index, part) => isNeeded(Math.floor(index / bands.length), part),
  );
  return {
    ...reads,
    outputBytes: Math.ceil(grid.width * grid.height * bands.length * bytesPerValue(storage.dtype) * 1.4) + 2_000_000,
    bufferBytes: Math.min(ctx.memory.bytes, passBytes(job, width, height)),
    notes: [`${counted(rasters.length, 'raster')} onto ${gridText(grid)} in ${crsText(grid.crs)}`],
  };
}
