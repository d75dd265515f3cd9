import { AppError } from '../../../src-shared/errors.ts';
import { parseInterval } from '../../../src-shared/task/fields.ts';
import type { Analysis, Bounds, RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { SceneItem } from '../../stac/item.ts';
import { timeText } from '../../stac/item.ts';
import { changeBounds, changeClasses } from './change-classes.ts';
import type { ChangeTask, Period, PeriodComposite, Periods } from './change-job.ts';
import { changeOutcome } from './change-outcome.ts';
import { classPass, countPass, differencePass, passBytesPerPixel } from './change-passes.ts';
import { infiniteText } from './change-words.ts';
import type { CompositeJob } from '../composite/composite-pass.ts';
import { blockSize, composeReadable, partsOf, passBytes, readsBackwards } from '../composite/composite-pass.ts';
import { sumEstimates } from '../shared/estimate.ts';
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
 * Two composites on one grid, their difference, and a map of where it is large. The difference is that of the written
 * composites and the classes are those of the written difference, so that every map follows from the others.
 */
export const changeDetection: Analysis = {
  async plan(ctx, input) {
    const { analysis } = ctx.task;
    if (analysis.type !== 'change_detection' || input.kind !== 'scenes')
      throw new AppError('internal', 'change_detection was given another task.');
    const spec = layersOf(analysis);
    const items = { before: itemsOf('before', analysis, input.items), after: itemsOf('after', analysis, input.items) };
    const wanted = [...items.before, ...items.after];
    if (wanted.length < input.items.length)
      ctx.log(`${input.items.length - wanted.length} of ${input.items.length} items lie in neither of the two times.`);
    const { scenes, skipped, target } = await openOnGrid(ctx, wanted, spec);
    const jobOf = (period: Period): CompositeJob => {
      const own = scenes.filter(({ item }) => items[period].includes(item));
      if (own.length === 0) throw unreadable(period, analysis);
      return { spec, method: analysis.method, grid: target.grid, scenes: own };
    };
    const jobs = { before: jobOf('before'), after: jobOf('after') };
    return {
      bounds: bounds(ctx, jobs),
      rasters: rastersOf(scenes),
      run: (outputs) => run(ctx, analysis, jobs, target, skipped, outputs),
    };
  },
};

/** @throws AppError `not_found` when no item lies in the period */
function itemsOf(period: Period, task: ChangeTask, items: readonly SceneItem[]): SceneItem[] {
  const { start, end } = parseInterval(task[period]) ?? { start: NaN, end: NaN };
  const own = items.filter((item) => item.start >= start && item.start <= end);
  if (own.length > 0) return own;
  const times = items.map((item) => item.start);
  throw new AppError(
    'not_found',
    `No item lies in the time ${period} (${task[period]}); the ${counted(items.length, 'item')} that were found lie between ${timeText(Math.min(...times))} and ${timeText(Math.max(...times))}.`,
    { remedy: `Correct analysis.${period}, or search a longer time and more items in inputs.` },
  );
}

function unreadable(period: Period, task: ChangeTask): AppError {
  return new AppError('bad_data', `No item of the time ${period} (${task[period]}) can be read.`, {
    remedy: `See the warnings, or choose another time for analysis.${period}.`,
  });
}

async function run(
  ctx: RunContext,
  task: ChangeTask,
  jobs: Periods<CompositeJob>,
  target: Target,
  skippedBefore: number,
  outputs: Outputs,
) {
  const { grid } = target;
  const before = await composePeriod(ctx, task, 'before', jobs.before, outputs);
  const after = await composePeriod(ctx, task, 'after', jobs.after, outputs);
  let file = '';
  const difference = await outputs.add('maps/difference.tif', (path) => {
    file = path;
    return differencePass(ctx, grid, { before: before.file, after: after.file }, task.difference, path);
  });
  if (difference.moved > 0) ctx.warn(movedText('maps/difference.tif', difference.moved));
  const lost = infiniteText(task.difference, difference.infinite);
  if (lost !== null) ctx.warn(lost);
  const counts = await countPass(ctx, grid, file, difference.sizes);
  const bounds = changeBounds(task.threshold, difference.statistics, counts);
  const names = changeClasses(task.threshold.method);
  const classes = await outputs.add('maps/change.tif', (path) => classPass(ctx, grid, file, names, bounds, path));
  const left = (period: PeriodComposite, job: CompositeJob) => job.scenes.length - period.job.scenes.length;
  const skipped = skippedBefore + left(before, jobs.before) + left(after, jobs.after);
  const result = { difference, histogram: counts.histogram(), bounds, classes };
  return changeOutcome(ctx, task, { before, after }, target, result, skipped, outputs);
}

/** Writes the composite of a period. */
async function composePeriod(
  ctx: RunContext,
  task: ChangeTask,
  period: Period,
  job: CompositeJob,
  outputs: Outputs,
): Promise<PeriodComposite> {
  const path = `maps/${period}.tif`;
  const made = await outputs.add(path, async (file) => ({
    ...(await composeReadable(ctx, job, file, () => unreadable(period, task))),
    file,
  }));
  if (made.computed.moved > 0) ctx.warn(movedText(path, made.computed.moved));
  return { ...made, path };
}

function bounds(ctx: RunContext, jobs: Periods<CompositeJob>): Bounds {
  const both = [jobs.before, jobs.after];
  const { grid } = jobs.before;
  const block = { width: Math.min(grid.width, blockSize), height: Math.min(grid.height, blockSize) };
  const held = both.map((job) => passBytes(job, block.width, block.height));
  return {
    ...sumEstimates(
      both.map((job) =>
        planReads(plannedRasters(job.scenes, resamplingOf(ctx)), grid, partsOf(job, ctx.memory.free), (partsBefore) =>
          readsBackwards(job, partsBefore),
        ),
      ),
    ),
    outputBytes: Math.ceil(grid.width * grid.height * 13 * 1.4) + 3_000_000,
    bufferBytes: Math.min(ctx.memory.bytes, Math.max(...held, block.width * block.height * passBytesPerPixel)),
    notes: [
      `${capitalised(jobs.before.method)} of ${counted(jobs.before.scenes.length, 'item')} before and ${jobs.after.scenes.length} after on ${gridText(grid)} in ${crsText(grid.crs)}`,
    ],
  };
}
