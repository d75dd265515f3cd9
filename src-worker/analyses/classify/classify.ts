import type { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import type { Classify, ClassifyMethod } from '../../../src-shared/task/analyses/classify.ts';
import type { RasterInfo, RasterSource } from '../../../src-raster/types.ts';
import type { Analysis, Bounds, RunContext } from '../../run/context.ts';
import type { Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import { kMeans } from '../../statistics/k-means.ts';
import { PixelSample } from '../../statistics/pixel-sample.ts';
import { drawAreas, drawClasses } from './classify-figures.ts';
import { classEntries } from './classify-legend.ts';
import type { Clustering } from './classify-outcome.ts';
import { classifyOutcome } from './classify-outcome.ts';
import type { ClassifyJob } from './classify-pass.ts';
import { classifyPass, classifyWindows, visitPixels, windowBytes } from './classify-pass.ts';
import type { Rule } from './classify-rules.ts';
import {
  applyStandard,
  centreRule,
  centresInUnits,
  standardOf,
  thresholdRule,
  tooFewPoints,
} from './classify-rules.ts';
import { crsText } from '../shared/facts.ts';
import { checkBand, openOneRaster, planOneRaster } from '../shared/one-raster.ts';
import { counted, gridText } from '../shared/words.ts';

const mapPath = 'maps/classes.tif';

/**
 * Classes of a raster: one band between given limits, or k-means clusters over bands, found from a bounded random sample.
 * One uint8 COG with a palette, and the true area of every class.
 */
export const classify: Analysis = {
  async plan(ctx, input) {
    const { analysis: task } = ctx.task;
    if (task.type !== 'classify') throw new AppError('internal', 'classify was given another task.');
    const raster = await openOneRaster(ctx, input);
    const bands = chosenBands(task, raster.info);
    for (const band of bands) checkBand(band, raster);
    const job: ClassifyJob = { raster, bands, applyScale: task.apply_scale };
    return {
      bounds: await bounds(ctx, job, task.method),
      rasters: [raster.info],
      run: (outputs) => run(ctx, job, task.method, outputs),
    };
  },
};

/** @throws AppError `invalid_task` for thresholds on several bands, or a band named twice */
function chosenBands({ bands, method }: z.infer<typeof Classify>, info: RasterInfo): readonly number[] {
  const values = info.maskSource === 'alpha' ? info.bandCount - 1 : info.bandCount;
  const chosen = bands ?? Array.from({ length: values }, (_, i) => i + 1);
  if (new Set(chosen).size < chosen.length)
    throw new AppError('invalid_task', 'analysis.bands names a band twice.', { remedy: 'Name each band once.' });
  if ('breaks' in method && chosen.length !== 1)
    throw new AppError(
      'invalid_task',
      bands === undefined
        ? `Thresholds divide one band, and the raster has ${chosen.length}.`
        : `Thresholds divide one band, and analysis.bands names ${chosen.length}.`,
      { remedy: 'Give the one band in analysis.bands, such as bands: [1].' },
    );
  return chosen;
}

async function run(ctx: RunContext, job: ClassifyJob, method: ClassifyMethod, outputs: Outputs): Promise<Outcome> {
  const classes = classEntries(method);
  const { classified, clustering } = await ctx.sources.use(job.raster.place, async (source) => {
    const found = 'clusters' in method ? await findClusters(ctx, job, method, source) : null;
    const rule: Rule = found?.rule ?? thresholdRule('breaks' in method ? method.breaks : []);
    const made = await outputs.add(mapPath, (file) => classifyPass(ctx, job, source, classes, rule, file));
    return { classified: made, clustering: found?.clustering ?? null };
  });
  const quicklook = ctx.task.outputs.make_quicklook
    ? await drawClasses(ctx, outputs, job, classes, classified.thumbnail)
    : null;
  const chart = await drawAreas(ctx, outputs, job, classes, classified.counts);
  return classifyOutcome(ctx, { job, method, classes, classified, clustering, mapPath, quicklook, chart }, outputs);
}

/** Samples the raster and finds the centres. @throws AppError `bad_data` where there are too few different pixels */
async function findClusters(
  ctx: RunContext,
  job: ClassifyJob,
  method: Extract<ClassifyMethod, { clusters: number }>,
  source: RasterSource,
): Promise<{ rule: Rule; clustering: Clustering }> {
  const bands = job.bands.length;
  return ctx.memory.hold(PixelSample.bytes(method.sample, bands), async () => {
    const sample = new PixelSample(method.sample, bands, method.seed);
    await visitPixels(ctx, job, source, (pixel, values) => sample.offer(pixel, values));
    const points = sample.values();
    const standard = standardOf(points, bands, method.standardise);
    applyStandard(points, standard);
    const found = await kMeans(points, bands, {
      clusters: method.clusters,
      seed: method.seed,
      starts: method.starts,
      maxIterations: method.max_iterations,
      tolerance: method.tolerance,
      pause: async (start, iteration) => {
        ctx.progress(`k-means, start ${start} of ${method.starts}`, iteration, method.max_iterations, 'steps');
        // Lets the message that cancels the run come in.
        await new Promise((resume) => setImmediate(resume));
        ctx.signal.throwIfAborted();
      },
    });
    if (found === null) throw tooFewPoints(job.raster.place.name, method.clusters, points.length);
    if (!found.converged)
      ctx.warn(
        `K-means had not converged after ${found.iterations} steps: raise analysis.method.max_iterations or tolerance.`,
      );
    const { centres, inertia, iterations, converged, start } = found;
    return {
      rule: centreRule(centres, standard),
      clustering: {
        centres: centresInUnits(centres, standard),
        inertia,
        iterations,
        converged,
        start,
        sampled: points.length / bands,
        offered: sample.offered,
      },
    };
  });
}

async function bounds(ctx: RunContext, job: ClassifyJob, method: ClassifyMethod): Promise<Bounds> {
  const { raster, bands } = job;
  const { grid, place } = raster;
  const passes = 'clusters' in method ? 2 : 1;
  const windows = classifyWindows(job);
  const reads = await planOneRaster(ctx, raster, bands, Array.from({ length: passes }, () => windows).flat());
  const how = 'clusters' in method ? `${method.clusters} clusters` : `${method.breaks.length + 1} classes`;
  return {
    ...reads,
    outputBytes: Math.ceil(grid.width * grid.height * 1.4) + 1_500_000,
    bufferBytes:
      windowBytes(job, windows) + ('clusters' in method ? PixelSample.bytes(method.sample, bands.length) : 0),
    notes: [`${how} of ${counted(bands.length, 'band')} of ${place.name} on ${gridText(grid)} in ${crsText(grid.crs)}`],
  };
}
