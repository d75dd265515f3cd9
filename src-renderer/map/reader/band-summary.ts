import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';
import type { RasterSource, Window } from '../../../src-raster/types.ts';
import type { Level } from '../tiles/tile-grid.ts';
import { levelsOf, tileWindow } from '../tiles/tile-grid.ts';
import { readBand } from './tile-pixels.ts';

export const histogramBins = 96;

/** How the stored values of a band are distributed, for stretches and histograms. */
export interface BandSummary {
  readonly band: number;
  /** Valid pixels that were looked at; all else is undefined when there is none. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** Percentiles 2 and 98, interpolated linearly between ranks (numpy's default). */
  readonly low: number;
  readonly high: number;
  /** Pixels in `histogramBins` equal bins from `min` to `max`. */
  readonly histogram: readonly number[];
  /** Where the values come from, in words: "overview 3", "16 parts of full resolution". */
  readonly from: string;
}

/** A level of at most this many pixels is read whole; of a larger one, parts. */
const wholePixels = 2 * 1024 * 1024;
const partsAcross = 4;

/**
 * Summarises a band from level `asked` (what the map is about to show, so that its blocks are read once), or from the
 * coarsest where that is large; and if that is large too, from 16 parts that are spread over it.
 */
export async function summariseBand(
  source: RasterSource,
  band: number,
  asked: number | null,
  ctx: ReadContext,
): Promise<BandSummary> {
  const levels = levelsOf(source.info);
  const shown = levels.find(({ level, width, height }) => level === asked && width * height <= wholePixels);
  const level = shown ?? levels.at(-1);
  if (level === undefined) throw new Error('a raster has at least one level');
  const name = level.level === 0 ? 'full resolution' : `overview ${level.level}`;
  const isWhole = level.width * level.height <= wholePixels;
  const windows = isWhole ? wholeOf(level) : partsOf(level);
  const values: number[][] = [];
  for (const window of windows) {
    const { values: stored, valid } = await readBand(source, band, window, level.level, ctx);
    values.push(Array.from(stored).filter((value, i) => valid[i] === 1 && Number.isFinite(value)));
  }
  const sorted = Float64Array.from(values.flat()).sort();
  return { band, from: isWhole ? name : `${windows.length} parts of ${name}`, ...distribution(sorted) };
}

function wholeOf(level: Level): Window[] {
  return [{ x: 0, y: 0, width: level.width, height: level.height }];
}

function partsOf(level: Level): Window[] {
  const pick = (count: number): number[] => [
    ...new Set(Array.from({ length: partsAcross }, (_, i) => Math.floor(((i + 0.5) * count) / partsAcross))),
  ];
  return pick(level.rows).flatMap((row) =>
    pick(level.columns).map((column) => tileWindow(level, { level: level.level, column, row })),
  );
}

/** `sorted` ascending and finite. */
export function distribution(sorted: Float64Array): Omit<BandSummary, 'band' | 'from'> {
  const [min, max] = [sorted[0] ?? NaN, sorted.at(-1) ?? NaN];
  const histogram = new Array<number>(histogramBins).fill(0);
  const perBin = (max - min) / histogramBins;
  for (const value of sorted) {
    const bin = perBin > 0 ? Math.min(histogramBins - 1, Math.floor((value - min) / perBin)) : 0;
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  return { count: sorted.length, min, max, low: percentile(sorted, 2), high: percentile(sorted, 98), histogram };
}

/** Linear interpolation between ranks, as numpy.percentile; NaN for no values. */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  const rank = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(rank)] ?? NaN;
  const above = sorted[Math.ceil(rank)] ?? NaN;
  return below + (above - below) * (rank - Math.floor(rank));
}
