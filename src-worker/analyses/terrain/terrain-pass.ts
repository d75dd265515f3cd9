import type { Statistics } from '../../raster/stats.ts';
import { RunningStats } from '../../raster/stats.ts';
import type { RasterSource, Window } from '../../../src-raster/types.ts';
import { cellAreas } from '../../raster/cell-area.ts';
import { CogWriter } from '../../raster/cog/cog-writer.ts';
import { gridTiles } from '../../raster/grid.ts';
import type { RunContext } from '../../run/context.ts';
import type { OneRaster } from '../shared/one-raster.ts';
import { readWindow } from '../shared/one-raster.ts';
import { Thumbnail } from '../shared/thumbnail.ts';
import { mapMetadata } from '../shared/write-figures.ts';
import { DirectionCounts, SlopeClasses } from './terrain-classes.ts';
import type { Product, TerrainTask } from './terrain-products.ts';
import { computeProducts, productFacts, productUnit } from './terrain-products.ts';
import type { TerrainUnits } from './terrain-units.ts';

/** Side of the blocks that are computed at once, in pixels: two tiles of the output. */
export const blockSide = 1024;

export interface TerrainJob {
  readonly task: TerrainTask;
  readonly raster: OneRaster;
  readonly units: TerrainUnits;
}

export interface ComputedProduct {
  readonly statistics: Statistics;
  readonly thumbnail: Thumbnail;
}

export interface ComputedTerrain {
  readonly products: ReadonlyMap<Product, ComputedProduct>;
  readonly slopes: SlopeClasses | null;
  readonly directions: DirectionCounts | null;
}

/** The windows of the grid that are read, a pixel wider than what is computed from them. */
export function haloWindows({ grid }: OneRaster): Window[] {
  return gridTiles(grid, blockSide).map(({ x, y, width, height }) => ({
    x: x - 1,
    y: y - 1,
    width: width + 2,
    height: height + 2,
  }));
}

/** What a block takes in memory: elevations as float64, the products, and their validity. */
export function passBytes({ task, raster: { grid } }: TerrainJob): number {
  const pixels = Math.min(grid.width, blockSide) * Math.min(grid.height, blockSide);
  return pixels * (8 + 8 + 4 * task.products.length + 2);
}

/**
 * Computes all products block by block and writes each to its file. Equal to computing them over the whole raster at once,
 * because every block is read with the pixels around it.
 */
export async function terrainPass(
  ctx: RunContext,
  job: TerrainJob,
  source: RasterSource,
  files: readonly string[],
): Promise<ComputedTerrain> {
  const { task, raster, units } = job;
  const { grid, area } = raster;
  const writers = new Map<Product, CogWriter>();
  const stats = new Map(task.products.map((product) => [product, new RunningStats()]));
  const thumbnails = new Map(task.products.map((product) => [product, new Thumbnail(grid.width, grid.height)]));
  const slopes = task.products.includes('slope') ? new SlopeClasses(task.slope_unit) : null;
  const directions = task.products.includes('aspect') ? new DirectionCounts() : null;
  try {
    for (const [index, product] of task.products.entries())
      writers.set(product, await openWriter(ctx, job, product, files[index] ?? ''));
    const windows = gridTiles(grid, blockSide);
    const halos = haloWindows(raster);
    for (const [index, window] of windows.entries()) {
      ctx.signal.throwIfAborted();
      await ctx.memory.hold(passBytes(job), async () => {
        const values = await readWindow(ctx, raster, source, task.band, halos[index] ?? window, task.apply_scale);
        const { width, height } = window;
        const block = { width, height, values, edges: edgesOf(raster, window) };
        const { data, flat } = computeProducts(task, units, block, window.y);
        const inside = area?.read(window) ?? null;
        const areaOf = slopes === null && directions === null ? null : cellAreas(grid, window);
        for (const [product, pixels] of data) {
          const { nodata } = productFacts[product];
          if (inside !== null) for (let i = 0; i < pixels.length; i += 1) if (inside[i] === 0) pixels[i] = nodata;
          const valid = validOf(pixels, nodata);
          stats.get(product)?.add(pixels, valid);
          thumbnails.get(product)?.add(window, pixels, valid);
          if (product === 'slope' && areaOf !== null) slopes?.add(window, pixels, valid, areaOf);
          if (product === 'aspect' && areaOf !== null) directions?.add(window, pixels, valid, flat, inside, areaOf);
          await writers.get(product)?.writeWindow(1, window, pixels);
        }
      });
      ctx.progress('terrain', index + 1, windows.length, 'blocks');
    }
    for (const writer of writers.values()) await writer.finish();
  } catch (cause) {
    for (const writer of writers.values()) await writer.abort();
    throw cause;
  }
  const products = new Map<Product, ComputedProduct>();
  for (const [product, thumbnail] of thumbnails)
    products.set(product, { thumbnail, statistics: (stats.get(product) ?? new RunningStats()).result() });
  return { products, slopes, directions };
}

function openWriter(ctx: RunContext, { task, raster: { grid }, units }: TerrainJob, product: Product, file: string) {
  const { dtype, nodata, title } = productFacts[product];
  return CogWriter.open(file, {
    width: grid.width,
    height: grid.height,
    bandCount: 1,
    dtype,
    nodata,
    crs: grid.crs,
    transform: grid.transform,
    // The mean of directions is no direction.
    resampling: product === 'aspect' ? 'nearest' : 'average',
    bandDescriptions: [title],
    bandUnits: [unitName(productUnit(product, task, units))],
    metadata: mapMetadata(ctx),
  });
}

function validOf(pixels: ArrayLike<number>, nodata: number): Uint8Array<ArrayBuffer> {
  const valid = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 1) valid[i] = pixels[i] === nodata ? 0 : 1;
  return valid;
}

/** GDAL’s names of units (UNITTYPE). */
function unitName(sign: string | undefined): string {
  return sign === undefined ? '' : ({ '°': 'degree', '%': 'percent' }[sign] ?? sign);
}

/** Which sides of a window of the grid are the raster’s own edges; on a grid of the task none is known to be. */
function edgesOf({ offset, info }: OneRaster, { x, y, width, height }: Window) {
  return {
    top: offset !== null && y + offset.y === 0,
    left: offset !== null && x + offset.x === 0,
    bottom: offset !== null && y + offset.y + height === info.height,
    right: offset !== null && x + offset.x + width === info.width,
  };
}
