import type { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import type { Composite } from '../../../src-shared/task/analyses.ts';
import type { Analysis, Bounds, RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { compositeOutcome } from './composite-outcome.ts';
import type { CompositeJob } from './composite-pass.ts';
import { blockSize, composeReadable, partsOf, passBytes, readsBackwards } from './composite-pass.ts';
import { crsText } from '../shared/facts.ts';
import { layersOf } from '../shared/layers.ts';
import { plannedRasters, planReads } from '../shared/plan-reads.ts';
import { resamplingOf } from '../shared/resampling.ts';
import { rastersOf } from '../shared/scenes.ts';
import { openOnGrid } from '../shared/scenes-on-grid.ts';
import { movedText } from '../shared/stored.ts';
import type { Target } from '../shared/target-grid.ts';
import { capitalised, counted, gridText } from '../shared/words.ts';

/**
 * A statistic over time of bands or an index, per pixel of one target grid, block by block. Memory is
 * bounded by the block: the observations for a median of many scenes go through a file.
 */
export const composite: Analysis = {
  async plan(ctx, input) {
    const { analysis } = ctx.task;
    if (analysis.type !== 'composite' || input.kind !== 'scenes')
      throw new AppError('internal', 'composite was given another task.');
    const spec = layersOf(analysis);
    const { scenes, skipped, target } = await openOnGrid(ctx, input.items, spec);
    const job = { spec, method: analysis.method, grid: target.grid, scenes };
    return {
      bounds: bounds(ctx, job),
      rasters: rastersOf(scenes),
      run: (outputs) => run(ctx, analysis, job, target, skipped, outputs),
    };
  },
};

async function run(
  ctx: RunContext,
  analysis: z.infer<typeof Composite>,
  job: CompositeJob,
  target: Target,
  skippedBefore: number,
  outputs: Outputs,
) {
  const path = `maps/${analysis.method}_${analysis.index ?? 'bands'}.tif`;
  const made = await outputs.add(path, (file) => composeReadable(ctx, job, file, (first) => first));
  const { computed } = made;
  // Their blocks are not needed any more; figures need room of their own.
  await ctx.sources.close();
  if (computed.moved > 0) ctx.warn(movedText(path, computed.moved));
  const skipped = skippedBefore + job.scenes.length - made.job.scenes.length;
  return compositeOutcome(ctx, analysis, made.job, target, computed, skipped, path, outputs);
}

function bounds(ctx: RunContext, job: CompositeJob): Bounds {
  const { grid, scenes, spec } = job;
  const block = { width: Math.min(grid.width, blockSize), height: Math.min(grid.height, blockSize) };
  return {
    ...planReads(plannedRasters(scenes, resamplingOf(ctx)), grid, partsOf(job, ctx.memory.free), (before) =>
      readsBackwards(job, before),
    ),
    outputBytes: Math.ceil(grid.width * grid.height * spec.names.length * 4 * 1.4) + 2_000_000,
    bufferBytes: Math.min(ctx.memory.bytes, passBytes(job, block.width, block.height, ctx.memory.free)),
    notes: [
      `${capitalised(job.method)} of ${counted(scenes.length, 'item')} on ${gridText(grid)} in ${crsText(grid.crs)}`,
    ],
  };
}
