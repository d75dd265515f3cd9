import type { AppError } from '../../src-shared/errors.ts';
import { CogWriter } from '../raster/cog/cog-writer.ts';
import type { Grid } from '../raster/grid.ts';
import { gridTiles } from '../raster/grid.ts';
import type { Statistics } from '../raster/stats.ts';
import { RunningStats } from '../raster/stats.ts';
import type { Window } from '../../src-raster/types.ts';
import type { RunContext } from '../run/context.ts';
import { isSourceError } from '../run/source-error.ts';
import { AreaMask } from './shared/area-mask.ts';
import type { LayerPixels, LayerSpec } from './shared/layers.ts';
import { layerBytes, readLayers } from './shared/layers.ts';
import { mapLimit } from './shared/map-limit.ts';
import type { Method } from './shared/reduce.ts';
import { makeReducer, reducerBytes } from './shared/reduce.ts';
import type { Scene } from './shared/scenes.ts';
import { floatNodata, keepOffNodata } from './shared/stored.ts';
import { Thumbnail } from './shared/thumbnail.ts';
import { mapMetadata } from './shared/write-figures.ts';

export const blockSize = 512;
/** Scenes read at the same time: hides the latency of servers, and is counted in the memory. */
const parallel = 4;
/** Nodata of counts, only used outside an area of interest: 0 observations is an answer. */
export const countNodata = 65_535;

export interface CompositeJob {
  readonly spec: LayerSpec;
  readonly method: Method;
  readonly grid: Grid;
  /** By datetime, then id. */
  readonly scenes: readonly Scene[];
}

export interface Computed {
  /** Of the stored values, per layer. */
  readonly statistics: readonly Statistics[];
  readonly thumbnails: readonly Thumbnail[];
  /** Observations per pixel of the first layer. */
  readonly observations: Thumbnail;
  readonly observationStatistics: Statistics;
  /** Per scene the pixels of the first layer that it gave. */
  readonly used: readonly number[];
  /** Pixels of the grid inside the area. */
  readonly cells: number;
  /** Valid values that were kept off nodata. */
  readonly moved: number;
}

/** A scene that could not be read on the way. */
export class SceneFailure extends Error {
  readonly scene: Scene;
  readonly error: AppError;

  constructor(scene: Scene, error: AppError) {
    super(error.message, { cause: error });
    this.scene = scene;
    this.error = error;
  }
}

/** Bytes that a part of a block takes: the reducers of all layers, what is being read, and the block that is written. */
export function passBytes({ spec, method, scenes }: CompositeJob, width: number, rows: number): number {
  const pixels = width * rows;
  return (
    spec.names.length * reducerBytes(method, pixels, scenes.length) +
    parallel * layerBytes(spec, pixels) +
    spec.names.length * width * blockSize * 5
  );
}

/** One pass over the grid that writes the COG. @throws SceneFailure when a scene can't be read */
export async function compositePass(ctx: RunContext, job: CompositeJob, file: string): Promise<Computed> {
  const { grid, spec, method, scenes } = job;
  const layers = spec.names.length;
  const counting = method === 'count';
  const nodata = counting ? (ctx.aoi === null ? null : countNodata) : floatNodata;
  const area = ctx.aoi === null ? null : new AreaMask(ctx.aoi, grid.crs, grid.transform);
  const statistics = spec.names.map(() => new RunningStats());
  const thumbnails = spec.names.map(() => new Thumbnail(grid.width, grid.height));
  const observations = new Thumbnail(grid.width, grid.height);
  const observationStatistics = new RunningStats();
  const used = scenes.map(() => 0);
  let [cells, moved] = [0, 0];

  const writer = await CogWriter.open(file, {
    width: grid.width,
    height: grid.height,
    bandCount: layers,
    dtype: counting ? 'uint16' : 'float32',
    nodata,
    crs: grid.crs,
    transform: grid.transform,
    resampling: counting ? 'nearest' : 'average',
    bandDescriptions: spec.names.map((name) => `${method} of ${name}`),
    metadata: mapMetadata(ctx),
  });
  try {
    const tiles = gridTiles(grid, blockSize);
    let partsBefore = 0;
    for (const [index, tile] of tiles.entries()) {
      const blocks = spec.names.map(() => newBlock(counting, tile, nodata ?? 0));
      for (const part of parts(job, tile, ctx.memory.free)) {
        ctx.signal.throwIfAborted();
        await ctx.memory.hold(passBytes(job, part.width, part.height), async () => {
          const inside = area?.read(part) ?? null;
          const reducers = await reducePart(ctx, job, part, inside, used, readsBackwards(job, partsBefore));
          partsBefore += 1;
          reducers.forEach((reducer, layer) => {
            const { values, counts } = reducer.result();
            if (!counting) moved += keepOffNodata(values, counts);
            const valid = counting ? (inside ?? new Uint8Array(values.length).fill(1)) : counts;
            const block = blocks[layer];
            const offset = (part.y - tile.y) * tile.width;
            for (let i = 0; i < values.length; i += 1)
              if (valid[i] !== 0 && block !== undefined) block[offset + i] = values[i] ?? 0;
            const stored = block?.subarray(offset, offset + values.length) ?? values;
            statistics[layer]?.add(stored, valid);
            thumbnails[layer]?.add(
              part,
              stored,
              counts.map((count, i) => (counting ? (valid[i] ?? 0) : count > 0 ? 1 : 0)),
            );
            if (layer > 0) return;
            observations.add(part, counts, inside);
            observationStatistics.add(counts, inside ?? undefined);
            cells += inside === null ? values.length : inside.reduce((sum, one) => sum + one, 0);
          });
        });
      }
      for (const [layer, block] of blocks.entries()) await writer.writeWindow(layer + 1, tile, block);
      ctx.progress('composite', index + 1, tiles.length, 'blocks');
    }
    await writer.finish();
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
  return {
    statistics: statistics.map((one) => one.result()),
    thumbnails,
    observations,
    observationStatistics: observationStatistics.result(),
    used,
    cells,
    moved,
  };
}

function newBlock(
  counting: boolean,
  { width, height }: Window,
  fill: number,
): Uint16Array<ArrayBuffer> | Float32Array<ArrayBuffer> {
  return counting ? new Uint16Array(width * height).fill(fill) : new Float32Array(width * height).fill(fill);
}

/** All parts of the grid in the order in which the pass reads them. */
export function* partsOf(job: CompositeJob, freeBytes: number): Generator<Window> {
  for (const tile of gridTiles(job.grid, blockSize)) yield* parts(job, tile, freeBytes);
}

/** The tile cut into runs of rows that fit the memory, at least one row each. */
function* parts(job: CompositeJob, tile: Window, freeBytes: number): Generator<Window> {
  let rows = tile.height;
  while (rows > 1 && passBytes(job, tile.width, rows) > freeBytes) rows = Math.ceil(rows / 2);
  for (let y = 0; y < tile.height; y += rows) yield { ...tile, y: tile.y + y, height: Math.min(rows, tile.height - y) };
}

/**
 * Whether a part takes the scenes from the last to the first. Every other one does where the order can't change the result:
 * it then begins with the scenes whose blocks were read last and are still in the cache.
 */
export function readsBackwards({ method }: CompositeJob, partsBefore: number): boolean {
  return method !== 'mean' && partsBefore % 2 === 1;
}

/** Reads all scenes onto a part and adds them in one order, so that sums come out the same every time. */
async function reducePart(
  ctx: RunContext,
  { grid, spec, method, scenes }: CompositeJob,
  part: Window,
  inside: Uint8Array | null,
  used: number[],
  backwards: boolean,
) {
  const pixels = part.width * part.height;
  const reducers = spec.names.map(() => makeReducer(method, pixels, scenes.length));
  const order = [...scenes.entries()];
  if (backwards) order.reverse();
  for (let from = 0; from < order.length; from += parallel) {
    const batch = order.slice(from, from + parallel);
    const read = await mapLimit(batch, parallel, async ([, scene]) =>
      readLayers(ctx, scene, spec, grid, part, inside).catch((cause: unknown): LayerPixels[] => {
        throw isSourceError(cause) ? new SceneFailure(scene, cause) : cause;
      }),
    );
    read.forEach((layers, at) => {
      const index = batch[at]?.[0] ?? 0;
      layers.forEach(({ data, clear }, layer) => {
        reducers[layer]?.add(data, clear);
        if (layer === 0) used[index] = (used[index] ?? 0) + clear.reduce((sum, one) => sum + one, 0);
      });
    });
  }
  return reducers;
}
