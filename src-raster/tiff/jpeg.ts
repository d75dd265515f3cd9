import type { CodecParameters } from './decompress.ts';
import type { Layout } from './layout.ts';

/**
 * Decodes a JPEG block with libjpeg-turbo (integer DCT, smooth chroma upsampling) to interleaved samples; YCbCr becomes
 * RGB. Equal to GDAL built on libjpeg-turbo. The tables of tag 347 and an Adobe marker that states the colour space, which
 * TIFF keeps in its own tags, are put in front of the block's abbreviated stream (TIFF Technical Note 2). Throws when the
 * frame is not the block's, and for any warning of the decoder: it would fill in what is missing.
 */
export async function decodeJpeg(
  input: Uint8Array<ArrayBuffer>,
  layout: Layout,
  { jpegTables, platform }: CodecParameters,
): Promise<Uint8Array<ArrayBuffer>> {
  const samples = layout.planar ? 1 : layout.samplesPerPixel;
  const height = checkFrame(input, layout, samples);
  // Marker APP14: "Adobe", version 100, flags, transform (0 none, 1 YCbCr).
  const adobe = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, layout.photometric === 6 ? 1 : 0];
  const stream = concat([
    Uint8Array.of(0xff, 0xd8),
    samples === 3 ? Uint8Array.from(adobe) : new Uint8Array(0),
    jpegTables.subarray(2, Math.max(2, jpegTables.length - 2)),
    withoutAppMarkers(input),
  ]);
  const { JPEGDecoder } = await platform.jpeg();
  const decoder = new JPEGDecoder();
  try {
    decoder.getEncodedBuffer(stream.length).set(stream);
    decoder.decode();
    const frame = decoder.getFrameInfo();
    // A view of the decoder's memory.
    const out = Uint8Array.from(decoder.getDecodedBuffer());
    if (frame.componentCount !== samples || out.length !== layout.blockWidth * height * samples)
      throw new Error('its JPEG data do not fill the block');
    return out;
  } catch (cause) {
    if (cause instanceof Error) throw cause;
    // Emscripten throws the address of a C++ exception.
    throw new Error('libjpeg-turbo can’t decode it', { cause });
  } finally {
    decoder.delete();
  }
}

/** The segments of a JPEG stream before its scan: marker and where it begins and ends. */
function* segments(input: Uint8Array): Generator<{ marker: number; start: number; end: number }> {
  for (let i = 2; i + 4 <= input.length && input[i] === 0xff;) {
    const marker = input[i + 1] ?? 0;
    const end = i + 2 + (input[i + 2] ?? 0) * 256 + (input[i + 3] ?? 0);
    yield { marker, start: i, end };
    if (marker === 0xda) return;
    i = end;
  }
}

/** Checks the frame header before the decoder allocates by it; returns its height. */
function checkFrame(input: Uint8Array, layout: Layout, samples: number): number {
  for (const { marker, start } of segments(input)) {
    if (marker < 0xc0 || marker > 0xcf || [0xc4, 0xc8, 0xcc].includes(marker)) continue;
    const height = (input[start + 5] ?? 0) * 256 + (input[start + 6] ?? 0);
    const width = (input[start + 7] ?? 0) * 256 + (input[start + 8] ?? 0);
    if (height > layout.blockHeight || width !== layout.blockWidth || input[start + 9] !== samples)
      throw new Error('its JPEG header does not fit the block');
    return height;
  }
  throw new Error('it has no JPEG frame');
}

/** The stream after its SOI, without JFIF or Adobe markers, which would state another colour space than the TIFF's tags. */
function withoutAppMarkers(input: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let at = 2;
  for (const { marker, start, end } of segments(input)) {
    if (marker < 0xe0 || marker > 0xef) continue;
    kept.push(input.subarray(at, start));
    at = end;
  }
  return concat([...kept, input.subarray(at)]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
