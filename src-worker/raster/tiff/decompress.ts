import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { decodeJpeg } from './jpeg.ts';
import { decodeLerc } from './lerc.ts';
import { decodeLzw } from './lzw.ts';
import type { Layout } from './layout.ts';

export interface CodecParameters {
  readonly jpegTables: Uint8Array<ArrayBuffer>;
  /** 0 none, 1 deflate, 2 zstd over LERC. */
  readonly lercCompression: number;
}

/**
 * Decompresses one block to at most `maxBytes` bytes. DEFLATE and ZSTD go through Node's native zlib; whatever the codec
 * throws is for the caller to wrap.
 */
export async function decompress(
  input: Uint8Array<ArrayBuffer>,
  layout: Layout,
  maxBytes: number,
  parameters: CodecParameters,
): Promise<Uint8Array<ArrayBuffer>> {
  switch (layout.compression) {
    case 1:
      return input.slice(0, maxBytes);
    case 5:
      return decodeLzw(input, maxBytes);
    case 8:
    case 32946:
      return inflate(input, maxBytes);
    case 50000:
      return zstd(input, maxBytes);
    case 32773:
      return decodePackBits(input, maxBytes);
    case 34887:
      return decodeLerc(unpackLerc(input, maxBytes, parameters), layout);
    default:
      return decodeJpeg(input, layout, parameters.jpegTables);
  }
}

function inflate(input: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  return asBytes(inflateSync(input, { maxOutputLength: maxBytes, chunkSize: Math.max(64, maxBytes + 64) }));
}

function zstd(input: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  return asBytes(zstdDecompressSync(input, { maxOutputLength: maxBytes, chunkSize: Math.max(64, maxBytes + 64) }));
}

/** A Buffer's `slice` does not copy; a Uint8Array's does. */
function asBytes(buffer: Buffer<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** TIFF 6.0 section 9. */
function decodePackBits(input: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(maxBytes);
  let at = 0;
  for (let i = 0; i < input.length && at < maxBytes;) {
    const head = input[i++] ?? 0;
    if (head === 128) continue;
    const length = head < 128 ? head + 1 : 257 - head;
    if (head < 128) {
      out.set(input.subarray(i, i + Math.min(length, maxBytes - at)), at);
      at += Math.min(length, input.length - i);
      i += length;
    } else {
      out.fill(input[i++] ?? 0, at, at + length);
      at += length;
    }
  }
  return out.subarray(0, Math.min(at, maxBytes));
}

function unpackLerc(
  input: Uint8Array<ArrayBuffer>,
  maxBytes: number,
  { lercCompression }: CodecParameters,
): Uint8Array<ArrayBuffer> {
  // A blob may be a little larger than its pixels, and holds a mask.
  const slack = maxBytes * 2 + 4096;
  return lercCompression === 1 ? inflate(input, slack) : lercCompression === 2 ? zstd(input, slack) : input;
}
