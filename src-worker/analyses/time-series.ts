import { AppError } from '../../src-shared/errors.ts';
import type { Analysis, Bounds, RunContext } from '../run/context.ts';
import type { Outputs } from '../run/outputs.ts';
import { isSourceError } from '../run/source-error.ts';
import { theilSenBytes } from '../statistics/theil-sen.ts';
import type { FeatureSet } from '../vector/features.ts';
import { readFeatures } from '../vector/read-features.ts';
import { sumEstimates } from './shared/estimate.ts';
import type { LayerSpec } from './shared/layers.ts';
import { bandLayers, indexLayer } from './shared/layers.ts';
import type { LeftOut } from './shared/left-out.ts';
import { warnLeftOut } from './shared/left-out.ts';
import { mapLimit } from './shared/map-limit.ts';
import type { Scene } from './shared/scenes.ts';
import { openScenes, rastersOf } from './shared/scenes.ts';
import { targetGrid } from './shared/target-grid.ts';
import { counted } from './shared/words.ts';
import type { TimeSeriesTask } from './time-series-fit.ts';
import { fitSeries } from './time-series-fit.ts';
import { timeSeriesOutcome } from './time-series-outcome.ts';
import { planScene } from './time-series-plan.ts';
import { observeScene, partBytes } from './time-series-read.ts';
import type { LayerScene } from './time-series-scenes.ts';
import { Samplers, layerScenes } from './time-series-scenes.ts';
import type { TimedObservation } from './time-series-values.ts';
import { seriesValues } from './time-series-values.ts';

/** Scenes read at the same time, where the memory allows. */
const parallel = 4;
/** Observations that are kept and written as a table. */
const mostObservations = 1_000_000;

/** A scene with its layers on their grids. */
interface SceneJob {
  readonly scene: Scene;
  readonly layers: readonly LayerScene[];
}

/** What was asked and opened. */
export interface SeriesJob {
  readonly task: TimeSeriesTask;
  readonly features: FeatureSet;
  /** Names of the layers: the index or the bands. */
  readonly layers: readonly string[];
  /** The grid in words. */
  readonly origin: string;
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
    const features = await readFeatures(ctx);
    const specs: LayerSpec[] =
      analysis.index === undefined
        ? (analysis.bands ?? []).map((band) => bandLayers([band], analysis.mask, analysis.apply_scale))
        : [indexLayer(analysis.index, analysis.mask, analysis.apply_scale)];
    checkRows(input.items.length, features.features.length, specs.length);
    const wanted = specs.flatMap((spec) => spec.wanted);
    const opened = await openScenes(ctx, input.items, wanted, analysis.mask);
    const target =
      ctx.task.grid === undefined
        ? null
        : targetGrid(
            ctx,
            opened.scenes.flatMap(({ bands }) => bands.map(({ info }) => info)),
          );
    const { jobs, leftOut } = sceneJobs(ctx, opened.scenes, specs, target?.grid ?? null);
    const samplers = new Samplers(features.features, analysis.point_sampling);
    const bounds = await planJobs(ctx, jobs, samplers, features);
    const job: SeriesJob = {
      task: analysis,
      features,
      layers: specs.flatMap(({ names }) => names),
      origin: target?.origin ?? 'each item’s own grid, for each layer that of its finest band',
    };
    return {
      bounds,
      rasters: rastersOf(jobs.map(({ scene }) => scene)),
      run: (outputs) => run(ctx, job, jobs, samplers, opened.skipped + leftOut, outputs),
    };
  },
};

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
  const [first] = leftOut;
  if (jobs.length === 0 && first !== undefined) throw first.cause;
  warnLeftOut(ctx, leftOut);
  return { jobs, leftOut: leftOut.length };
}

async function planJobs(
  ctx: RunContext,
  jobs: readonly SceneJob[],
  samplers: Samplers,
  { features }: FeatureSet,
): Promise<Bounds> {
  const estimates = [];
  for (const { layers } of jobs) estimates.push(await planScene(ctx, layers, samplers));
  const layers = jobs[0]?.layers.length ?? 0;
  const values = jobs.length * features.length * layers;
  return {
    ...sumEstimates(estimates),
    outputBytes: values * 500 + features.length * layers * 2_000 + 20 * 200_000 + 1_000_000,
    bufferBytes: Math.min(
      ctx.memory.bytes,
      Math.max(sideBySide(ctx, jobs, samplers) * largestPart(jobs, samplers), theilSenBytes(jobs.length)),
    ),
    notes: [
      `${counted(features.length, 'feature')} in ${counted(jobs.length, 'item')}, ${counted(layers, 'layer')}`,
    ],
  };
}

function largestPart(jobs: readonly SceneJob[], samplers: Samplers): number {
  return jobs.reduce(
    (most, { layers }) =>
      layers.reduce(
        (more, job) =>
          samplers
            .on(job.grid)
            .reduce((size, { sampler }) => Math.max(size, ...sampler.parts.map((part) => partBytes(job, part))), more),
        most,
      ),
    1,
  );
}

function sideBySide(ctx: RunContext, jobs: readonly SceneJob[], samplers: Samplers): number {
  return Math.max(1, Math.min(parallel, Math.floor(ctx.memory.free / largestPart(jobs, samplers))));
}

async function run(
  ctx: RunContext,
  job: SeriesJob,
  jobs: readonly SceneJob[],
  samplers: Samplers,
  skippedBefore: number,
  outputs: Outputs,
) {
  const leftOut: LeftOut[] = [];
  let done = 0;
  const observed = await mapLimit(jobs, sideBySide(ctx, jobs, samplers), async ({ scene, layers }, index) => {
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
  leftOut.sort((a, b) => (a.id < b.id ? -1 : 1));
  warnLeftOut(ctx, leftOut);
  const [first] = leftOut;
  if (leftOut.length === jobs.length && first !== undefined) throw first.cause;
  const observations = observed
    .flatMap((one) => one ?? [])
    .sort((a, b) => a.scene - b.scene || a.layer - b.layer || a.feature - b.feature);
  const series = await fitAll(ctx, job, observations);
  return timeSeriesOutcome(
    ctx,
    job,
    jobs.map(({ scene }) => scene),
    new Set(observed.flatMap((one, index) => (one === null ? [] : [index]))),
    series,
    skippedBefore + leftOut.length,
    outputs,
  );
}

/** One feature in one layer. */
export interface FeatureSeries extends ReturnType<typeof fitSeries> {
  readonly feature: FeatureSet['features'][number];
  readonly layer: string;
  /** Of scenes that it lies in, whether clear or not. */
  readonly observations: readonly TimedObservation[];
}

async function fitAll(
  ctx: RunContext,
  { task, features, layers }: SeriesJob,
  observations: readonly TimedObservation[],
): Promise<FeatureSeries[]> {
  const own = new Map<string, TimedObservation[]>();
  for (const one of observations) {
    const key = `${one.layer}/${one.feature}`;
    const list = own.get(key);
    if (list === undefined) own.set(key, [one]);
    else list.push(one);
  }
  const series: FeatureSeries[] = [];
  for (const [layer, name] of layers.entries())
    for (const [index, feature] of features.features.entries()) {
      ctx.signal.throwIfAborted();
      const mine = own.get(`${layer}/${index}`) ?? [];
      const counting = mine.filter((one) => isUsed(one, feature, task));
      const fitted = await ctx.memory.hold(theilSenBytes(counting.length), () =>
        Promise.resolve(fitSeries(seriesValues(counting, task.combine), task)),
      );
      series.push({ ...fitted, feature, layer: name, observations: mine });
      ctx.progress('trends', series.length, layers.length * features.features.length, 'series');
    }
  return series;
}

/** Whether enough of a polygon is clear; of a point, whether there is a value. */
export function isUsed(
  { value, share }: TimedObservation,
  { geometry }: FeatureSet['features'][number],
  task: TimeSeriesTask,
): boolean {
  const isPoint = geometry.type === 'Point' || geometry.type === 'MultiPoint';
  return value !== null && (isPoint || share >= task.min_clear_share);
}

