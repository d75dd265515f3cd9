import { representable, viewOf } from '../pixel-array.ts';
import type { PixelArray } from '../types.ts';
import { brokenTiff } from './bad-tiff.ts';
import { decompress } from './decompress.ts';
import type { CodecParameters } from './decompress.ts';
import { blockRowBytes } from './layout.ts';
import type { Layout } from './layout.ts';
import { undoFloating, undoHorizontal } from './predictor.ts';
import { fromFloat16, fromInt64, unpackBits } from './unpack.ts';

/**
 * Decodes one block to blockWidth * rows * samples values in native byte order. Throws `bad_data` when the block holds
 * less than its rows; nothing is ever filled in for missing bytes. `nodata` may be a 64-bit integer beyond 2^53.
 */
export async function decodeBlock(
  input: Uint8Array<ArrayBuffer>,
  layout: Layout,
  rows: number,
  parameters: CodecParameters,
  nodata: number | null,
): Promise<PixelArray> {
  const { href } = layout.directory.reader.source;
  const rowBytes = blockRowBytes(layout);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await decompress(input, layout, rowBytes * layout.blockHeight, parameters);
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw brokenTiff(href, `a block of its pixels can't be decompressed (${text})`, cause);
  }
  const needed = rowBytes * rows;
  if (bytes.length < needed) throw brokenTiff(href, `a block holds ${bytes.length} of its ${needed} bytes of pixels`);
  // A buffer of its own: the steps below work in place and make typed views of it.
  if (bytes.buffer.byteLength !== needed) bytes = bytes.slice(0, needed);

  const { bits, stored } = layout;
  const stride = layout.planar ? 1 : layout.samplesPerPixel;
  const rowSamples = layout.blockWidth * stride;
  if (bits % 8 !== 0) return unpackBits(bytes, bits, rowSamples, rows);

  const size = bits / 8;
  if (layout.predictor === 3) bytes = undoFloating(bytes, size, rowSamples, stride);
  else {
    if (!layout.directory.littleEndian) swapBytes(bytes, size);
    if (layout.predictor === 2) undoHorizontal(bytes.buffer, size, rowSamples, stride);
  }
  if (stored === 'float16') return fromFloat16(bytes.buffer);
  if (stored === 'int64' || stored === 'uint64') return fromInt64(bytes.buffer, stored === 'int64', nodata, href);
  return viewOf(layout.dtype, bytes.buffer, 0, needed / size);
}

/** The pixels of a block that isn't in the file: nodata, or 0 where there is none. */
export function sparseValue({ dtype }: Layout, nodata: number | null): number {
  return (nodata === null ? null : representable(dtype, nodata)) ?? 0;
}

/** Turns big-endian values into little-endian ones in place; all our platforms are little-endian. */
function swapBytes(bytes: Uint8Array<ArrayBuffer>, size: number): void {
  if (size > 1) for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse();
}
