import { promisify } from 'node:util';
import { deflate, inflateSync } from 'node:zlib';
import { bytesPerValue, isFloat, viewOf } from '../../../src-raster/pixel-array.ts';
import type { DType, PixelArray } from '../../../src-raster/types.ts';
import { applyFloating, applyHorizontal, undoFloating, undoHorizontal } from '../../../src-raster/tiff/predictor.ts';

const deflateAsync = promisify(deflate);

/** TIFF predictor for a dtype: 3 for floats, 2 for integers. */
export function predictorFor(dtype: DType): 2 | 3 {
  return isFloat(dtype) ? 3 : 2;
}

/** Compresses one tile of interleaved little-endian samples with predictor and DEFLATE level 6. `samples` is not changed. */
export async function encodeTile(samples: PixelArray, dtype: DType, width: number, bands: number): Promise<Uint8Array> {
  const size = bytesPerValue(dtype);
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength).slice();
  if (isFloat(dtype))
    return deflateAsync(applyFloating(canonicalNaN(bytes, size), size, width * bands, bands), { level: 6 });
  applyHorizontal(bytes.buffer, size, width * bands, bands);
  return deflateAsync(bytes, { level: 6 });
}

/** The inverse of `encodeTile`. */
export function decodeTile(input: Uint8Array, dtype: DType, width: number, height: number, bands: number): PixelArray {
  const size = bytesPerValue(dtype);
  const length = width * height * bands;
  let bytes = Uint8Array.from(inflateSync(input, { chunkSize: length * size + 64 }));
  if (isFloat(dtype)) bytes = undoFloating(bytes, size, width * bands, bands);
  else undoHorizontal(bytes.buffer, size, width * bands, bands);
  return viewOf(dtype, bytes.buffer, 0, length);
}

/** Gives every NaN the same bits: a NaN's payload depends on how the engine compiled the code that made it. */
function canonicalNaN(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (size === 4) {
    const bits = new Uint32Array(bytes.buffer);
    for (let i = 0; i < bits.length; i += 1) if (((bits[i] ?? 0) & 0x7fffffff) > 0x7f800000) bits[i] = 0x7fc00000;
  } else {
    const bits = new Uint32Array(bytes.buffer);
    for (let i = 0; i < bits.length; i += 2) {
      const high = (bits[i + 1] ?? 0) & 0x7fffffff;
      if (high > 0x7ff00000 || (high === 0x7ff00000 && bits[i] !== 0)) {
        bits[i] = 0;
        bits[i + 1] = 0x7ff80000;
      }
    }
  }
  return bytes;
}
