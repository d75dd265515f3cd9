import { AppError } from '../../../src-shared/errors.ts';
import { boundsTo, wgs84 } from '../../../src-raster/crs.ts';
import type { RasterInfo, Window } from '../../../src-raster/types.ts';
import type { Analysis, RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { isSourceError } from '../../run/source-error.ts';
import type { SceneItem } from '../../stac/item.ts';
import { drawItemQuicklook, maxQuicklooks } from './stac-preview-figures.ts';
import type { PreviewedItem } from './stac-preview-outcome.ts';
import { previewOutcome } from './stac-preview-outcome.ts';
import { sumEstimates } from '../shared/estimate.ts';
import { mapLimit } from '../shared/map-limit.ts';
import { planWindows } from '../shared/plan-windows.ts';
import { pixelWindow, unwrapped } from '../shared/pixel-window.ts';
import type { PreviewPlan } from '../shared/preview.ts';
import { planPreview, readPreview } from '../shared/preview.ts';
import { ReadSimulator } from '../shared/read-simulator.ts';
import type { Scene, SceneBand } from '../shared/scenes.ts';
import { openScenes, rastersOf, useBand } from '../shared/scenes.ts';
import { counted } from '../shared/words.ts';
import { areaBox } from '../../stac/footprint.ts';

interface BandJob {
  readonly band: SceneBand;
  readonly plan: PreviewPlan;
}

interface Job {
  readonly scene: Scene;
  /** Null where a band can't be previewed cheaply. */
  readonly bands: readonly (BandJob | null)[];
}

/** What a search finds, seen from afar: footprints, an item table, and pictures from the overviews of the asked bands. */
export const stacPreview: Analysis = {
  async plan(ctx, input) {
    const { analysis } = ctx.task;
    if (analysis.type !== 'stac_preview' || input.kind !== 'scenes')
      throw new AppError('internal', 'stac_preview was given another task.');
    const names = analysis.bands;
    const { scenes, skipped } = await openScenes(
      ctx,
      input.items,
      names.map((name) => [name]),
      undefined,
    );
    const jobs = scenes.map((scene) => ({ scene, bands: scene.bands.map((band) => bandJob(ctx, band)) }));
    const planned = jobs.flatMap(({ bands }) => bands.filter((one) => one !== null));
    const simulator = new ReadSimulator();
    const reads = await mapLimit(planned, 8, ({ band, plan }) =>
      useBand(ctx, band, (source) =>
        planWindows(source, [band.choice.band], [plan.window], ctx.read, simulator, plan.level),
      ),
    );
    return {
      bounds: {
        ...sumEstimates(reads),
        outputBytes: 1_000_000 + Math.min(jobs.length, maxQuicklooks) * 700_000,
        bufferBytes:
          Math.max(0, ...planned.map(({ plan: { window } }) => window.width * window.height * 10)) +
          names.length * 640 * 640 * 9,
        notes: [`Pictures of ${counted(jobs.length, 'item')} from overview pixels`],
      },
      rasters: rastersOf(scenes),
      run: (outputs) => run(ctx, input.items, jobs, names, skipped, outputs),
    };
  },
};

function bandJob(ctx: RunContext, band: SceneBand): BandJob | null {
  const plan = planPreview(band.info, previewWindow(ctx, band.info));
  return plan === null ? null : { band, plan };
}

/** The part of a raster inside the searched box or the area of interest; the whole where there is none or no CRS. */
function previewWindow(ctx: RunContext, info: RasterInfo): Window {
  const { crs, transform, width, height } = info;
  const { inputs } = ctx.task;
  const whole = { x: 0, y: 0, width, height };
  const box = ctx.aoi !== null ? areaBox(ctx.aoi) : 'stac_api' in inputs ? inputs.bbox : undefined;
  if (
    box === undefined ||
    crs === null ||
    crs.proj4 === null ||
    transform === null ||
    transform[1] !== 0 ||
    transform[3] !== 0
  )
    return whole;
  return pixelWindow(info, boundsTo(wgs84, unwrapped(box), crs)) ?? whole;
}

async function run(
  ctx: RunContext,
  items: readonly SceneItem[],
  jobs: readonly Job[],
  names: readonly string[],
  skippedBefore: number,
  outputs: Outputs,
) {
  const done: PreviewedItem[] = [];
  let firstError: unknown;
  for (const [index, job] of jobs.entries()) {
    try {
      done.push(await previewItem(ctx, job, names, done.length, outputs));
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      firstError ??= cause;
      ctx.warn(`The pixels of item ${job.scene.item.id} could not be read: ${cause.message}`);
    }
    ctx.progress('preview', index + 1, jobs.length, 'items');
  }
  if (done.length === 0) throw firstError;
  return previewOutcome(ctx, items, done, names, skippedBefore + jobs.length - done.length, outputs);
}

async function previewItem(
  ctx: RunContext,
  { scene, bands }: Job,
  names: readonly string[],
  index: number,
  outputs: Outputs,
): Promise<PreviewedItem> {
  ctx.signal.throwIfAborted();
  const previews = [];
  for (const [at, job] of bands.entries()) {
    const name = names[at] ?? '';
    if (job === null) ctx.warn(`Item ${scene.item.id}: ${name} has no overviews and is too large to be previewed.`);
    else {
      const preview = await useBand(ctx, job.band, (source) =>
        readPreview(ctx, source, job.band.choice.band, job.plan),
      );
      previews.push({ name, ...job, preview });
    }
  }
  const wanted = ctx.task.outputs.make_quicklook && index < maxQuicklooks && previews.length > 0;
  return { scene, previews, quicklook: wanted ? await drawItemQuicklook(ctx, outputs, scene, previews) : null };
}
