import { AppError } from '../../src-shared/errors.ts';
import type { RasterPlatform } from '../platform.ts';
import { decodeJpeg } from './jpeg.ts';
import { decodeLerc } from './lerc.ts';
import { decodeLzw } from './lzw.ts';
import type { Layout } from './layout.ts';
import { maxExpansion } from './tags.ts';
import { decodeWebp } from './webp.ts';

export interface CodecParameters {
  readonly jpegTables: Uint8Array<ArrayBuffer>;
  /** 0 none, 1 deflate, 2 zstd over LERC. */
  readonly lercCompression: number;
  readonly platform: RasterPlatform;
}

/** Decompresses one block to at most `maxBytes` bytes. Whatever the codec throws is for the caller to wrap. */
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
      return parameters.platform.inflate(input, maxBytes);
    case 50000:
      return zstd(parameters.platform, input, maxBytes);
    case 32773:
      return decodePackBits(input, maxBytes);
    case 34887:
      return decodeLerc(unpackLerc(input, maxBytes, parameters), layout, parameters.platform);
    case 50001:
      return decodeWebp(input, layout, parameters.platform);
    default:
      return decodeJpeg(input, layout, parameters);
  }
}

function zstd(
  { zstd: decode }: RasterPlatform,
  input: Uint8Array<ArrayBuffer>,
  maxBytes: number,
): Uint8Array<ArrayBuffer> {
  if (decode === null) throw new AppError('internal', 'A ZSTD block got past the check of the opening.');
  return decode(input, maxBytes);
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
  { lercCompression, platform }: CodecParameters,
): Uint8Array<ArrayBuffer> {
  // A blob may be a little larger than its pixels, and holds a mask; it is no larger than the codec can make its bytes.
  const expansion = (maxExpansion[lercCompression === 1 ? 8 : 50000] ?? 1) * input.length + 1024;
  const slack = Math.min(maxBytes * 2 + 4096, expansion);
  return lercCompression === 1
    ? platform.inflate(input, slack)
    : lercCompression === 2
      ? zstd(platform, input, slack)
      : input;
}
