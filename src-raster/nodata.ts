import { isFloat, representable } from './pixel-array.ts';
import type { DType } from './types.ts';

/**
 * The number in GDAL_NODATA: a whole decimal number, or `nan`, `inf` and Microsoft's `1.#QNAN`, `1.#IND`, `1.#INF` with a
 * sign. Any other text is null with a warning: a value read from its start would hide real pixels.
 */
export function parseNodata(text: string | null, warnings: string[]): number | null {
  if (text === null) return null;
  // Longer texts are no numbers, and would keep the expressions below busy.
  const trimmed = text.length > 400 ? '' : text.trim().toLowerCase();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(trimmed)) return Number(trimmed);
  if (/^[+-]?(nan(\([^)]*\))?|1\.#(qnan|snan|nan|ind)0*)$/.test(trimmed)) return NaN;
  if (/^[+-]?(inf(inity)?|1\.#inf0*)$/.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
  warnings.push(
    `the nodata value ${JSON.stringify(text.slice(0, 40))} in the file is not a number, so no nodata value is applied.`,
  );
  return null;
}

/** True when a pixel of this type can equal the nodata value; GDAL ignores it otherwise (NaN or -1 in uint8). */
export function nodataApplies(dtype: DType, nodata: number | null): boolean {
  return nodata !== null && (isFloat(dtype) || representable(dtype, nodata) !== null);
}

/**
 * GDAL's comparison of a floating point pixel with nodata (ARE_REAL_EQUAL of gdal_priv.h): equal, or closer than
 * 2 * 2^-23 of their sum, for float32 and float64 alike. float32 is computed in float32, where the sum of two values near
 * the largest one is infinite.
 */
export function isNodata(dtype: DType, nodata: number): (value: number) => boolean {
  const tolerance = 2 * 2 ** -23;
  if (dtype === 'float32') {
    const { fround } = Math;
    const rounded = fround(nodata);
    return (value) =>
      value === rounded || Math.abs(fround(value - rounded)) < fround(tolerance * Math.abs(fround(value + rounded)));
  }
  return (value) => value === nodata || Math.abs(value - nodata) < tolerance * Math.abs(value + nodata);
}
