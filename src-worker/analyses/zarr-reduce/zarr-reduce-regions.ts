import type { Window } from '../../../src-raster/types.ts';
import type { RunContext } from '../../run/context.ts';
import type { AxisLayout } from '../../zarr/regular-axis.ts';
import { AreaMask } from '../shared/area-mask.ts';
import type { ReduceJob } from './zarr-reduce-job.ts';

/** Cells of the output that lie in one column of chunks: what is accumulated at a time, so that every chunk is read once. */
export interface Region {
  /** Position of the chunks in y and x. */
  readonly chunkY: number;
  readonly chunkX: number;
  /** Rows and columns of the output, rising, and where each lies inside the chunk. */
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly yInChunk: Int32Array;
  readonly xInChunk: Int32Array;
  /** Cells of the regions before it. */
  readonly before: number;
}

interface Part {
  readonly chunk: number;
  readonly out: Int32Array;
  readonly inChunk: Int32Array;
}

/**
 * The regions in row-major order of their chunks, those of one shard after each other so that its index is wanted no longer
 * than needed; without those that have no cell inside the area of interest.
 */
export function regionsOf(ctx: RunContext, { variable, at, rows, columns, grid }: ReduceJob): Region[] {
  const { chunks, shards } = variable.facts;
  const inShards = (layout: AxisLayout, axis: number) => {
    const [side, shard] = [chunks[axis] ?? 1, shards?.[axis] ?? Infinity];
    return [...Map.groupBy(parts(layout, side), ({ chunk }) => Math.floor((chunk * side) / shard)).values()];
  };
  const acrosses = inShards(columns, at.x);
  const pairs = inShards(rows, at.y).flatMap((shardDowns) =>
    acrosses.flatMap((shardAcrosses) =>
      shardDowns.flatMap((down) => shardAcrosses.map((across) => [down, across] as const)),
    ),
  );
  const area = ctx.aoi === null ? null : new AreaMask(ctx.aoi, grid.crs, grid.transform);
  let before = 0;
  return pairs.flatMap(([down, across]) => {
    const region: Region = {
      chunkY: down.chunk,
      chunkX: across.chunk,
      rows: down.out,
      columns: across.out,
      yInChunk: down.inChunk,
      xInChunk: across.inChunk,
      before,
    };
    if (area !== null && !insideOf(area, region).includes(1)) return [];
    before += down.out.length * across.out.length;
    return [region];
  });
}

/** 1 for the cells of a region inside the area, in the region's own order. */
export function insideOf(area: AreaMask, { rows, columns }: Region): Uint8Array<ArrayBuffer> {
  const [x, y] = [columns[0] ?? 0, rows[0] ?? 0];
  const window: Window = { x, y, width: (columns.at(-1) ?? 0) - x + 1, height: (rows.at(-1) ?? 0) - y + 1 };
  const mask = area.read(window);
  const inside = new Uint8Array(rows.length * columns.length);
  rows.forEach((row, i) => {
    columns.forEach((column, j) => {
      inside[i * columns.length + j] = mask[(row - y) * window.width + column - x] ?? 0;
    });
  });
  return inside;
}

function parts({ source }: AxisLayout, size: number): Part[] {
  const found = new Map<number, number[]>();
  source.forEach((at, out) => {
    if (at < 0) return;
    const chunk = Math.floor(at / size);
    const list = found.get(chunk) ?? [];
    found.set(chunk, list);
    list.push(out);
  });
  return [...found.entries()]
    .sort(([a], [b]) => a - b)
    .map(([chunk, out]) => ({
      chunk,
      out: Int32Array.from(out),
      inChunk: Int32Array.from(out, (one) => (source[one] ?? 0) - chunk * size),
    }));
}

/** The chunks along time that hold a time step of the result or of the reference, rising. */
export function timeChunks({ variable, at, time }: ReduceJob): number[] {
  const size = variable.facts.chunks[at.time] ?? 1;
  const used = new Set<number>();
  time.stepOf.forEach((step, index) => {
    if (step >= 0 || (time.partOf[index] ?? -1) >= 0) used.add(Math.floor(index / size));
  });
  return [...used].sort((a, b) => a - b);
}

/** Position of a chunk in the variable's grid of chunks. */
export function chunkPosition(
  { variable, at, fixed }: ReduceJob,
  timeChunk: number,
  { chunkY, chunkX }: Pick<Region, 'chunkX' | 'chunkY'>,
): number[] {
  return variable.facts.chunks.map((size, axis) => {
    if (axis === at.time) return timeChunk;
    if (axis === at.y) return chunkY;
    return axis === at.x ? chunkX : Math.floor((fixed.get(axis) ?? 0) / size);
  });
}
