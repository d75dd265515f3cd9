import { allocate, bytesPerValue, representable, viewOf } from '../pixel-array.ts';
import type { PixelArray } from '../types.ts';
import { brokenTiff } from './bad-tiff.ts';
import { decompress } from './decompress.ts';
import type { CodecParameters } from './decompress.ts';
import { blockRowBytes } from './layout.ts';
import type { Layout } from './layout.ts';
import { undoFloating, undoHorizontal } from './predictor.ts';

/**
 * Decodes one block to blockWidth * rows * samples values in native byte order. Throws `bad_data` when the block holds
 * less than its rows; nothing is ever filled in for missing bytes.
 */
export async function decodeBlock(
  input: Uint8Array<ArrayBuffer>,
  layout: Layout,
  rows: number,
  parameters: CodecParameters,
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
  if (layout.bits === 1) return unpackBits(bytes, layout, rows);

  const size = bytesPerValue(layout.dtype);
  const stride = layout.planar ? 1 : layout.samplesPerPixel;
  const rowSamples = layout.blockWidth * stride;
  if (layout.predictor === 3) bytes = undoFloating(bytes, size, rowSamples, stride);
  else {
    // LERC and JPEG decoders return native byte order whatever the file's.
    if (!layout.directory.littleEndian && layout.compression !== 34887) swapBytes(bytes, size);
    if (layout.predictor === 2) undoHorizontal(bytes.buffer, size, rowSamples, stride);
  }
  return viewOf(layout.dtype, bytes.buffer, 0, needed / size);
}

/** What a block that isn't in the file means: nodata, or 0 where there is none. */
export function sparseBlock(layout: Layout, rows: number, nodata: number | null): PixelArray {
  const values = allocate(layout.dtype, layout.blockWidth * rows * (layout.planar ? 1 : layout.samplesPerPixel));
  return values.fill((nodata === null ? null : representable(layout.dtype, nodata)) ?? 0);
}

function swapBytes(bytes: Uint8Array<ArrayBuffer>, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}

function unpackBits(bytes: Uint8Array, layout: Layout, rows: number): Uint8Array<ArrayBuffer> {
  const rowSamples = layout.blockWidth * (layout.planar ? 1 : layout.samplesPerPixel);
  const rowBytes = Math.ceil(rowSamples / 8);
  const out = new Uint8Array(rowSamples * rows);
  for (let row = 0; row < rows; row += 1)
    for (let i = 0; i < rowSamples; i += 1)
      out[row * rowSamples + i] = ((bytes[row * rowBytes + (i >> 3)] ?? 0) >> (7 - (i & 7))) & 1;
  return out;
}
