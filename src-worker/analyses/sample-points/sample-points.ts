import { AppError } from '../../../src-shared/errors.ts';
import type { Analysis, Bounds, RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { isSourceError } from '../../run/source-error.ts';
import { featureNames } from '../../vector/feature-names.ts';
import type { Feature, PointGeometry } from '../../vector/features.ts';
import { isArea } from '../../vector/features.ts';
import type { LayerRaster } from '../../vector/open-layers.ts';
import { openLayers } from '../../vector/open-layers.ts';
import { pointPlacer } from '../../vector/place-points.ts';
import { readFeatures } from '../../vector/read-features.ts';
import { sampleOutcome } from './sample-points-outcome.ts';
import type { PointRaster, SampleJob, SamplePoint, SampledRaster } from './sample-points-pass.ts';
import { pointWindows, sampleBytes, samplePass } from './sample-points-pass.ts';
import { sumEstimates } from '../shared/estimate.ts';
import { planWindows } from '../shared/plan-windows.ts';
import { counted } from '../shared/words.ts';

/** Rows of the table: points by bands of all rasters. */
const mostRows = 1_000_000;

/** The values of rasters at points, at full resolution and on the raster's own grid. Only blocks that hold points are read. */
export const samplePoints: Analysis = {
  async plan(ctx, input) {
    const { analysis } = ctx.task;
    if (analysis.type !== 'sample_points' || input.kind !== 'rasters')
      throw new AppError('internal', 'sample_points was given another task.');
    if (ctx.aoi !== null)
      throw new AppError('invalid_task', 'sample_points takes its points from inputs.features, not from inputs.aoi.', {
        remedy: 'Leave inputs.aoi out, and keep in the features the points that you want.',
      });
    const set = await readFeatures(ctx);
    const points = positionsOf(set.features, featureNames(set.features, analysis.point_id, 'point_id'));
    const { rasters, skipped } = await openLayers(ctx, input.places, analysis.bands);
    const rows = points.length * rasters.reduce((sum, { bands }) => sum + bands.length, 0);
    if (rows > mostRows)
      throw new AppError('over_limit', `This run would write ${rows} values; at most ${mostRows} are.`, {
        remedy: 'Choose fewer points, rasters or bands.',
        details: { limit: 'rows', asked: rows, allowed: mostRows },
      });
    const laid = layPoints(ctx, rasters, points, analysis.method);
    const job: SampleJob = { analysis, points, rasters: laid };
    return {
      bounds: await bounds(ctx, job),
      rasters: laid.map(({ info }) => info),
      run: (outputs) => run(ctx, job, skipped + rasters.length - laid.length, set.skipped, outputs),
    };
  },
};

function positionsOf(features: readonly Feature[], names: readonly string[]): SamplePoint[] {
  return features.flatMap((feature, index) => {
    const { geometry } = feature;
    if (isArea(geometry)) return [];
    const own: Feature<PointGeometry> = { ...feature, geometry };
    const positions = geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates;
    return positions.map(([longitude, latitude]) => ({
      feature: own,
      name: names[index] ?? feature.name,
      longitude,
      latitude,
    }));
  });
}

/** @throws AppError `bad_data` when no point lies on any of the rasters */
function layPoints(
  ctx: RunContext,
  rasters: readonly LayerRaster[],
  points: readonly SamplePoint[],
  method: 'nearest' | 'bilinear',
): PointRaster[] {
  const laid: PointRaster[] = [];
  for (const raster of rasters) {
    const place = pointPlacer(raster.placed, method);
    const spots = points.map(({ longitude, latitude }) => place(longitude, latitude));
    const outside = points.filter((_, i) => spots[i] === null).map(({ name }) => name);
    if (outside.length === points.length) {
      const message = `None of the ${counted(points.length, 'point')} lies on ${raster.place.name}`;
      if (rasters.length > 1) ctx.warn(`${message}; it was left out.`);
      else throw missesAll(`${message}.`);
      continue;
    }
    if (outside.length > 0)
      ctx.warn(
        `${counted(outside.length, 'point')} outside ${raster.place.name}, without a value there: ${outside.slice(0, 20).join(', ')}${outside.length > 20 ? ` and ${outside.length - 20} more` : ''}.`,
      );
    laid.push({ ...raster, spots });
  }
  if (laid.length === 0) throw missesAll('None of the points lies on any of the rasters.');
  return laid;
}

function missesAll(message: string): AppError {
  return new AppError('bad_data', message, {
    remedy: 'Check that the features are in WGS 84 longitude and latitude, and that they lie on the raster.',
  });
}

async function bounds(ctx: RunContext, job: SampleJob): Promise<Bounds> {
  const reads = [];
  for (const raster of job.rasters)
    reads.push(
      await ctx.sources.use(raster.place, (source) =>
        planWindows(
          source,
          raster.bands,
          pointWindows(raster).map(({ window }) => window),
          ctx.read,
        ),
      ),
    );
  const layers = job.rasters.reduce((sum, { bands }) => sum + bands.length, 0);
  return {
    ...sumEstimates(reads),
    outputBytes: 1_000_000 + job.points.length * layers * 400,
    bufferBytes: Math.max(...job.rasters.map(sampleBytes)),
    notes: job.rasters.map(
      ({ place, bands, spots }) =>
        `${place.name}: ${counted(bands.length, 'band')} at ${counted(spots.filter((one) => one !== null).length, 'point')}`,
    ),
  };
}

async function run(ctx: RunContext, job: SampleJob, rastersSkipped: number, featuresSkipped: number, outputs: Outputs) {
  const done: SampledRaster[] = [];
  let firstError: unknown;
  for (const raster of job.rasters) {
    try {
      done.push(await ctx.sources.use(raster.place, (source) => samplePass(ctx, job, raster, source)));
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      firstError ??= cause;
      if (job.rasters.length > 1) ctx.warn(`${raster.place.name} was left out: ${cause.message}`);
    }
  }
  if (done.length === 0) throw firstError;
  return sampleOutcome(ctx, job, done, rastersSkipped + job.rasters.length - done.length, featuresSkipped, outputs);
}
