import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';
import type { RasterSource } from '../../../src-raster/types.ts';
import { levelsOf } from '../tiles/tile-grid.ts';
import { readBand } from './tile-pixels.ts';

/** Bands that the inspector lists at most. */
const maxBands = 64;

export interface SampledBand {
  readonly band: number;
  /** As the file stores it, exactly; `scale` and `offset` are not applied. */
  readonly stored: number;
  readonly valid: boolean;
}

/** The values of one pixel. */
export interface Sample {
  /** Pixel of full resolution that was asked for, from 0 at the top left. */
  readonly column: number;
  readonly row: number;
  /** 0: the stored values of that very pixel; n: those of the pixel of overview n that covers it. */
  readonly level: number;
  readonly bands: readonly SampledBand[];
}

/**
 * The values at a pixel of full resolution. `maxBytes` is how much may be fetched for it: without a limit the full
 * resolution is always read; with one, the finest level that costs no more, or null when none does.
 */
export async function samplePixel(
  source: RasterSource,
  column: number,
  row: number,
  ctx: ReadContext,
  maxBytes = Infinity,
): Promise<Sample | null> {
  const { info } = source;
  if (!(column >= 0 && row >= 0 && column < info.width && row < info.height)) return null;
  for (const { level, width, height } of levelsOf(info)) {
    const window = {
      x: Math.min(width - 1, Math.floor(((column + 0.5) * width) / info.width)),
      y: Math.min(height - 1, Math.floor(((row + 0.5) * height) / info.height)),
      width: 1,
      height: 1,
    };
    if (maxBytes !== Infinity && (await source.pendingBytes(1, window, ctx, level)) > maxBytes) continue;
    const bands: SampledBand[] = [];
    for (let band = 1; band <= Math.min(info.bandCount, maxBands); band += 1) {
      const { values, valid } = await readBand(source, band, window, level, ctx);
      bands.push({ band, stored: values[0] ?? NaN, valid: valid[0] === 1 });
    }
    return { column, row, level, bands };
  }
  return null;
}
