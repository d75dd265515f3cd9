import { ReadBudget } from '../../../src-raster/bytes/read-context.ts';
import type { PixelArray, RasterSource, Window } from '../../../src-raster/types.ts';
import { makeValidity } from '../../../src-raster/validity.ts';
import { cellAreas } from '../../raster/cell-area.ts';
import { CogWriter } from '../../raster/cog/cog-writer.ts';
import type { Grid } from '../../raster/grid.ts';
import { gridTiles } from '../../raster/grid.ts';
import { openRaster } from '../../raster/open-raster.ts';
import type { Statistics } from '../../raster/stats.ts';
import { RunningStats } from '../../raster/stats.ts';
import type { RunContext } from '../../run/context.ts';
import type { Bounds, ChangeClass } from './change-classes.ts';
import { changePalette, classOf } from './change-classes.ts';
import { DifferenceCounts, SizeCounts } from './difference-counts.ts';
import { blockSize } from '../composite/composite-pass.ts';
import { floatNodata, keepOffNodata, toFloat32 } from '../shared/stored.ts';
import { Thumbnail } from '../shared/thumbnail.ts';
import { mapMetadata } from '../shared/write-figures.ts';

/** Bytes a pixel that any of the passes holds: two maps, values, validity, classes. */
export const passBytesPerPixel = 4 + 4 + 8 + 1 + 4 + 2;

export interface Differences {
  /** Of the stored differences. */
  readonly statistics: Statistics;
  readonly thumbnail: Thumbnail;
  readonly moved: number;
  /** Pixels with values at both times whose difference is not finite: a growth from 0 in relative terms. */
  readonly infinite: number;
  readonly sizes: SizeCounts;
}

/** Writes the differences of two maps of one grid, `after - before` or that over |before| (0 from 0 to 0), from what the maps hold. */
export async function differencePass(
  ctx: RunContext,
  grid: Grid,
  maps: { readonly before: string; readonly after: string },
  kind: 'difference' | 'relative',
  file: string,
): Promise<Differences> {
  const statistics = new RunningStats();
  const thumbnail = new Thumbnail(grid.width, grid.height);
  const sizes = new SizeCounts();
  let [moved, infinite] = [0, 0];
  await usingMap(ctx, maps.before, (before) =>
    usingMap(ctx, maps.after, async (after) => {
      const writer = await CogWriter.open(file, {
        ...shapeOf(grid),
        dtype: 'float32',
        nodata: floatNodata,
        resampling: 'average',
        bandDescriptions: [kind === 'relative' ? 'relative difference' : 'difference'],
        metadata: mapMetadata(ctx),
      });
      await writing(writer, async () => {
        await eachTile(ctx, grid, 'difference', async (tile) => {
          const [old, now] = [await readMap(before, tile), await readMap(after, tile)];
          const { data, valid, infinite: lost } = differences(old, now, kind);
          infinite += lost;
          moved += keepOffNodata(data, valid);
          const stored = toFloat32(data, valid);
          statistics.add(stored, valid);
          sizes.add(stored, valid);
          thumbnail.add(tile, stored, valid);
          await writer.writeWindow(1, tile, stored);
        });
      });
    }),
  );
  return { statistics: statistics.result(), thumbnail, moved, infinite, sizes };
}

function differences(before: MapPixels, after: MapPixels, kind: 'difference' | 'relative') {
  const data = new Float64Array(before.data.length);
  const valid = new Uint8Array(before.data.length);
  let infinite = 0;
  for (let i = 0; i < data.length; i += 1) {
    if (before.valid[i] !== 1 || after.valid[i] !== 1) continue;
    const [old, now] = [before.data[i] ?? 0, after.data[i] ?? 0];
    const isShare = kind === 'relative' && now !== old;
    const value = Math.fround(isShare ? (now - old) / Math.abs(old) : now - old);
    if (!Number.isFinite(value)) {
      infinite += 1;
      continue;
    }
    data[i] = value;
    valid[i] = 1;
  }
  return { data, valid, infinite };
}

/** Counts the differences of a map by size, in equal bins up to where the largest thousandth begins. */
export async function countPass(
  ctx: RunContext,
  grid: Grid,
  map: string,
  sizes: SizeCounts,
): Promise<DifferenceCounts> {
  const counts = new DifferenceCounts(sizes.range());
  await usingMap(ctx, map, (source) =>
    eachTile(ctx, grid, 'threshold', async (tile) => {
      const { data, valid } = await readMap(source, tile);
      counts.add(data, valid);
    }),
  );
  return counts;
}

export interface ClassTotals {
  /** By class, from 1 to 3. */
  readonly pixels: readonly number[];
  /** On the ellipsoid, in m2. */
  readonly areas: readonly number[];
  readonly thumbnail: Thumbnail;
  /** Of the stored class numbers. */
  readonly statistics: Statistics;
}

/** Writes the classes of a map of differences, and adds up the true areas of their cells. */
export async function classPass(
  ctx: RunContext,
  grid: Grid,
  map: string,
  names: readonly ChangeClass[],
  bounds: Bounds,
  file: string,
): Promise<ClassTotals> {
  const pixels = names.map(() => 0);
  const areas = names.map(() => 0);
  const thumbnail = new Thumbnail(grid.width, grid.height);
  const statistics = new RunningStats();
  await usingMap(ctx, map, async (source) => {
    const writer = await CogWriter.open(file, {
      ...shapeOf(grid),
      dtype: 'uint8',
      nodata: 0,
      kind: 'classes',
      palette: changePalette,
      classNames: { 0: 'no data', ...Object.fromEntries(names.map(({ value, label }) => [value, label])) },
      bandDescriptions: ['change'],
      metadata: mapMetadata(ctx),
    });
    await writing(writer, async () => {
      await eachTile(ctx, grid, 'classes', async (tile) => {
        const { data, valid } = await readMap(source, tile);
        const areaOf = cellAreas(grid, tile);
        const classes = new Uint8Array(data.length);
        for (let i = 0; i < data.length; i += 1) {
          if (valid[i] !== 1) continue;
          const value = classOf(data[i] ?? 0, bounds);
          classes[i] = value;
          pixels[value - 1] = (pixels[value - 1] ?? 0) + 1;
          const area = areaOf(tile.x + (i % tile.width), tile.y + Math.floor(i / tile.width));
          if (Number.isFinite(area)) areas[value - 1] = (areas[value - 1] ?? 0) + area;
        }
        thumbnail.add(tile, classes, valid);
        statistics.add(classes, valid);
        await writer.writeWindow(1, tile, classes);
      });
    });
  });
  return { pixels, areas, thumbnail, statistics: statistics.result() };
}

function shapeOf({ width, height, crs, transform }: Grid) {
  return { width, height, bandCount: 1, crs, transform } as const;
}

interface MapPixels {
  readonly data: PixelArray;
  readonly valid: Uint8Array;
}

/** A map that this run wrote: its bytes are not those of a source, so they don't count against the limit. */
interface OwnMap {
  readonly source: RasterSource;
  readonly read: { readonly signal: AbortSignal; readonly budget: ReadBudget };
}

async function usingMap<T>(ctx: RunContext, path: string, work: (map: OwnMap) => Promise<T>): Promise<T> {
  const read = { signal: ctx.signal, budget: new ReadBudget(Infinity) };
  const source = await openRaster(path, read);
  try {
    return await work({ source, read });
  } finally {
    await source.close();
  }
}

async function readMap({ source, read }: OwnMap, window: Window): Promise<MapPixels> {
  const data = await source.read(1, window, read);
  const isValid = makeValidity(source.info);
  return { data, valid: Uint8Array.from(data, (value) => (isValid(value) ? 1 : 0)) };
}

async function eachTile(
  ctx: RunContext,
  grid: Grid,
  phase: string,
  work: (tile: Window) => Promise<void>,
): Promise<void> {
  const tiles = gridTiles(grid, blockSize);
  for (const [index, tile] of tiles.entries()) {
    ctx.signal.throwIfAborted();
    await ctx.memory.hold(tile.width * tile.height * passBytesPerPixel, () => work(tile));
    ctx.progress(phase, index + 1, tiles.length, 'blocks');
  }
}

async function writing(writer: CogWriter, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    await writer.finish();
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
}
