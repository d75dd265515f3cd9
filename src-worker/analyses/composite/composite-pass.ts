import type { AppError } from '../../../src-shared/errors.ts';
import { CogWriter } from '../../raster/cog/cog-writer.ts';
import type { Grid } from '../../raster/grid.ts';
import { gridTiles } from '../../raster/grid.ts';
import type { Statistics } from '../../raster/stats.ts';
import { RunningStats } from '../../raster/stats.ts';
import type { Window } from '../../../src-raster/types.ts';
import type { RunContext } from '../../run/context.ts';
import { isSourceError } from '../../run/source-error.ts';
import { AreaMask } from '../shared/area-mask.ts';
import type { LayerPixels, LayerSpec } from '../shared/layers.ts';
import { layerBytes, readLayers } from '../shared/layers.ts';
import { mapLimit } from '../shared/map-limit.ts';
import type { Method, Reducer } from '../shared/reduce.ts';
import { makeReducer, reducerBytes } from '../shared/reduce.ts';
import type { Scene } from '../shared/scenes.ts';
import { StackSpool } from '../shared/stack-spool.ts';
import { floatNodata, keepOffNodata } from '../shared/stored.ts';
import { Thumbnail } from '../shared/thumbnail.ts';
import { mapMetadata } from '../shared/write-figures.ts';

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
class SceneFailure extends Error {
  readonly scene: Scene;
  readonly error: AppError;

  constructor(scene: Scene, error: AppError) {
    super(error.message, { cause: error });
    this.scene = scene;
    this.error = error;
  }
}

/** Bytes of observations that are held at once, at most; a median of more of them is spooled to a file beside the map. */
const mostStackBytes = 56 * 1_048_576;

/** Bytes of them that are brought back from the file at once. */
const spooledBytes = 16 * 1_048_576;

/** Bytes that the reducers of all layers take for some pixels. */
function stackBytes({ spec, method, scenes }: CompositeJob, pixels: number): number {
  return spec.names.length * reducerBytes(method, pixels, scenes.length);
}

function stackLimit(freeBytes: number): number {
  return Math.min(mostStackBytes, freeBytes / 2);
}

/** Bytes of reducers that a part holds at most: those of one row where even that is over the limit. */
function heldBytes(job: CompositeJob, width: number, freeBytes: number): number {
  return Math.max(stackLimit(freeBytes), stackBytes(job, width));
}

/**
 * Bytes that a part of a block takes: the reducers of all layers, what is being read, and the block that is written. The
 * reducers are bounded whatever the number of scenes is, so that memory does not grow with it.
 */
export function passBytes(job: CompositeJob, width: number, rows: number, freeBytes = Infinity): number {
  const { spec } = job;
  const pixels = width * rows;
  return (
    Math.ceil(Math.min(stackBytes(job, pixels), heldBytes(job, width, freeBytes))) +
    parallel * layerBytes(spec, pixels) +
    (spec.names.length * 5 + 3) * width * blockSize
  );
}

/**
 * Writes the COG of a composite. A scene that fails on the way has already entered some blocks, so the composite is begun anew
 * without it. @throws what `noneLeft` makes of the first failure, where no scene is left
 */
export async function composeReadable(
  ctx: RunContext,
  job: CompositeJob,
  file: string,
  noneLeft: (first: AppError) => AppError,
): Promise<{ computed: Computed; job: CompositeJob }> {
  let { scenes } = job;
  let firstError: AppError | undefined;
  for (;;) {
    const left = { ...job, scenes };
    const attempt = await compositePass(ctx, left, file).catch((cause: unknown) => {
      if (cause instanceof SceneFailure) return cause;
      throw cause;
    });
    if (!(attempt instanceof SceneFailure)) return { computed: attempt, job: left };
    const { scene, error } = attempt;
    firstError ??= error;
    ctx.warn(`Item ${scene.item.id} was left out and the composite begun anew: ${error.message}`);
    scenes = scenes.filter((one) => one !== scene);
    if (scenes.length === 0) throw noneLeft(firstError);
  }
}

/** One pass over the grid that writes the COG. @throws SceneFailure when a scene can't be read */
async function compositePass(ctx: RunContext, job: CompositeJob, file: string): Promise<Computed> {
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
  let spool: StackSpool | null = null;

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
      const pixels = tile.width * tile.height;
      const blocks = spec.names.map(() => newBlock(counting, tile, nodata ?? 0));
      const present = spec.names.map(() => new Uint8Array(pixels));
      const [seen, within] = [new Uint16Array(pixels), new Uint8Array(pixels).fill(1)];
      for (const part of parts(job, tile, ctx.memory.free)) {
        ctx.signal.throwIfAborted();
        const { free } = ctx.memory;
        const take = (rows: Window, reducers: readonly Reducer[]): void => {
          const offset = (rows.y - tile.y) * tile.width;
          reducers.forEach((reducer, layer) => {
            const { values, counts } = reducer.result();
            if (!counting) moved += keepOffNodata(values, counts);
            const valid = counting ? within.subarray(offset, offset + values.length) : counts;
            for (let i = 0; i < values.length; i += 1) {
              if (valid[i] === 0) continue;
              (blocks[layer] ?? values)[offset + i] = values[i] ?? 0;
              (present[layer] ?? counts)[offset + i] = 1;
            }
            if (layer === 0) seen.set(counts, offset);
          });
        };
        await ctx.memory.hold(passBytes(job, part.width, part.height, free), async () => {
          const inside = area?.read(part) ?? null;
          if (inside !== null) within.set(inside, (part.y - tile.y) * tile.width);
          const backwards = readsBackwards(job, partsBefore);
          partsBefore += 1;
          if (stackBytes(job, part.width * part.height) <= heldBytes(job, part.width, free)) {
            const reducers = newReducers(job, part);
            await readScenes(ctx, job, part, inside, backwards, (index, scene) => {
              addLayers(reducers, scene, index, used);
              return Promise.resolve();
            });
            take(part, reducers);
            return;
          }
          spool ??= await StackSpool.open(`${file}.stack`);
          await reduceSpooled(ctx, job, part, inside, backwards, used, spool, stackLimit(free), take);
        });
      }
      // As a whole: sums must not depend on how the memory cut the block.
      for (const [layer, block] of blocks.entries()) {
        statistics[layer]?.add(block, present[layer]);
        thumbnails[layer]?.add(tile, block, present[layer] ?? null);
        await writer.writeWindow(layer + 1, tile, block);
      }
      observations.add(tile, seen, within);
      observationStatistics.add(seen, within);
      cells += within.reduce((sum, one) => sum + one, 0);
      ctx.progress('composite', index + 1, tiles.length, 'blocks');
    }
    await writer.finish();
  } catch (cause) {
    await writer.abort();
    throw cause;
  } finally {
    await discardSpool(spool);
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
  while (rows > 1 && passBytes(job, tile.width, rows, freeBytes) > freeBytes) rows = Math.ceil(rows / 2);
  for (let y = 0; y < tile.height; y += rows) yield { ...tile, y: tile.y + y, height: Math.min(rows, tile.height - y) };
}

/**
 * Whether a part takes the scenes from the last to the first. Every other one does where the order can't change the result:
 * it then begins with the scenes whose blocks were read last and are still in the cache.
 */
export function readsBackwards({ method }: CompositeJob, partsBefore: number): boolean {
  return method !== 'mean' && partsBefore % 2 === 1;
}

function newReducers({ spec, method, scenes }: CompositeJob, { width, height }: Window): Reducer[] {
  return spec.names.map(() => makeReducer(method, width * height, scenes.length));
}

/** Reads all scenes onto a part and hands them on in one order, so that sums come out the same every time. */
async function readScenes(
  ctx: RunContext,
  { grid, spec, scenes }: CompositeJob,
  part: Window,
  inside: Uint8Array | null,
  backwards: boolean,
  take: (index: number, layers: readonly LayerPixels[]) => Promise<void>,
): Promise<void> {
  const order = [...scenes.entries()];
  if (backwards) order.reverse();
  for (let from = 0; from < order.length; from += parallel) {
    const batch = order.slice(from, from + parallel);
    const read = await mapLimit(batch, parallel, async ([, scene]) =>
      readLayers(ctx, scene, spec, grid, part, inside).catch((cause: unknown): LayerPixels[] => {
        throw isSourceError(cause) ? new SceneFailure(scene, cause) : cause;
      }),
    );
    for (const [at, layers] of read.entries()) await take(batch[at]?.[0] ?? 0, layers);
    ctx.memory.letGo(batch.length * layerBytes(spec, part.width * part.height));
  }
}

function addLayers(reducers: readonly Reducer[], layers: readonly LayerPixels[], index: number, used: number[]): void {
  layers.forEach(({ data, clear }, layer) => reducers[layer]?.add(data, clear));
  countUsed(layers, index, used);
}

function countUsed([first]: readonly LayerPixels[], index: number, used: number[]): void {
  if (first !== undefined) used[index] = (used[index] ?? 0) + first.clear.reduce((sum, one) => sum + one, 0);
}

/** Reads all scenes onto a part once, into the spool, and reduces them from there by as many rows as fit `limit`. */
async function reduceSpooled(
  ctx: RunContext,
  job: CompositeJob,
  part: Window,
  inside: Uint8Array | null,
  backwards: boolean,
  used: number[],
  spool: StackSpool,
  limit: number,
  take: (rows: Window, reducers: readonly Reducer[]) => void,
): Promise<void> {
  const { scenes } = job;
  spool.begin(part.width * part.height);
  await readScenes(ctx, job, part, inside, backwards, async (index, layers) => {
    for (const [layer, { data, clear }] of layers.entries())
      await spool.write(layer * scenes.length + index, data, clear);
    countUsed(layers, index, used);
  });
  const most = Math.max(1, Math.floor(Math.min(limit, spooledBytes) / stackBytes(job, part.width)));
  let reducers: Reducer[] = [];
  for (let y = 0; y < part.height; y += most) {
    ctx.signal.throwIfAborted();
    const rows = { ...part, y: part.y + y, height: Math.min(most, part.height - y) };
    // Large arrays are freed late: the same ones serve for all rows.
    if (y === 0 || rows.height < most) reducers = newReducers(job, rows);
    for (const reducer of reducers) reducer.reset();
    const values = new Float64Array(rows.width * rows.height);
    const valid = new Uint8Array(values.length);
    for (const [layer, reducer] of reducers.entries())
      for (let scene = 0; scene < scenes.length; scene += 1) {
        await spool.read(layer * scenes.length + scene, y * part.width, values);
        for (let i = 0; i < values.length; i += 1) valid[i] = Number.isNaN(values[i]) ? 0 : 1;
        reducer.add(values, valid);
      }
    take(rows, reducers);
  }
}

async function discardSpool(spool: StackSpool | null): Promise<void> {
  await spool?.discard();
}
