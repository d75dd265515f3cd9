import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { getDecoder } from 'geotiff';
import { decodeLzw } from './lzw.ts';
import type { Layout } from './layout.ts';

export interface CodecParameters {
  readonly jpegTables: Uint8Array<ArrayBuffer>;
  /** 0 none, 1 deflate, 2 zstd over LERC. */
  readonly lercCompression: number;
}

/**
 * Decompresses one block to at most `maxBytes` bytes. DEFLATE and ZSTD go through Node's native zlib, LERC and JPEG
 * through the package geotiff (its JPEG may differ from libjpeg's by 1, as the standard allows); whatever the codec throws (geotiff throws strings too) is for the caller to wrap.
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
      return decodeLerc(input, layout, maxBytes, parameters);
    default:
      return decodeJpeg(input, layout, parameters);
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

async function decodeLerc(
  input: Uint8Array<ArrayBuffer>,
  layout: Layout,
  maxBytes: number,
  { lercCompression }: CodecParameters,
): Promise<Uint8Array<ArrayBuffer>> {
  const slack = maxBytes * 2 + 4096;
  const raw = lercCompression === 1 ? inflate(input, slack) : lercCompression === 2 ? zstd(input, slack) : input;
  // A Lerc2 blob says its own size; check it before the decoder allocates by it.
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const at = view.getInt32(6, true) >= 3 ? 14 : 10;
  const depth = view.getInt32(6, true) >= 4 ? view.getInt32(at + 8, true) : 1;
  const samples = layout.planar ? 1 : layout.samplesPerPixel;
  if (
    new TextDecoder().decode(raw.subarray(0, 6)) !== 'Lerc2 ' ||
    view.getInt32(at, true) > layout.blockHeight ||
    view.getInt32(at + 4, true) !== layout.blockWidth ||
    depth > samples
  )
    throw new Error('its LERC header does not fit the block');
  return runGeotiffCodec(raw, layout, { LercParameters: [4, 0] });
}

async function decodeJpeg(
  input: Uint8Array<ArrayBuffer>,
  layout: Layout,
  { jpegTables }: CodecParameters,
): Promise<Uint8Array<ArrayBuffer>> {
  for (let i = 2; i + 9 < input.length && input[i] === 0xff;) {
    const marker = input[i + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    const height = (input[i + 5] ?? 0) * 256 + (input[i + 6] ?? 0);
    const width = (input[i + 7] ?? 0) * 256 + (input[i + 8] ?? 0);
    const samples = layout.planar ? 1 : layout.samplesPerPixel;
    if (isFrame) {
      if (height > layout.blockHeight || width !== layout.blockWidth || input[i + 9] !== samples)
        throw new Error('its JPEG header does not fit the block');
      return runGeotiffCodec(input, layout, jpegTables.length > 0 ? { JPEGTables: jpegTables } : {});
    }
    i += 2 + (input[i + 2] ?? 0) * 256 + (input[i + 3] ?? 0);
  }
  throw new Error('it has no JPEG frame');
}

async function runGeotiffCodec(
  input: Uint8Array<ArrayBuffer>,
  layout: Layout,
  extra: Record<string, unknown>,
): Promise<Uint8Array<ArrayBuffer>> {
  const parameters = {
    tileWidth: layout.blockWidth,
    tileHeight: layout.blockHeight,
    predictor: 1,
    bitsPerSample: layout.bits,
    planarConfiguration: layout.planar ? 2 : 1,
    ...extra,
  };
  const decoder = await getDecoder(layout.compression, parameters);
  return Uint8Array.from(new Uint8Array(await decoder.decodeBlock(input.slice().buffer)));
}
