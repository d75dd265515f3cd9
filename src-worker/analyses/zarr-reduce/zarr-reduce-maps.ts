import { CogWriter } from '../../raster/cog/cog-writer.ts';
import type { Grid } from '../../raster/grid.ts';
import { gridTiles } from '../../raster/grid.ts';
import type { Statistics } from '../../raster/stats.ts';
import { RunningStats } from '../../raster/stats.ts';
import type { Window } from '../../../src-raster/types.ts';
import type { RunContext } from '../../run/context.ts';
import { AreaMask } from '../shared/area-mask.ts';
import { floatNodata, keepOffNodata, toFloat32 } from '../shared/stored.ts';
import { Thumbnail } from '../shared/thumbnail.ts';
import { mapMetadata } from '../shared/write-figures.ts';
import { cellWeights } from './cell-weights.ts';
import type { ReduceJob } from './zarr-reduce-job.ts';
import type { Region } from './zarr-reduce-regions.ts';
import type { PlaneSpool } from './zarr-reduce-spool.ts';
import { cellsOf } from './zarr-reduce-spool.ts';
import { bandName } from './zarr-reduce-words.ts';

const largestBlock = 256;
/** Results of a block that are in hand at once, as float64. */
const groupBytes = 8 * 1_048_576;
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

/** Side of the blocks of a map: every band has its own, so those of a small grid are small. */
export function mapBlock({ width, height }: Pick<Grid, 'width' | 'height'>): number {
  let side = 16;
  while (side < largestBlock && side < Math.max(width, height)) side *= 2;
  return side;
}

/** Bytes that writing the map takes. */
export function mapBytes({ grid, time }: Pick<ReduceJob, 'grid' | 'time'>): number {
  const parts = mapBlock(grid) ** 2 * 8 * (time.partCounts.length + 2);
  return groupBytes + parts + slabBytes + Math.min(time.steps.length, mostDrawn) * thumbnailBytes;
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
  const { grid, time } = job;
  const count = time.steps.length;
  const planes = count + time.partCounts.length;
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
    blockSize: mapBlock(grid),
    interleave: 'band',
    resampling: 'average',
    ...(job.unit !== null && { bandUnits: time.steps.map(() => job.unit ?? '') }),
    bandDescriptions: time.steps.map(({ label }) => bandName(job, label)),
    metadata: mapMetadata(ctx),
  });
  try {
    const tiles = gridTiles(grid, mapBlock(grid));
    for (const [index, tile] of tiles.entries()) {
      ctx.signal.throwIfAborted();
      await ctx.memory.hold(mapBytes(job), async () => {
        const parts = await planesIn(regions, spool, tile, count, planes);
        const inside = inArea?.read(tile) ?? null;
        const areas = cellWeights(grid, tile);
        const pixels = tile.width * tile.height;
        for (let i = 0; i < pixels; i += 1)
          if (inside === null || inside[i] === 1) {
            cells += 1;
            area += areas[i] ?? 0;
          }
        const atOnce = Math.max(1, Math.floor(groupBytes / (pixels * 8)));
        for (let from = 0; from < count; from += atOnce) {
          const group = await planesIn(regions, spool, tile, from, Math.min(count, from + atOnce));
          for (let step = from; step < Math.min(count, from + atOnce); step += 1) {
            const band = group.subarray((step - from) * pixels, (step - from + 1) * pixels);
            if (time.partCounts.length > 0) subtract(band, parts, (time.steps[step]?.part ?? 0) * pixels);
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

/** Takes an anomaly: values minus those of a part of the reference period. */
function subtract(values: Float64Array, parts: Float64Array, from: number): void {
  for (let i = 0; i < values.length; i += 1) values[i] = (values[i] ?? NaN) - (parts[from + i] ?? NaN);
}

/** Planes `start` to `end` of a block, one after the other, NaN where there is no value. */
async function planesIn(
  regions: readonly Region[],
  spool: PlaneSpool,
  tile: Window,
  start: number,
  end: number,
): Promise<Float64Array<ArrayBuffer>> {
  const pixels = tile.width * tile.height;
  const values = new Float64Array(pixels * (end - start)).fill(NaN);
  for (const region of regions) {
    const rows = within(region.rows, tile.y, tile.height);
    const columns = within(region.columns, tile.x, tile.width);
    if (rows.to <= rows.from || columns.to <= columns.from) continue;
    for await (const { plane, at, data } of slabs(region, spool, start, end, rows)) {
      const width = region.columns.length;
      for (let row = rows.from; row < rows.to; row += 1) {
        const to = (plane - start) * pixels + ((region.rows[row] ?? 0) - tile.y) * tile.width - tile.x;
        const from = at + (row - rows.from) * width;
        for (let column = columns.from; column < columns.to; column += 1)
          values[to + (region.columns[column] ?? 0)] = data[from + column] ?? NaN;
      }
    }
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
  start: number,
  end: number,
  rows: Span,
): AsyncGenerator<{ plane: number; at: number; data: Float64Array }> {
  const cells = cellsOf(region);
  const atOnce = Math.floor(slabBytes / (cells * 8));
  if (atOnce < 1) {
    for (let plane = start; plane < end; plane += 1)
      yield { plane, at: 0, data: await spool.readRows(region, plane, rows.from, rows.to) };
    return;
  }
  for (let from = start; from < end; from += atOnce) {
    const to = Math.min(end, from + atOnce);
    const data = await spool.read(region, from, to);
    for (let plane = from; plane < to; plane += 1)
      yield { plane, at: (plane - from) * cells + rows.from * region.columns.length, data };
  }
}
