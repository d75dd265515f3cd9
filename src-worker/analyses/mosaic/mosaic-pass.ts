import type { z } from 'zod';
import type { AppError } from '../../../src-shared/errors.ts';
import { allocate, bytesPerValue } from '../../../src-raster/pixel-array.ts';
import type { Window } from '../../../src-raster/types.ts';
import type { Mosaic } from '../../../src-shared/task/analyses/mosaic.ts';
import type { Resampling } from '../../../src-shared/task/schema.ts';
import type { ColorInterpretation } from '../../raster/cog/cog-spec.ts';
import { CogWriter } from '../../raster/cog/cog-writer.ts';
import type { Grid } from '../../raster/grid.ts';
import { gridTiles } from '../../raster/grid.ts';
import { maxSourcePixels } from '../../raster/parts.ts';
import { readOntoGrid } from '../../raster/resample.ts';
import type { Statistics } from '../../raster/stats.ts';
import { RunningStats } from '../../raster/stats.ts';
import type { RunContext } from '../../run/context.ts';
import { isSourceError } from '../../run/source-error.ts';
import type { MosaicRaster, Storage } from './mosaic-rasters.ts';
import { cellsOf, meets } from './mosaic-rasters.ts';
import { AreaMask } from '../shared/area-mask.ts';
import type { Reducer } from '../shared/reduce.ts';
import { makeReducer, reducerBytes } from '../shared/reduce.ts';
import { keepOffNodata } from '../shared/stored.ts';
import { Thumbnail } from '../shared/thumbnail.ts';
import { mapMetadata } from '../shared/write-figures.ts';

export const blockSize = 512;

export interface MosaicJob {
  /** In the order of the task. */
  readonly rasters: readonly MosaicRaster[];
  readonly bands: readonly number[];
  readonly method: z.infer<typeof Mosaic>['method'];
  readonly resampling: Resampling;
  readonly applyScale: boolean;
  readonly grid: Grid;
  readonly storage: Storage;
}

export interface ComputedMosaic {
  /** Per band, of the stored values. */
  readonly statistics: readonly Statistics[];
  readonly thumbnails: readonly Thumbnail[];
  /** Rasters with a valid value in the first band, per pixel. */
  readonly overlap: Thumbnail;
  /** Per raster the pixels of the first band where it is valid, and where its value is the one of the mosaic. */
  readonly valid: readonly number[];
  readonly used: readonly number[];
  /** Pixels of the grid inside the area. */
  readonly cells: number;
  readonly moved: number;
}

/** A raster that could not be read on the way. */
export class RasterFailure extends Error {
  readonly raster: MosaicRaster;
  readonly error: AppError;

  constructor(raster: MosaicRaster, error: AppError) {
    super(error.message, { cause: error });
    this.raster = raster;
    this.error = error;
  }
}

/** Bytes that a part of a block takes: what is combined of all bands, what is being read, and the block that is written. */
export function passBytes({ bands, rasters }: MosaicJob, width: number, rows: number): number {
  const pixels = width * rows;
  // Source pixels that are decoded at once for a part, with their validity; see `readOntoGrid`.
  const sourceBytes = maxSourcePixels * (1 + Math.max(...rasters.map(({ info }) => bytesPerValue(info.dtype))));
  return bands.length * (reducerBytes('mean', pixels, 0) + width * blockSize * 10) + pixels * 40 + sourceBytes;
}

/** The parts of the grid in the order in which the pass reads them: runs of rows of its blocks that fit the memory. */
export function* partsOf(job: MosaicJob, freeBytes: number): Generator<Window> {
  for (const tile of gridTiles(job.grid, blockSize)) yield* partsOfTile(job, tile, freeBytes);
}

function* partsOfTile(job: MosaicJob, tile: Window, freeBytes: number): Generator<Window> {
  let rows = tile.height;
  while (rows > 1 && passBytes(job, tile.width, rows) > freeBytes) rows = Math.ceil(rows / 2);
  for (let y = 0; y < tile.height; y += rows) yield { ...tile, y: tile.y + y, height: Math.min(rows, tile.height - y) };
}

/** Tells for the n-th raster whether a part of the grid needs it. */
export function needed({ rasters, grid }: MosaicJob): (raster: number, part: Window) => boolean {
  const cells = rasters.map(({ info }) => cellsOf(info, grid));
  return (raster, part) => meets(cells[raster] ?? null, part);
}

/** One pass over the grid that writes the COG. @throws RasterFailure when a raster can't be read */
export async function mosaicPass(ctx: RunContext, job: MosaicJob, file: string): Promise<ComputedMosaic> {
  const { grid, bands, rasters, storage } = job;
  const area = ctx.aoi === null ? null : new AreaMask(ctx.aoi, grid.crs, grid.transform);
  const isNeeded = needed(job);
  const statistics = bands.map(() => new RunningStats());
  const thumbnails = bands.map(() => new Thumbnail(grid.width, grid.height));
  const overlap = new Thumbnail(grid.width, grid.height);
  const [valid, used] = [rasters.map(() => 0), rasters.map(() => 0)];
  let [cells, moved] = [0, 0];
  const writer = await CogWriter.open(file, specOf(ctx, job));
  try {
    const tiles = gridTiles(grid, blockSize);
    for (const [index, tile] of tiles.entries()) {
      const pixels = tile.width * tile.height;
      const blocks = bands.map(() => allocate(storage.dtype, pixels).fill(storage.nodata ?? 0));
      const present = bands.map(() => new Uint8Array(pixels));
      for (const part of partsOfTile(job, tile, ctx.memory.free)) {
        ctx.signal.throwIfAborted();
        await ctx.memory.hold(passBytes(job, part.width, part.height), async () => {
          const inside = area?.read(part) ?? null;
          const chosen = [...rasters.keys()].filter((raster) => isNeeded(raster, part));
          const reducers = await combine(ctx, job, part, inside, chosen, valid, used);
          const offset = (part.y - tile.y) * tile.width;
          reducers.forEach((reducer, band) => {
            const { values, counts } = reducer.result();
            if (storage.nodata !== null && storage.dtype.startsWith('float')) moved += keepOffNodata(values, counts);
            for (let i = 0; i < values.length; i += 1) {
              if (counts[i] === 0) continue;
              (blocks[band] ?? values)[offset + i] = values[i] ?? 0;
              (present[band] ?? counts)[offset + i] = 1;
            }
            if (band === 0) overlap.add(part, counts, inside);
          });
          cells += inside === null ? part.width * part.height : inside.reduce((sum, one) => sum + one, 0);
        });
      }
      const mask = storage.mask ? anyOf(present) : undefined;
      for (const [band, block] of blocks.entries()) {
        // As a whole: sums must not depend on how the memory cut the block.
        statistics[band]?.add(block, present[band]);
        thumbnails[band]?.add(tile, block, present[band] ?? null);
        await writer.writeWindow(band + 1, tile, block, mask);
      }
      ctx.progress('mosaic', index + 1, tiles.length, 'blocks');
    }
    await writer.finish();
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
  return { statistics: statistics.map((one) => one.result()), thumbnails, overlap, valid, used, cells, moved };
}

/** 1 where any of some masks is. */
function anyOf(masks: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(), ...rest] = masks;
  return first.map((one, i) => (one === 1 || rest.some((mask) => mask[i] === 1) ? 1 : 0));
}

/** Reads the rasters onto a part, one after the other in their order, and combines them band by band. */
async function combine(
  ctx: RunContext,
  job: MosaicJob,
  part: Window,
  inside: Uint8Array | null,
  chosen: readonly number[],
  valid: number[],
  used: number[],
): Promise<Reducer[]> {
  const { bands, rasters, method } = job;
  const reducers = bands.map(() => makeReducer(method, part.width * part.height, rasters.length));
  const owner = new OwnerOf(method, part.width * part.height);
  for (const raster of chosen) {
    const one = rasters[raster];
    if (one === undefined) continue;
    for (const [index, band] of bands.entries()) {
      const pixels = await readRaster(ctx, job, one, band, part).catch((cause: unknown) => {
        throw isSourceError(cause) ? new RasterFailure(one, cause) : cause;
      });
      if (inside !== null) for (let i = 0; i < inside.length; i += 1) if (inside[i] !== 1) pixels.valid[i] = 0;
      reducers[index]?.add(pixels.data, pixels.valid);
      if (index > 0) continue;
      valid[raster] = (valid[raster] ?? 0) + pixels.valid.reduce((sum, flag) => sum + flag, 0);
      owner.add(raster, pixels.data, pixels.valid);
    }
  }
  owner.count(used);
  return reducers;
}

async function readRaster(ctx: RunContext, job: MosaicJob, { place, info }: MosaicRaster, band: number, part: Window) {
  const pixels = await ctx.sources.use(place, (source) =>
    readOntoGrid(source, band, job.grid, part, ctx.read, job.resampling),
  );
  const { scale = 1, offset = 0 } = info.bands[band - 1] ?? {};
  if (job.applyScale && (scale !== 1 || offset !== 0))
    for (let i = 0; i < pixels.data.length; i += 1) pixels.data[i] = (pixels.data[i] ?? NaN) * scale + offset;
  return pixels;
}

/** Which raster a pixel's value is from. A mean is from all that are valid there. */
class OwnerOf {
  readonly #method: MosaicJob['method'];
  readonly #owners: Int32Array;
  readonly #values: Float64Array;
  readonly #shares = new Map<number, number>();

  constructor(method: MosaicJob['method'], pixels: number) {
    this.#method = method;
    this.#owners = new Int32Array(pixels).fill(-1);
    this.#values = new Float64Array(pixels);
  }

  add(raster: number, data: ArrayLike<number>, valid: ArrayLike<number>): void {
    let share = 0;
    for (let i = 0; i < this.#owners.length; i += 1) {
      if (valid[i] !== 1) continue;
      share += 1;
      const value = data[i] ?? 0;
      const held = this.#values[i] ?? 0;
      const takes =
        this.#owners[i] === -1 ||
        this.#method === 'last' ||
        (this.#method === 'min' && value < held) ||
        (this.#method === 'max' && value > held);
      if (takes) [this.#owners[i], this.#values[i]] = [raster, value];
    }
    this.#shares.set(raster, share);
  }

  /** Adds the pixels of each raster to `used`. */
  count(used: number[]): void {
    if (this.#method === 'mean') for (const [raster, share] of this.#shares) used[raster] = (used[raster] ?? 0) + share;
    else for (const raster of this.#owners) if (raster >= 0) used[raster] = (used[raster] ?? 0) + 1;
  }
}

function specOf(ctx: RunContext, { rasters, bands, grid, storage, method, applyScale }: MosaicJob) {
  const [first] = rasters;
  const facts = bands.map((band) => first?.info.bands[band - 1]);
  const { palette } = first?.info ?? {};
  const keepsPalette = storage.keepsValues && bands.length === 1 && palette !== undefined && samePalette(rasters);
  const sameScaling = !applyScale && sameScale(rasters, bands) && facts.every((band) => (band?.scale ?? 1) !== 0);
  return {
    width: grid.width,
    height: grid.height,
    bandCount: bands.length,
    dtype: storage.dtype,
    nodata: storage.nodata,
    mask: storage.mask,
    crs: grid.crs,
    transform: grid.transform,
    ...(keepsPalette && { palette, kind: 'classes' as const }),
    ...(!keepsPalette && isColour(facts) && { colorInterpretation: ['red', 'green', 'blue'] as ColorInterpretation[] }),
    ...(sameScaling && {
      bandScales: facts.map((band) => band?.scale ?? 1),
      bandOffsets: facts.map((band) => band?.offset ?? 0),
    }),
    bandUnits: facts.map((band) => band?.unit ?? ''),
    bandDescriptions: facts.map((band, index) => band?.description ?? `${method} of band ${bands[index] ?? ''}`),
    metadata: mapMetadata(ctx),
  };
}

function isColour(facts: readonly ({ readonly colorInterpretation: string | null } | undefined)[]): boolean {
  return facts.map((band) => band?.colorInterpretation).join() === 'red,green,blue';
}

/** Whether all rasters have the palette of the first. */
export function samePalette(rasters: readonly MosaicRaster[]): boolean {
  const [first, ...rest] = rasters.map(({ info }) => JSON.stringify(info.palette));
  return first !== undefined && rest.every((one) => one === first);
}

/** Whether stored numbers mean the same in all rasters: one scale and offset a band. */
export function sameScale(rasters: readonly MosaicRaster[], bands: readonly number[]): boolean {
  const [first, ...rest] = rasters.map(({ info }) =>
    JSON.stringify(bands.map((band) => [info.bands[band - 1]?.scale ?? 1, info.bands[band - 1]?.offset ?? 0])),
  );
  return rest.every((one) => one === first);
}
