import type { RasterSource, Window } from '../../../src-raster/types.ts';
import { cellAreas } from '../../raster/cell-area.ts';
import { CogWriter } from '../../raster/cog/cog-writer.ts';
import { gridTiles } from '../../raster/grid.ts';
import type { RunContext } from '../../run/context.ts';
import type { ClassEntry } from './classify-legend.ts';
import { paletteOf } from './classify-legend.ts';
import type { Rule } from './classify-rules.ts';
import type { OneRaster } from '../shared/one-raster.ts';
import { readWindow } from '../shared/one-raster.ts';
import { Thumbnail } from '../shared/thumbnail.ts';
import { mapMetadata } from '../shared/write-figures.ts';

export interface ClassifyJob {
  readonly raster: OneRaster;
  readonly bands: readonly number[];
  readonly applyScale: boolean;
}

export interface ClassCount {
  readonly pixels: number;
  /** True area on the ellipsoid in m2. */
  readonly area: number;
  /** Mean of each band over the class. */
  readonly means: readonly number[];
}

export interface Classified {
  readonly counts: readonly ClassCount[];
  readonly thumbnail: Thumbnail;
  readonly valid: number;
}

/** Values that are held at once for all bands of a block. */
const maxValues = 4 * 1_048_576;

/** The windows of the grid that are read at once, made of whole tiles of the output. */
export function classifyWindows({ raster: { grid }, bands }: ClassifyJob): Window[] {
  const tiles = Math.max(1, Math.min(4, Math.floor(Math.sqrt(maxValues / bands.length) / 512)));
  return gridTiles(grid, 512 * tiles);
}

/** What the first and largest of these windows takes in memory: all bands as float64, the area's mask, classes and their validity. */
export function windowBytes({ bands }: ClassifyJob, [first]: readonly Window[]): number {
  return first === undefined ? 0 : first.width * first.height * (8 * bands.length + 3);
}

/** Calls `visit` with the values of every pixel of a window that is valid in all bands and inside the area of interest. */
async function eachPixel(
  ctx: RunContext,
  { raster, bands, applyScale }: ClassifyJob,
  source: RasterSource,
  window: Window,
  visit: (index: number, values: Float64Array) => void,
): Promise<void> {
  const layers: Float64Array[] = [];
  for (const band of bands) layers.push(await readWindow(ctx, raster, source, band, window, applyScale));
  const inside = raster.area?.read(window) ?? null;
  const values = new Float64Array(bands.length);
  for (let i = 0; i < window.width * window.height; i += 1) {
    if (inside !== null && inside[i] === 0) continue;
    let valid = true;
    for (let band = 0; band < values.length; band += 1) {
      const value = layers[band]?.[i] ?? NaN;
      values[band] = value;
      if (!Number.isFinite(value)) valid = false;
    }
    if (valid) visit(i, values);
  }
}

/** Goes over all valid pixels once: their numbers (row * width + column) and values, block by block. */
export async function visitPixels(
  ctx: RunContext,
  job: ClassifyJob,
  source: RasterSource,
  visit: (pixel: number, values: Float64Array) => void,
): Promise<void> {
  const windows = classifyWindows(job);
  const bytes = windowBytes(job, windows);
  for (const [index, window] of windows.entries()) {
    ctx.signal.throwIfAborted();
    await ctx.memory.hold(bytes, () =>
      eachPixel(ctx, job, source, window, (at, values) => {
        const [column, row] = [window.x + (at % window.width), window.y + Math.floor(at / window.width)];
        visit(row * job.raster.grid.width + column, values);
      }),
    );
    ctx.progress('sample', index + 1, windows.length, 'blocks');
  }
}

/** Writes the class of every valid pixel to a COG with palette (0 is nodata), and counts pixels, areas and band means by class. */
export async function classifyPass(
  ctx: RunContext,
  job: ClassifyJob,
  source: RasterSource,
  classes: readonly ClassEntry[],
  rule: Rule,
  file: string,
): Promise<Classified> {
  const { grid } = job.raster;
  const bands = job.bands.length;
  const pixels = new Float64Array(classes.length + 1);
  const areas = new Float64Array(classes.length + 1);
  const sums = new Float64Array((classes.length + 1) * bands);
  const thumbnail = new Thumbnail(grid.width, grid.height);
  const writer = await CogWriter.open(file, {
    width: grid.width,
    height: grid.height,
    bandCount: 1,
    dtype: 'uint8',
    nodata: 0,
    crs: grid.crs,
    transform: grid.transform,
    kind: 'classes',
    palette: paletteOf(classes),
    classNames: { 0: 'no data', ...Object.fromEntries(classes.map(({ value, name }) => [value, name])) },
    bandDescriptions: ['class'],
    metadata: mapMetadata(ctx),
  });
  try {
    const windows = classifyWindows(job);
    const bytes = windowBytes(job, windows);
    for (const [index, window] of windows.entries()) {
      ctx.signal.throwIfAborted();
      await ctx.memory.hold(bytes, async () => {
        const labels = new Uint8Array(window.width * window.height);
        const areaOf = cellAreas(grid, window);
        const own = new Float64Array(bands);
        await eachPixel(ctx, job, source, window, (at, values) => {
          own.set(values);
          const label = rule(values);
          labels[at] = label;
          pixels[label] = (pixels[label] ?? 0) + 1;
          const area = areaOf(window.x + (at % window.width), window.y + Math.floor(at / window.width));
          if (area === area) areas[label] = (areas[label] ?? 0) + area;
          for (let band = 0; band < bands; band += 1)
            sums[label * bands + band] = (sums[label * bands + band] ?? 0) + (own[band] ?? 0);
        });
        thumbnail.add(
          window,
          labels,
          Uint8Array.from(labels, (label) => (label === 0 ? 0 : 1)),
        );
        await writer.writeWindow(1, window, labels);
      });
      ctx.progress('classify', index + 1, windows.length, 'blocks');
    }
    await writer.finish();
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
  const counts = classes.map(({ value }) => ({
    pixels: pixels[value] ?? 0,
    area: areas[value] ?? 0,
    means: Array.from({ length: bands }, (_, band) => (sums[value * bands + band] ?? 0) / (pixels[value] ?? 0)),
  }));
  return { counts, thumbnail, valid: counts.reduce((sum, one) => sum + one.pixels, 0) };
}
