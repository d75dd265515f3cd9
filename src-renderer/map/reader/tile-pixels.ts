import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';
import type { PixelArray, RasterSource, Window } from '../../../src-raster/types.ts';
import { bandMask, makeValidity } from '../../../src-raster/validity.ts';

/** What stands for "not valid" in a float texture: NaN can't be tested reliably in every shader. */
export const invalidValue = Math.fround(-3.4028234663852886e38);

/**
 * What is drawn of a raster: one band by a colour ramp, three as red, green and blue, or the colours of its palette. Bands
 * are 1-based.
 */
export type Look =
  | { readonly kind: 'band'; readonly band: number }
  | { readonly kind: 'rgb'; readonly bands: readonly [number, number, number] }
  | { readonly kind: 'palette' };

/** Pixels as a texture takes them, row-major from the top. */
export type TilePixels =
  | {
      readonly format: 'r32f';
      readonly width: number;
      readonly height: number;
      readonly data: Float32Array<ArrayBuffer>;
    }
  | {
      readonly format: 'rgba32f';
      readonly width: number;
      readonly height: number;
      readonly data: Float32Array<ArrayBuffer>;
    }
  | {
      readonly format: 'rgba8';
      readonly width: number;
      readonly height: number;
      readonly data: Uint8Array<ArrayBuffer>;
    };

/** A band's values and which of them are valid (1) in a window of a level. */
export interface BandPixels {
  readonly values: PixelArray;
  readonly valid: Uint8Array<ArrayBuffer>;
}

/** Reads a band (1-based) with the validity rule of `makeValidity` and the mask that is stored beside it. */
export async function readBand(
  source: RasterSource,
  band: number,
  window: Window,
  level: number,
  ctx: ReadContext,
): Promise<BandPixels> {
  const values = await source.read(band, window, ctx, level);
  const mask = await bandMask(source, band, window, ctx, level);
  const isValid = makeValidity(source.info);
  const valid = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i += 1) valid[i] = isValid(values[i] ?? NaN) && mask?.[i] !== 0 ? 1 : 0;
  return { values, valid };
}

/** The pixels of a window of a level as a texture; pixels that aren't valid are marked, see `invalidValue` and alpha. */
export async function readTile(
  source: RasterSource,
  look: Look,
  window: Window,
  level: number,
  ctx: ReadContext,
): Promise<TilePixels> {
  const { width, height } = window;
  if (look.kind === 'band') {
    const { values, valid } = await readBand(source, look.band, window, level, ctx);
    return { format: 'r32f', width, height, data: singleBand(values, valid) };
  }
  if (look.kind === 'palette') {
    const { values, valid } = await readBand(source, 1, window, level, ctx);
    return { format: 'rgba8', width, height, data: paletteColours(source, values, valid) };
  }
  const bands: BandPixels[] = [];
  // One after the other: the first fills the cache with blocks that hold all of them.
  for (const band of look.bands) bands.push(await readBand(source, band, window, level, ctx));
  const isBytes = source.info.dtype === 'uint8';
  const data = isBytes ? new Uint8Array(width * height * 4) : new Float32Array(width * height * 4);
  const opaque = isBytes ? 255 : 1;
  for (let i = 0; i < width * height; i += 1) {
    if (bands.some(({ valid }) => valid[i] === 0)) continue;
    for (const [channel, { values }] of bands.entries()) data[i * 4 + channel] = values[i] ?? 0;
    data[i * 4 + 3] = opaque;
  }
  return data instanceof Uint8Array
    ? { format: 'rgba8', width, height, data }
    : { format: 'rgba32f', width, height, data };
}

function singleBand(values: PixelArray, valid: Uint8Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  // Infinities and float64 values beyond float32 are drawn as the largest colour, not as "not valid".
  const most = 3.3e38;
  for (let i = 0; i < out.length; i += 1)
    out[i] = valid[i] === 0 ? invalidValue : Math.max(-most, Math.min(most, values[i] ?? 0));
  return out;
}

/** A value without a palette entry is black, as GDAL shows it. */
function paletteColours({ info }: RasterSource, values: PixelArray, valid: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(values.length * 4);
  for (let i = 0; i < values.length; i += 1) {
    if (valid[i] === 0) continue;
    const [r, g, b] = info.palette?.[values[i] ?? 0] ?? [0, 0, 0];
    out.set([r, g, b, 255], i * 4);
  }
  return out;
}
