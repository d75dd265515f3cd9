import { AppError } from '../../../src-shared/errors.ts';
import type { Analysis, Bounds, RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { Outcome } from '../../run/messages.ts';
import type { Place } from '../../run/places.ts';
import { chunkCosts } from '../../zarr/chunk-costs.ts';
import { ZarrStore } from '../../zarr/zarr-store.ts';
import { movedText } from '../shared/stored.ts';
import { counted, gridText } from '../shared/words.ts';
import type { ReduceJob } from './zarr-reduce-job.ts';
import { reduceJob } from './zarr-reduce-job.ts';
import { mapBytes, writeMap } from './zarr-reduce-maps.ts';
import { reduceOutcome } from './zarr-reduce-outcome.ts';
import { passBytes, planesOf, reducePass } from './zarr-reduce-pass.ts';
import type { Region } from './zarr-reduce-regions.ts';
import { chunkPosition, regionsOf, timeChunks } from './zarr-reduce-regions.ts';
import { PlaneSpool } from './zarr-reduce-spool.ts';
import { reductionText } from './zarr-reduce-words.ts';

/**
 * A statistic over time of an array in a Zarr store: by year, season or month, as a climatology, or as anomalies. Every
 * chunk that holds a wanted cell and time step is read once; memory is bounded by one column of chunks along time, not by
 * the length of the record.
 */
export const zarrReduce: Analysis = {
  async plan(ctx, input) {
    const { analysis } = ctx.task;
    if (analysis.type !== 'zarr_reduce' || input.kind !== 'zarr')
      throw new AppError('internal', 'zarr_reduce was given another task.');
    const store = await ZarrStore.open(input.store, ctx);
    const job = await reduceJob(ctx, store, analysis);
    const regions = regionsOf(ctx, job);
    if (regions.length === 0)
      throw new AppError('bad_data', `No cell centre of ${store.name} lies in the area of interest.`, {
        remedy: 'Choose an area that the store covers, and not a smaller one than its cells.',
      });
    return {
      bounds: await bounds(ctx, job, regions, input.store),
      rasters: [],
      attributes: job.attributes,
      run: (outputs) => run(ctx, job, regions, outputs),
    };
  },
};

const nowhere = { chunkX: 0, chunkY: 0 };

async function bounds(ctx: RunContext, job: ReduceJob, regions: readonly Region[], store: Place): Promise<Bounds> {
  const times = timeChunks(job);
  const position = (time: number, column: number) => chunkPosition(job, time, regions[column] ?? nowhere);
  const plan = { columns: regions.length, times, position };
  const costs = await chunkCosts(ctx, job.variable, plan, store.root !== null);
  const chunks = regions.length * times.length;
  ctx.sources.note({ name: job.store.name, bytes: costs.readBytes });
  const { grid, time } = job;
  const bands = time.steps.length;
  return {
    readBytes: costs.readBytes,
    requests: costs.requests,
    pixels: chunks * job.variable.chunkValues,
    outputBytes: Math.ceil(grid.width * grid.height * bands * 4 * 1.4) + 2_000_000 + bands * 4_096,
    bufferBytes: Math.min(ctx.memory.bytes, Math.max(passBytes(job, regions, ctx.memory.free), mapBytes(job))),
    notes: [
      `${reductionText(job)}: ${counted(bands, 'result')} on ${gridText(grid)}, from ${counted(chunks, 'chunk')}${costs.exact ? '' : '; their sizes are estimated from some of them'}`,
    ],
  };
}

async function run(ctx: RunContext, job: ReduceJob, regions: readonly Region[], outputs: Outputs): Promise<Outcome> {
  const { analysis, variable } = job;
  const what = analysis.reference === undefined ? analysis.statistic : 'anomaly';
  const path = `maps/${ctx.names.stem(`${what}_${variable.path.replaceAll('/', '_')}`)}.tif`;
  const mapped = await outputs.add(path, async (file) => {
    const spool = await PlaneSpool.open(`${file}.steps`, planesOf(job));
    try {
      await reducePass(ctx, job, regions, spool);
      return await writeMap(ctx, job, regions, spool, file);
    } finally {
      await spool.discard();
    }
  });
  if (mapped.moved > 0) ctx.warn(movedText(path, mapped.moved));
  warnGaps(ctx, job);
  return reduceOutcome(ctx, job, mapped, path, outputs);
}

/** Says where an anomaly has nothing to be compared with. */
function warnGaps(ctx: RunContext, { time, analysis }: ReduceJob): void {
  if (analysis.reference === undefined) return;
  const without = time.steps.filter(({ part }) => (time.partCounts[part] ?? 0) === 0).map(({ label }) => label);
  if (without.length > 0)
    ctx.warn(
      `${counted(without.length, 'result')} without a value, because the reference period has no such time step: ${without.slice(0, 20).join(', ')}${without.length > 20 ? ', …' : ''}.`,
    );
}
