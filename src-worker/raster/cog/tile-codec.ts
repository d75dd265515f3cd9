import { promisify } from 'node:util';
import { constants, deflate, inflateSync, zstdCompress, zstdDecompressSync } from 'node:zlib';
import { bytesPerValue, isFloat, viewOf } from '../../../src-raster/pixel-array.ts';
import type { DType, PixelArray } from '../../../src-raster/types.ts';
import { applyFloating, applyHorizontal, undoFloating, undoHorizontal } from '../../../src-raster/tiff/predictor.ts';

const deflateAsync = promisify(deflate);
const zstdAsync = promisify(zstdCompress);

/** How tiles are stored: `size` x `size` pixels of `bands` interleaved samples. */
export interface TileFormat {
  readonly dtype: DType;
  readonly size: number;
  readonly bands: number;
  readonly compression: 'deflate' | 'zstd' | 'none';
  readonly predictor: boolean;
}

/** TIFF predictor of a format: 1 none, 2 for integers, 3 for floats. */
export function predictorOf({ dtype, predictor }: Pick<TileFormat, 'dtype' | 'predictor'>): 1 | 2 | 3 {
  return predictor ? (isFloat(dtype) ? 3 : 2) : 1;
}

/** Encodes one tile of interleaved little-endian samples; every NaN gets the same bits. `samples` is not changed. */
export async function encodeTile(samples: PixelArray, format: TileFormat): Promise<Uint8Array> {
  const width = bytesPerValue(format.dtype);
  const row = format.size * format.bands;
  let bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength).slice();
  if (isFloat(format.dtype)) bytes = canonicalNaN(bytes, width);
  const predictor = predictorOf(format);
  if (predictor === 3) bytes = applyFloating(bytes, width, row, format.bands);
  if (predictor === 2) applyHorizontal(bytes.buffer, width, row, format.bands);
  return compress(bytes, format.compression);
}

/** The inverse of `encodeTile`. */
export function decodeTile(input: Uint8Array, format: TileFormat): PixelArray {
  const width = bytesPerValue(format.dtype);
  const row = format.size * format.bands;
  const length = row * format.size;
  let bytes = decompress(input, format.compression, length * width);
  const predictor = predictorOf(format);
  if (predictor === 3) bytes = undoFloating(bytes, width, row, format.bands);
  if (predictor === 2) undoHorizontal(bytes.buffer, width, row, format.bands);
  return viewOf(format.dtype, bytes.buffer, 0, length);
}

/** Encodes a mask (0 = not valid) of whole tiles as one bit a pixel, most significant first. */
export async function encodeMask(mask: Uint8Array, compression: TileFormat['compression']): Promise<Uint8Array> {
  const bytes = new Uint8Array(mask.length / 8);
  for (let i = 0; i < mask.length; i += 1) if (mask[i] !== 0) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (0x80 >> (i & 7));
  return compress(bytes, compression);
}

/** The inverse of `encodeMask`: 0 or 1 a pixel. */
export function decodeMask(input: Uint8Array, size: number, compression: TileFormat['compression']): Uint8Array {
  const bytes = decompress(input, compression, size ** 2 / 8);
  return Uint8Array.from({ length: size ** 2 }, (_, i) => ((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1);
}

async function compress(bytes: Uint8Array, compression: TileFormat['compression']): Promise<Uint8Array> {
  if (compression === 'none') return bytes;
  if (compression === 'deflate') return deflateAsync(bytes, { level: 6 });
  return zstdAsync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 9 } });
}

function decompress(input: Uint8Array, compression: TileFormat['compression'], bytes: number): Uint8Array<ArrayBuffer> {
  if (compression === 'none') return Uint8Array.from(input);
  const call = compression === 'deflate' ? inflateSync : zstdDecompressSync;
  return Uint8Array.from(call(input, { chunkSize: bytes + 64 }));
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
