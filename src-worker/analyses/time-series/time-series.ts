import { AppError } from '../../../src-shared/errors.ts';
import type { Analysis, Bounds, RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { isSourceError } from '../../run/source-error.ts';
import { featureNames } from '../../vector/feature-names.ts';
import { readFeatures } from '../../vector/read-features.ts';
import { sumEstimates } from '../shared/estimate.ts';
import type { LayerSpec } from '../shared/layers.ts';
import { bandLayers, indexLayer } from '../shared/layers.ts';
import type { LeftOut } from '../shared/left-out.ts';
import { warnLeftOut } from '../shared/left-out.ts';
import { mapLimit } from '../shared/map-limit.ts';
import type { Scene } from '../shared/scenes.ts';
import { openScenes, rastersOf } from '../shared/scenes.ts';
import { targetGrid } from '../shared/target-grid.ts';
import { counted } from '../shared/words.ts';
import type { TimeSeriesTask } from './time-series-fit.ts';
import { SeriesTimes, checkMemory } from './time-series-memory.ts';
import { timeSeriesOutcome } from './time-series-outcome.ts';
import { planScene } from './time-series-plan.ts';
import { observeScene } from './time-series-read.ts';
import type { LayerScene } from './time-series-scenes.ts';
import { Samplers, layerScenes } from './time-series-scenes.ts';
import type { SeriesJob } from './time-series-series.ts';
import { fitAll } from './time-series-series.ts';
import type { TimedObservation } from './time-series-values.ts';

/** Scenes read at the same time, where the memory allows. */
const parallel = 4;
/** Observations that are kept and written as a table. */
const mostObservations = 1_000_000;

/** A scene with its layers on their grids. */
interface SceneJob {
  readonly scene: Scene;
  readonly layers: readonly LayerScene[];
}

/**
 * Values of bands or an index over time at points or within polygons, scene by scene, with a robust trend, a seasonal curve
 * and anomalies. Only the blocks under the features are read; memory is bounded by one window of 512 x 512 pixels a scene.
 */
export const timeSeries: Analysis = {
  async plan(ctx, input) {
    const { analysis } = ctx.task;
    if (analysis.type !== 'time_series' || input.kind !== 'scenes')
      throw new AppError('internal', 'time_series was given another task.');
    const read = await readFeatures(ctx);
    const names = featureNames(read.features, analysis.feature_id, 'feature_id');
    const features = {
      ...read,
      features: read.features.map((one, index) => ({ ...one, name: names[index] ?? one.name })),
    };
    const specs = layerSpecs(analysis);
    checkRows(input.items.length, features.features.length, specs.length);
    const wanted = specs.flatMap((spec) => spec.wanted);
    const { scenes, skipped } = await openScenes(ctx, input.items, wanted, analysis.mask);
    const target =
      ctx.task.grid === undefined
        ? null
        : targetGrid(
            ctx,
            scenes.flatMap(({ bands }) => bands.map(({ info }) => info)),
          );
    const { jobs, leftOut } = sceneJobs(ctx, scenes, specs, target?.grid ?? null);
    const samplers = new Samplers(features.features, analysis.point_sampling);
    const estimates = [];
    const times = new SeriesTimes();
    for (const { scene, layers } of jobs) {
      estimates.push(await planScene(ctx, layers, samplers));
      for (const [layer, { grid }] of layers.entries())
        for (const { feature } of samplers.on(grid)) times.add(layer, feature, scene.item.start);
    }
    const partBytes = Math.max(1, ...estimates.map((one) => one.partBytes));
    const slopeBytes = times.mostBytes(analysis);
    checkMemory(partBytes, slopeBytes, ctx.memory.bytes);
    const sideBySide = Math.max(1, Math.min(parallel, Math.floor(ctx.memory.free / partBytes)));
    const series = features.features.length * specs.length;
    const bounds: Bounds = {
      ...sumEstimates(estimates),
      outputBytes: jobs.length * series * 500 + series * 2_000 + 10_000_000,
      bufferBytes: Math.max(sideBySide * partBytes, slopeBytes),
      notes: [
        `${counted(features.features.length, 'feature')} in ${counted(jobs.length, 'item')}, ${counted(specs.length, 'layer')}`,
      ],
    };
    const job: SeriesJob = {
      task: analysis,
      features,
      layers: specs.flatMap(({ names }) => names),
      origin: target?.origin ?? 'each item’s own grid, for each layer that of its finest band',
    };
    return {
      bounds,
      rasters: rastersOf(jobs.map(({ scene }) => scene)),
      run: (outputs) => run(ctx, job, jobs, samplers, sideBySide, skipped + leftOut, outputs),
    };
  },
};

function layerSpecs({ index, bands, mask, apply_scale }: TimeSeriesTask): LayerSpec[] {
  return index === undefined
    ? (bands ?? []).map((band) => bandLayers([band], mask, apply_scale))
    : [indexLayer(index, mask, apply_scale)];
}

/** @throws AppError `over_limit` for more values than one table should hold */
function checkRows(items: number, features: number, layers: number): void {
  const asked = items * features * layers;
  if (asked <= mostObservations) return;
  throw new AppError(
    'over_limit',
    `${counted(items, 'item')}, ${counted(features, 'feature')} and ${counted(layers, 'layer')} make up to ${asked} values; one run gives at most ${mostObservations}.`,
    {
      remedy: 'Divide the features or the time over several tasks.',
      details: { limit: 'values', asked, allowed: mostObservations },
    },
  );
}

/** The scenes with a grid to be read on; the others are left out with a warning. */
function sceneJobs(
  ctx: RunContext,
  scenes: readonly Scene[],
  specs: readonly LayerSpec[],
  target: LayerScene['grid'] | null,
): { jobs: SceneJob[]; leftOut: number } {
  const jobs: SceneJob[] = [];
  const leftOut: LeftOut[] = [];
  for (const scene of scenes)
    try {
      jobs.push({ scene, layers: layerScenes(scene, specs, target) });
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      leftOut.push({ id: scene.item.id, cause });
    }
  finishLeftOut(ctx, leftOut, scenes.length);
  return { jobs, leftOut: leftOut.length };
}

async function run(
  ctx: RunContext,
  job: SeriesJob,
  jobs: readonly SceneJob[],
  samplers: Samplers,
  sideBySide: number,
  skippedBefore: number,
  outputs: Outputs,
) {
  const leftOut: LeftOut[] = [];
  let done = 0;
  const observed = await mapLimit(jobs, sideBySide, async ({ scene, layers }, index) => {
    try {
      const found = await observeScene(ctx, layers, samplers);
      return found.map((one): TimedObservation => ({ ...one, scene: index, time: scene.item.start }));
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      leftOut.push({ id: scene.item.id, cause });
      return null;
    } finally {
      done += 1;
      ctx.progress('values', done, jobs.length, 'items');
    }
  });
  finishLeftOut(ctx, leftOut, jobs.length);
  const observations = observed
    .flatMap((one) => one ?? [])
    .sort((a, b) => a.scene - b.scene || a.layer - b.layer || a.feature - b.feature);
  const series = await fitAll(ctx, job, observations);
  const scenes = jobs.map(({ scene }) => scene);
  const used = scenes.filter((_, index) => observed[index] !== null);
  return timeSeriesOutcome(ctx, job, { scenes, used, skipped: skippedBefore + leftOut.length }, series, outputs);
}

/** Warns of the scenes that were left out. @throws the first cause when none is left */
function finishLeftOut(ctx: RunContext, leftOut: LeftOut[], scenes: number): void {
  leftOut.sort((a, b) => (a.id < b.id ? -1 : 1));
  const [first] = leftOut;
  if (first !== undefined && leftOut.length === scenes) throw first.cause;
  warnLeftOut(ctx, leftOut);
}
