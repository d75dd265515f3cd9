import type { RasterPlatform } from '../platform.ts';
import type { Layout } from './layout.ts';

/**
 * Decodes a WebP block (compression 50001, as libtiff's tif_webp.c writes it) with libwebp to interleaved RGB or RGBA, the
 * same samples as GDAL's. Throws when the picture is not the block's, before the decoder allocates by its size.
 */
export async function decodeWebp(
  input: Uint8Array<ArrayBuffer>,
  layout: Layout,
  platform: RasterPlatform,
): Promise<Uint8Array<ArrayBuffer>> {
  const { blockWidth, blockHeight, samplesPerPixel: samples } = layout;
  const size = webpSize(input);
  if (size?.width !== blockWidth || size.height > blockHeight)
    throw new Error('its WebP picture has not the size of the block');
  const decode = await platform.webp();
  const picture = decode(input);
  if (picture?.width !== size.width || picture.height !== size.height) throw new Error('libwebp can’t decode it');
  const pixels = size.width * size.height;
  if (samples === 4) return Uint8Array.from(picture.data);
  const out = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i += 1) {
    out[3 * i] = picture.data[4 * i] ?? 0;
    out[3 * i + 1] = picture.data[4 * i + 1] ?? 0;
    out[3 * i + 2] = picture.data[4 * i + 2] ?? 0;
  }
  return out;
}

/** Width and height that the first chunk of a WebP stream claims (RFC 9649 section 2), or null when it is none. */
function webpSize(input: Uint8Array<ArrayBuffer>): { readonly width: number; readonly height: number } | null {
  if (input.length < 30) return null;
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const text = (at: number): string => String.fromCharCode(...input.subarray(at, at + 4));
  if (text(0) !== 'RIFF' || text(8) !== 'WEBP') return null;
  switch (text(12)) {
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: (view.getUint32(24, true) & 0xffffff) + 1, height: (view.getUint32(26, true) >>> 8) + 1 };
    default:
      return null;
  }
}
