import { AppError } from '../../../src-shared/errors.ts';
import type { Analysis, Bounds, RunContext } from '../../run/context.ts';
import type { Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import { crsText } from '../shared/facts.ts';
import type { OneRaster } from '../shared/one-raster.ts';
import { checkBand, openOneRaster, planOneRaster } from '../shared/one-raster.ts';
import { gridText } from '../shared/words.ts';
import { drawCharts, drawProduct } from './terrain-figures.ts';
import { terrainOutcome } from './terrain-outcome.ts';
import type { TerrainMap } from './terrain-outcome.ts';
import type { ComputedTerrain, TerrainJob } from './terrain-pass.ts';
import { haloWindows, passBytes, terrainPass } from './terrain-pass.ts';
import { productFacts } from './terrain-products.ts';
import { terrainUnits } from './terrain-units.ts';

/**
 * Slope, aspect, hillshade and measures of roughness of an elevation model: a COG each, on the task's grid or else the
 * raster's own, cut to the area of interest. Equal to gdaldem where that knows the units; block by block with a margin.
 */
export const terrain: Analysis = {
  async plan(ctx, input) {
    const { analysis: task } = ctx.task;
    if (task.type !== 'terrain') throw new AppError('internal', 'terrain was given another task.');
    const raster = await openOneRaster(ctx, input);
    checkBand(task.band, raster);
    if (ctx.task.grid?.resampling === 'nearest' && needsSmoothing(raster))
      ctx.warn(
        'Elevation that is resampled by nearest neighbour has steps, which show as stripes of slope: set grid.resampling to bilinear or cubic.',
      );
    const units = terrainUnits(ctx, task, raster.info, raster.grid);
    const job: TerrainJob = { task, raster, units };
    return { bounds: await bounds(ctx, job), rasters: [raster.info], run: (outputs) => run(ctx, job, outputs) };
  },
};

/** Whether nearest pixels of the raster make steps on the grid: it is turned, in another CRS, or has less than a pixel to a cell. */
function needsSmoothing({ info: { crs, transform }, grid, offset }: OneRaster): boolean {
  if (offset !== null) return false;
  if (crs?.code !== grid.crs.code || transform?.[1] !== 0) return true;
  const finer = 1 - 1e-6;
  return grid.resolution[0] < finer * Math.abs(transform[0]) || grid.resolution[1] < finer * Math.abs(transform[4]);
}

async function run(ctx: RunContext, job: TerrainJob, outputs: Outputs): Promise<Outcome> {
  const { products } = job.task;
  const paths = products.map((product) => `maps/${product}.tif`);
  /** Every map is an output of its own, whole or not there: they are made together inside one another’s making. */
  const within = (files: readonly string[]): Promise<ComputedTerrain> => {
    const path = paths[files.length];
    if (path !== undefined) return outputs.add(path, (file) => within([...files, file]));
    return ctx.sources.use(job.raster.place, (source) => terrainPass(ctx, job, source, files));
  };
  const computed = await within([]);
  const maps: TerrainMap[] = [];
  for (const [index, product] of products.entries()) {
    const made = computed.products.get(product);
    const draws = ctx.task.outputs.make_quicklook && made !== undefined;
    const quicklook = draws ? await drawProduct(ctx, outputs, job, product, made) : null;
    maps.push({ product, path: paths[index] ?? '', quicklook });
  }
  const figures = await drawCharts(ctx, outputs, job, computed);
  return terrainOutcome(ctx, job, computed, maps, figures, outputs);
}

async function bounds(ctx: RunContext, job: TerrainJob): Promise<Bounds> {
  const { raster, task } = job;
  const { grid } = raster;
  const bytesPerPixel = task.products.reduce(
    (sum, product) => sum + (productFacts[product].dtype === 'uint8' ? 1 : 4),
    0,
  );
  return {
    ...(await planOneRaster(ctx, raster, [task.band], haloWindows(raster))),
    outputBytes: Math.ceil(grid.width * grid.height * bytesPerPixel * 1.4) + task.products.length * 800_000 + 200_000,
    bufferBytes: passBytes(job),
    notes: [`${task.products.join(', ')} of ${raster.place.name} on ${gridText(grid)} in ${crsText(grid.crs)}`],
  };
}
