import type { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import type { BandIndex } from '../../../src-shared/task/analyses.ts';
import { CogWriter } from '../../raster/cog/cog-writer.ts';
import type { Grid } from '../../raster/grid.ts';
import { gridTiles } from '../../raster/grid.ts';
import { RunningStats } from '../../raster/stats.ts';
import type { Resampling } from '../../../src-shared/task/schema.ts';
import type { RasterInfo, Window } from '../../../src-raster/types.ts';
import type { Analysis, Bounds, RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { isSourceError } from '../../run/source-error.ts';
import { indexOutcome } from './band-index-outcome.ts';
import { drawIndexQuicklook, maxQuicklooks } from './band-index-figures.ts';
import type { IndexedScene } from './band-index-outcome.ts';
import { AreaMask } from '../shared/area-mask.ts';
import { missesGrid, sumEstimates } from '../shared/estimate.ts';
import { warnMisses } from '../shared/facts.ts';
import { mapMetadata } from '../shared/write-figures.ts';
import { indexFormulas } from '../shared/index-formula.ts';
import type { LayerSpec } from '../shared/layers.ts';
import { indexLayer, layerBytes, readLayers } from '../shared/layers.ts';
import type { LeftOut } from '../shared/left-out.ts';
import { warnLeftOut } from '../shared/left-out.ts';
import { plannedRasters, planReads } from '../shared/plan-reads.ts';
import type { Scene } from '../shared/scenes.ts';
import { resamplingOf } from '../shared/resampling.ts';
import { openScenes, rastersOf } from '../shared/scenes.ts';
import { floatNodata, keepOffNodata, movedText, toFloat32 } from '../shared/stored.ts';
import { targetGrid } from '../shared/target-grid.ts';
import { Thumbnail } from '../shared/thumbnail.ts';

const blockSize = 512;

interface Job {
  readonly scene: Scene;
  readonly grid: Grid;
}

/**
 * A normalised difference index of every item: one float32 COG an item, on the task's grid or else on the item's own
 * (that of the finest of its two bands, cut to the area of interest). Statistics are computed in float64.
 */
export const bandIndex: Analysis = {
  async plan(ctx, input) {
    const { analysis } = ctx.task;
    if (analysis.type !== 'band_index' || input.kind !== 'scenes')
      throw new AppError('internal', 'band_index was given another task.');
    const spec = indexLayer(analysis.index, analysis.mask, analysis.apply_scale);
    const { scenes, skipped } = await openScenes(ctx, input.items, spec.wanted, spec.mask);
    const target =
      ctx.task.grid === undefined
        ? null
        : targetGrid(
            ctx,
            scenes.flatMap(({ bands }) => bands.map(({ info }) => info)),
          );
    const jobs = scenes.map((scene) => ({ scene, grid: target?.grid ?? ownGrid(ctx, scene) }));
    warnMisses(
      ctx,
      jobs.filter((job) => misses(ctx, job)).map(({ scene }) => scene.item),
      target === null ? 'the area of interest' : 'the grid',
    );
    return {
      bounds: bounds(jobs, spec, resamplingOf(ctx)),
      rasters: rastersOf(scenes),
      run: (outputs) => run(ctx, analysis, spec, jobs, skipped, target?.origin ?? "each item's own grid", outputs),
    };
  },
};

async function run(
  ctx: RunContext,
  analysis: z.infer<typeof BandIndex>,
  spec: LayerSpec,
  jobs: readonly Job[],
  skippedBefore: number,
  gridOrigin: string,
  outputs: Outputs,
) {
  const done: IndexedScene[] = [];
  let firstError: unknown;
  const leftOut: LeftOut[] = [];
  for (const [index, job] of jobs.entries()) {
    try {
      const stem = ctx.names.stem(job.scene.item.id);
      const path = `maps/${stem}_${analysis.index}.tif`;
      const computed = await outputs.add(path, (file) => indexScene(ctx, spec, job, file));
      if (computed.moved > 0) ctx.warn(movedText(path, computed.moved));
      const quicklook =
        ctx.task.outputs.make_quicklook && done.length < maxQuicklooks
          ? await drawIndexQuicklook(
              ctx,
              outputs,
              `${stem}_${analysis.index}`,
              analysis.index,
              job.scene.item,
              job.grid,
              computed.thumbnail,
            )
          : null;
      done.push({ ...job, path, quicklook, valid: computed.valid, clear: computed.clear });
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      firstError ??= cause;
      leftOut.push({ id: job.scene.item.id, cause });
    }
    ctx.progress('index', index + 1, jobs.length, 'items');
  }
  warnLeftOut(ctx, leftOut);
  if (done.length === 0) throw firstError;
  return indexOutcome(ctx, analysis, done, skippedBefore + jobs.length - done.length, gridOrigin, outputs);
}

async function indexScene(ctx: RunContext, spec: LayerSpec, { scene, grid }: Job, file: string) {
  const [valid, clear] = [new RunningStats(), new RunningStats()];
  let moved = 0;
  const thumbnail = new Thumbnail(grid.width, grid.height);
  const area = ctx.aoi === null ? null : new AreaMask(ctx.aoi, grid.crs, grid.transform);
  const writer = await CogWriter.open(file, {
    width: grid.width,
    height: grid.height,
    bandCount: 1,
    dtype: 'float32',
    nodata: floatNodata,
    crs: grid.crs,
    transform: grid.transform,
    resampling: 'average',
    bandDescriptions: [...spec.names],
    metadata: mapMetadata(ctx),
  });
  try {
    for (const window of gridTiles(grid, blockSize)) {
      ctx.signal.throwIfAborted();
      await ctx.memory.hold(
        layerBytes(spec, window.width * window.height) + window.width * window.height * 4,
        async () => {
          const [layer] = await readLayers(ctx, scene, spec, grid, window, area?.read(window) ?? null);
          if (layer === undefined) throw new AppError('internal', 'An index gave no layer.');
          moved += keepOffNodata(layer.data, layer.clear);
          valid.add(layer.data, layer.valid);
          clear.add(layer.data, layer.clear);
          thumbnail.add(window, layer.data, layer.clear);
          await writer.writeWindow(1, window, toFloat32(layer.data, layer.clear));
        },
      );
    }
    await writer.finish();
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
  return { valid: valid.result(), clear: clear.result(), thumbnail, moved };
}

/** Whether a scene lies elsewhere, as far as headers tell. Its own grid is cut to the area of interest. */
function misses(ctx: RunContext, { scene, grid }: Job): boolean {
  if (missesGrid(scene, grid)) return true;
  return ctx.aoi !== null && new AreaMask(ctx.aoi, grid.crs, grid.transform).window(grid.width, grid.height) === null;
}

/** The grid of the finest band, cut to whole pixels around the area of interest. */
function ownGrid(ctx: RunContext, scene: Scene): Grid {
  const [first, ...rest] = scene.bands.map(({ info }) => info);
  if (first === undefined) throw new AppError('internal', 'A scene without bands.');
  const finest = rest.reduce((best, info) => (cell(info) < cell(best) ? info : best), first);
  const { crs, transform: t } = finest;
  if (crs === null || t === null || t[1] !== 0 || t[3] !== 0 || t[0] <= 0 || t[4] >= 0)
    throw new AppError(
      'bad_data',
      `Item ${scene.item.id} has no north-up grid in a known coordinate reference system.`,
      {
        remedy: 'Give a grid in the task: grid: {crs, resolution}.',
      },
    );
  const whole: Window = { x: 0, y: 0, width: finest.width, height: finest.height };
  const window =
    ctx.aoi === null
      ? whole
      : (new AreaMask(ctx.aoi, crs, t).window(finest.width, finest.height) ?? { ...whole, width: 1, height: 1 });
  return {
    crs,
    transform: [t[0], 0, t[2] + window.x * t[0], 0, t[4], t[5] + window.y * t[4]],
    width: window.width,
    height: window.height,
    resolution: [t[0], -t[4]],
  };
}

function cell({ transform, width }: RasterInfo): number {
  return transform === null ? 1 / width : Math.abs(transform[0]);
}

function bounds(jobs: readonly Job[], spec: LayerSpec, resampling: Resampling): Bounds {
  const reads = jobs.map(({ scene, grid }) =>
    planReads(plannedRasters([scene], resampling), grid, gridTiles(grid, blockSize), () => false),
  );
  const cells = jobs.reduce((sum, { grid }) => sum + grid.width * grid.height, 0);
  const block = Math.max(...jobs.map(({ grid }) => Math.min(grid.width, blockSize) * Math.min(grid.height, blockSize)));
  return {
    ...sumEstimates(reads),
    outputBytes: Math.ceil(cells * 4 * 1.4) + Math.min(jobs.length, maxQuicklooks) * 400_000 + 200_000,
    bufferBytes: layerBytes(spec, block) + block * 4,
    notes: [`${jobs.length} items; ${spec.names.join(', ').toUpperCase()} as ${formulaText(spec)}`],
  };
}

function formulaText({ index }: LayerSpec): string {
  return index === null ? 'bands' : indexFormulas[index].formula;
}
