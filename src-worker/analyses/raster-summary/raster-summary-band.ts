import type { ClassCounts } from '../../raster/class-counts.ts';
import type { RunningStats, Statistics } from '../../raster/stats.ts';
import type { BandInfo, PaletteColor, RasterInfo } from '../../../src-raster/types.ts';
import { hexOf } from '../../render/palette.ts';
import { displayNumber } from '../../render/report-text.ts';
import { percent } from '../shared/words.ts';

export interface ClassRow {
  readonly value: number;
  /** `#rrggbb` of the file's palette; null where the palette ends before the value. */
  readonly colour: string | null;
  readonly count: number;
}

export interface SummarisedBand {
  readonly band: number;
  readonly statistics: Statistics;
  /** All pixels that were looked at, valid or not. */
  readonly pixels: number;
  /** The values of a palette band with their colours; null for other bands. */
  readonly classes: readonly ClassRow[] | null;
}

/** The palette of a band, or null when its values are no palette entries. */
export function paletteOf({ palette, bands }: RasterInfo, band: number): readonly PaletteColor[] | null {
  return palette !== undefined && bands[band - 1]?.colorInterpretation === 'palette' ? palette : null;
}

export function classRows(palette: readonly PaletteColor[], counts: ClassCounts): ClassRow[] {
  return counts.classes().map(([value, count]) => {
    const colour = palette[value];
    return { value, colour: colour === undefined ? null : hexOf(colour), count };
  });
}

/** `467 239 of 1 677 328 pixels valid (27.9 %)`; a share that is not quite 0 or 100 % never reads as that. */
export function validText({ statistics: { count }, pixels }: SummarisedBand): string {
  const share = pixels === 0 ? 0 : percent(count / pixels);
  const text =
    count > 0 && share === 0 ? 'less than 0.1' : count < pixels && share === 100 ? 'more than 99.9' : String(share);
  return `${displayNumber(count)} of ${displayNumber(pixels)} pixels valid (${text} %)`;
}

/** `stored value × 0.01 + 0`; null when scale is 1 and offset 0, as files without any are read. */
export function scalingText(described: Pick<BandInfo, 'scale' | 'offset'> | undefined): string | null {
  const { scale, offset } = described ?? { scale: 1, offset: 0 };
  if (scale === 1 && offset === 0) return null;
  return `stored value × ${scale} ${offset < 0 ? '−' : '+'} ${Math.abs(offset)}`;
}

const usualLow = new Set([-2_147_483_648, -99_999, -32_768, -32_767, -9_999, -999, -99]);
const usualHigh = new Set([65_535, 32_767, 2_147_483_647, 4_294_967_295, 1e20]);
const usualFloat = 1e38;
const suspiciousShare = 0.01;

/**
 * A sentence when more than 1 % of the pixels hold the band's lowest or highest value and that is one of the usual nodata
 * values although the file declares none; else null. 255 counts only where a pixel can hold more than 8 bits.
 */
export function nodataSuspicion(
  { dtype, nodata, maskSource }: RasterInfo,
  { min, max }: Statistics,
  pixels: number,
  stats: RunningStats,
): string | null {
  if (nodata !== null || maskSource !== 'none' || min === null || max === null || pixels === 0) return null;
  const { minCount, maxCount } = stats.extremes();
  const wide = dtype !== 'uint8' && dtype !== 'int8';
  const low = usualLow.has(min) || min <= -usualFloat;
  const high = wide && (usualHigh.has(max) || max === 255 || max >= usualFloat);
  const [value, count] = low && minCount > suspiciousShare * pixels ? [min, minCount] : high ? [max, maxCount] : [0, 0];
  if (count <= suspiciousShare * pixels) return null;
  const share = Number(((count / pixels) * 100).toPrecision(2));
  return `${share} % of the pixels equal ${String(value).replace('-', '−')}, a usual nodata value; none is declared, so they are counted.`;
}
