import { AppError } from '../../../src-shared/errors.ts';
import type { Analysis, Bounds, RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { isSourceError } from '../../run/source-error.ts';
import { PolygonCoverage } from '../../vector/coverage.ts';
import { featureNames } from '../../vector/feature-names.ts';
import type { AreaGeometry, Feature } from '../../vector/features.ts';
import { isArea } from '../../vector/features.ts';
import type { LayerRaster } from '../../vector/open-layers.ts';
import { openLayers } from '../../vector/open-layers.ts';
import { readFeatures } from '../../vector/read-features.ts';
import { zoneWindows } from '../../vector/zone-windows.ts';
import { sumEstimates } from '../shared/estimate.ts';
import { planWindows } from '../shared/plan-windows.ts';
import { counted } from '../shared/words.ts';
import { zonalOutcome } from './zonal-statistics-outcome.ts';
import type { MeasuredRaster, ZonalJob, Zone, ZonedRaster } from './zonal-statistics-pass.ts';
import { passBytes, zonalPass } from './zonal-statistics-pass.ts';

/** Rows of the table: zones by bands of all rasters. */
const mostRows = 200_000;

/**
 * Area-weighted statistics of rasters within polygons: each pixel counts by the part of it that the zone covers, at full
 * resolution and on the raster's own grid. One pass a raster, block by block.
 */
export const zonalStatistics: Analysis = {
  async plan(ctx, input) {
    const { analysis } = ctx.task;
    if (analysis.type !== 'zonal_statistics' || input.kind !== 'rasters')
      throw new AppError('internal', 'zonal_statistics was given another task.');
    if (ctx.aoi !== null)
      throw new AppError(
        'invalid_task',
        'zonal_statistics takes its zones from inputs.features, not from inputs.aoi.',
        {
          remedy: 'Leave inputs.aoi out, and keep in the features what you want to know of.',
        },
      );
    const set = await readFeatures(ctx);
    const features = set.features.filter((one): one is Feature<AreaGeometry> => isArea(one.geometry));
    const names = featureNames(features, analysis.zone_id, 'zone_id');
    const zones = features.map((feature, index): Zone => ({ feature, name: names[index] ?? feature.name }));
    const { rasters, skipped } = await openLayers(ctx, input.places, analysis.bands);
    const rows = zones.length * rasters.reduce((sum, { bands }) => sum + bands.length, 0);
    if (rows > mostRows)
      throw new AppError('over_limit', `This run would write ${rows} rows of statistics; at most ${mostRows} are.`, {
        remedy: 'Choose fewer zones, rasters or bands.',
        details: { limit: 'rows', asked: rows, allowed: mostRows },
      });
    const zoned = zonedRasters(ctx, rasters, zones);
    const job: ZonalJob = { analysis, zones, rasters: zoned };
    return {
      bounds: await bounds(ctx, job),
      rasters: zoned.map(({ info }) => info),
      run: (outputs) => run(ctx, job, skipped + rasters.length - zoned.length, set.skipped, outputs),
    };
  },
};

/** Lays the zones on each raster. @throws AppError `bad_data` when no zone meets any of them */
function zonedRasters(ctx: RunContext, rasters: readonly LayerRaster[], zones: readonly Zone[]): ZonedRaster[] {
  const zoned: ZonedRaster[] = [];
  for (const raster of rasters) {
    const windows = zones.map(({ feature, name }) => {
      ctx.signal.throwIfAborted();
      try {
        return new PolygonCoverage(feature.geometry, raster.placed).window;
      } catch (cause) {
        if (!isSourceError(cause)) throw cause;
        ctx.warn(`${raster.place.name}: zone ${name} was left out: ${cause.message}`);
        return null;
      }
    });
    const missing = zones.filter((_, index) => windows[index] === null).map(({ name }) => name);
    if (missing.length === zones.length) {
      const message = `${raster.place.name} meets none of the ${zones.length} zones`;
      if (rasters.length > 1) ctx.warn(`${message} and was left out.`);
      else throw missesAll(`${message}.`);
      continue;
    }
    if (missing.length > 0)
      ctx.warn(
        `${raster.place.name} does not meet ${counted(missing.length, 'zone')}, which have no values there: ${missing.slice(0, 20).join(', ')}${missing.length > 20 ? ` and ${missing.length - 20} more` : ''}.`,
      );
    zoned.push({ ...raster, windows });
  }
  if (zoned.length === 0) throw missesAll('None of the rasters meets any of the zones.');
  return zoned;
}

function missesAll(message: string): AppError {
  return new AppError('bad_data', message, {
    remedy: 'Check that the features are in WGS 84 longitude and latitude, and that they lie on the raster.',
  });
}

async function bounds(ctx: RunContext, job: ZonalJob): Promise<Bounds> {
  const reads = [];
  for (const { place, info, bands, windows } of job.rasters)
    reads.push(
      await ctx.sources.use(place, (source) =>
        planWindows(
          source,
          bands,
          zoneWindows(info, windows).map(({ window }) => window),
          ctx.read,
        ),
      ),
    );
  const corners = job.zones.reduce((sum, { feature }) => sum + JSON.stringify(feature.geometry).length, 0);
  const layers = job.rasters.reduce((sum, { bands }) => sum + bands.length, 0);
  return {
    ...sumEstimates(reads),
    outputBytes: 1_000_000 + 3 * corners + job.zones.length * layers * 1_000,
    bufferBytes: Math.max(...job.rasters.map((raster) => passBytes(raster))),
    notes: job.rasters.map(
      ({ place, bands, windows }) =>
        `${place.name}: ${counted(bands.length, 'band')} within ${counted(windows.filter((one) => one !== null).length, 'zone')}`,
    ),
  };
}

async function run(ctx: RunContext, job: ZonalJob, rastersSkipped: number, zonesSkipped: number, outputs: Outputs) {
  const done: MeasuredRaster[] = [];
  let firstError: unknown;
  for (const raster of job.rasters) {
    try {
      done.push(await ctx.sources.use(raster.place, (source) => zonalPass(ctx, job, raster, source)));
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      firstError ??= cause;
      if (job.rasters.length > 1) ctx.warn(`${raster.place.name} was left out: ${cause.message}`);
    }
  }
  if (done.length === 0) throw firstError;
  return zonalOutcome(ctx, job, done, rastersSkipped + job.rasters.length - done.length, zonesSkipped, outputs);
}
