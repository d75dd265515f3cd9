import { CogWriter } from '../raster/cog/cog-writer.ts';
import { gridTiles } from '../raster/grid.ts';
import type { Statistics } from '../raster/stats.ts';
import { RunningStats } from '../raster/stats.ts';
import type { Window } from '../../src-raster/types.ts';
import type { RunContext } from '../run/context.ts';
import { AreaMask } from './shared/area-mask.ts';
import { cellAreas } from './shared/cell-areas.ts';
import { floatNodata, keepOffNodata, toFloat32 } from './shared/stored.ts';
import { Thumbnail } from './shared/thumbnail.ts';
import { mapMetadata } from './shared/write-figures.ts';
import type { ReduceJob } from './zarr-reduce-job.ts';
import type { Region } from './zarr-reduce-regions.ts';
import type { PlaneSpool } from './zarr-reduce-spool.ts';
import { cellsOf } from './zarr-reduce-spool.ts';

/** What a block of all bands may take as float32; it is there in the writer too, and as float64. */
const blockBytes = 4 * 1_048_576;
/** What is read back at once. */
const slabBytes = 4 * 1_048_576;
/** More pictures than this make a report nobody reads. */
const mostDrawn = 12;
/** Bytes of the largest thumbnail. */
const thumbnailBytes = 640 * 640 * 9;

/** One result over time in numbers. */
export interface StepFacts {
  readonly statistics: Statistics;
  /** Mean of the valid cells weighted with their areas; null without one. */
  readonly areaMean: number | null;
  /** Part of the grid's area (inside the area of interest) that is valid, 0..1. */
  readonly validArea: number;
}

export interface Mapped {
  readonly steps: readonly StepFacts[];
  /** Of the results that are drawn, by their number. */
  readonly thumbnails: ReadonlyMap<number, Thumbnail>;
  /** Cells of the grid inside the area of interest. */
  readonly cells: number;
  readonly moved: number;
}

/** Side of the blocks of a map with so many bands. */
export function mapBlock(bands: number): number {
  let side = 512;
  while (side > 16 && side * side * bands * 4 > blockBytes) side /= 2;
  return side;
}

/** Bytes that writing the map takes. */
export function mapBytes({ time }: Pick<ReduceJob, 'time'>): number {
  const bands = time.steps.length;
  const planes = bands + time.partCounts.length;
  return mapBlock(bands) ** 2 * (bands * 8 + planes * 8) + slabBytes + Math.min(bands, mostDrawn) * thumbnailBytes;
}

/** The results that are drawn: all, or some evenly spread with the first and the last. */
export function drawnSteps(count: number): number[] {
  if (count <= mostDrawn) return Array.from({ length: count }, (_, step) => step);
  return Array.from({ length: mostDrawn }, (_, index) => Math.round((index * (count - 1)) / (mostDrawn - 1)));
}

/** Writes the map, one band a result, from the spool block by block. Anomalies are taken here: results minus their part of the reference. */
export async function writeMap(
  ctx: RunContext,
  job: ReduceJob,
  regions: readonly Region[],
  spool: PlaneSpool,
  file: string,
): Promise<Mapped> {
  const { grid, time, analysis } = job;
  const count = time.steps.length;
  const stats = time.steps.map(() => new RunningStats());
  const [sums, weights] = [new Float64Array(count), new Float64Array(count)];
  const thumbnails = new Map(drawnSteps(count).map((step) => [step, new Thumbnail(grid.width, grid.height)]));
  const inArea = ctx.aoi === null ? null : new AreaMask(ctx.aoi, grid.crs, grid.transform);
  let [cells, area, moved] = [0, 0, 0];

  const writer = await CogWriter.open(file, {
    width: grid.width,
    height: grid.height,
    bandCount: count,
    dtype: 'float32',
    nodata: floatNodata,
    crs: grid.crs,
    transform: grid.transform,
    blockSize: mapBlock(count),
    resampling: 'average',
    bandDescriptions: time.steps.map(({ label }) => `${analysis.statistic} of ${job.variable.path}, ${label}`),
    metadata: mapMetadata(ctx),
  });
  try {
    const tiles = gridTiles(grid, mapBlock(count));
    for (const [index, tile] of tiles.entries()) {
      ctx.signal.throwIfAborted();
      await ctx.memory.hold(mapBytes(job), async () => {
        const values = await blockOf(job, regions, spool, tile);
        const inside = inArea?.read(tile) ?? null;
        const areas = cellAreas(grid, tile);
        const pixels = tile.width * tile.height;
        for (let i = 0; i < pixels; i += 1)
          if (inside === null || inside[i] === 1) {
            cells += 1;
            area += areas[i] ?? 0;
          }
        for (let step = 0; step < count; step += 1) {
          const band = values.subarray(step * pixels, (step + 1) * pixels);
          const valid = new Uint8Array(pixels);
          for (let i = 0; i < pixels; i += 1) {
            const value = band[i] ?? NaN;
            if (!Number.isFinite(value)) continue;
            valid[i] = 1;
            sums[step] = (sums[step] ?? 0) + value * (areas[i] ?? 0);
            weights[step] = (weights[step] ?? 0) + (areas[i] ?? 0);
          }
          moved += keepOffNodata(band, valid);
          const stored = toFloat32(band, valid);
          stats[step]?.add(stored, valid);
          thumbnails.get(step)?.add(tile, stored, valid);
          await writer.writeWindow(step + 1, tile, stored);
        }
      });
      ctx.progress('map', index + 1, tiles.length, 'blocks');
    }
    await writer.finish();
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
  const steps = stats.map((stat, step): StepFacts => {
    const weight = weights[step] ?? 0;
    return {
      statistics: stat.result(),
      areaMean: weight > 0 ? (sums[step] ?? 0) / weight : null,
      validArea: area > 0 ? weight / area : 0,
    };
  });
  return { steps, thumbnails, cells, moved };
}

/** All results of a block, one after the other, NaN where there is none. */
async function blockOf(
  job: ReduceJob,
  regions: readonly Region[],
  spool: PlaneSpool,
  tile: Window,
): Promise<Float64Array<ArrayBuffer>> {
  const { steps, partCounts } = job.time;
  const pixels = tile.width * tile.height;
  const planes = steps.length + partCounts.length;
  const values = new Float64Array(pixels * planes).fill(NaN);
  for (const region of regions) {
    const rows = within(region.rows, tile.y, tile.height);
    const columns = within(region.columns, tile.x, tile.width);
    if (rows.to <= rows.from || columns.to <= columns.from) continue;
    for await (const { plane, at, data } of slabs(region, spool, planes, rows)) {
      const width = region.columns.length;
      for (let row = rows.from; row < rows.to; row += 1) {
        const to = plane * pixels + ((region.rows[row] ?? 0) - tile.y) * tile.width - tile.x;
        const from = at + (row - rows.from) * width;
        for (let column = columns.from; column < columns.to; column += 1) {
          values[to + (region.columns[column] ?? 0)] = data[from + column] ?? NaN;
        }
      }
    }
  }
  for (let step = 0; partCounts.length > 0 && step < steps.length; step += 1) {
    const part = (steps.length + (steps[step]?.part ?? 0)) * pixels;
    for (let i = 0; i < pixels; i += 1)
      values[step * pixels + i] = (values[step * pixels + i] ?? NaN) - (values[part + i] ?? NaN);
  }
  return values;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Which of rising positions lie in a range. */
function within(positions: Int32Array, start: number, length: number): Span {
  const from = positions.findIndex((position) => position >= start);
  if (from < 0) return { from: 0, to: 0 };
  const end = positions.findIndex((position) => position >= start + length);
  return { from, to: end < 0 ? positions.length : end };
}

/** Reads what a block needs of a region: many small planes at once, of large ones only its rows. `at` is that of the first row. */
async function* slabs(
  region: Region,
  spool: PlaneSpool,
  planes: number,
  rows: Span,
): AsyncGenerator<{ plane: number; at: number; data: Float64Array }> {
  const cells = cellsOf(region);
  const atOnce = Math.floor(slabBytes / (cells * 8));
  if (atOnce < 1) {
    for (let plane = 0; plane < planes; plane += 1)
      yield { plane, at: 0, data: await spool.readRows(region, plane, rows.from, rows.to) };
    return;
  }
  for (let from = 0; from < planes; from += atOnce) {
    const to = Math.min(planes, from + atOnce);
    const data = await spool.read(region, from, to);
    for (let plane = from; plane < to; plane += 1)
      yield { plane, at: (plane - from) * cells + rows.from * region.columns.length, data };
  }
}
