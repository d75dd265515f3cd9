import { decode, getBlobInfo, load } from 'lerc';
import type { LercData } from 'lerc';
import { allocate, isFloat } from '../pixel-array.ts';
import type { RasterPlatform } from '../platform.ts';
import type { DType } from '../types.ts';
import type { Layout } from './layout.ts';

/** Esri's numbers of the pixel types. */
const pixelTypes: readonly DType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'];

let ready: Promise<void> | undefined;

/**
 * Decodes a LERC blob with Esri's decoder to interleaved samples in native byte order, as libtiff's tif_lerc.c does:
 * floats that the blob's mask leaves out are NaN, integers there are 0, and where the blob has one band less than the file
 * (unassociated 8-bit alpha), the mask is the last band, 0 or 255. Throws when the blob's size or type is not the block's.
 */
export async function decodeLerc(
  raw: Uint8Array<ArrayBuffer>,
  layout: Layout,
  platform: RasterPlatform,
): Promise<Uint8Array<ArrayBuffer>> {
  ready ??= load({ locateFile: () => platform.lercWasm });
  await ready;
  const samples = layout.planar ? 1 : layout.samplesPerPixel;
  checkHeader(raw, layout, samples);
  const info = getBlobInfo(raw);
  const decoded = info.bandCount * info.depthCount;
  const alphaInMask = layout.dtype === 'uint8' && samples > 1 && decoded === samples - 1;
  if (
    pixelTypes[info.dataType] !== layout.dtype ||
    info.width !== layout.blockWidth ||
    info.height > layout.blockHeight ||
    info.blobSize > raw.length ||
    (decoded !== samples && !alphaInMask) ||
    info.bandCountWithNoData > 0
  )
    throw new Error('its LERC header does not fit the block');
  const data = decode(raw, { returnInterleaved: true });
  const pixels = info.width * info.height;
  const out = allocate(layout.dtype, pixels * samples);
  for (const [band, values] of data.pixels.entries()) {
    if (values.length !== pixels * info.depthCount) throw new Error('its LERC data do not fill the block');
    const mask = maskOf(data, band);
    for (let i = 0; i < pixels; i += 1)
      for (let depth = 0; depth < info.depthCount; depth += 1) {
        const masked = isFloat(layout.dtype) && (mask === 'none' || (mask !== 'all' && mask[i] === 0));
        out[i * samples + band * info.depthCount + depth] = masked ? NaN : (values[i * info.depthCount + depth] ?? 0);
      }
  }
  if (alphaInMask) {
    const mask = maskOf(data, 0);
    for (let i = 0; i < pixels; i += 1)
      out[i * samples + samples - 1] = mask === 'all' || (mask !== 'none' && mask[i] !== 0) ? 255 : 0;
  }
  return new Uint8Array(out.buffer);
}

/**
 * Checks the sizes that a Lerc2 header claims (Lerc2.h: version, from 3 on a checksum, rows, columns, from 4 on a depth)
 * before the decoder allocates by them.
 */
function checkHeader(raw: Uint8Array<ArrayBuffer>, layout: Layout, samples: number): void {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const isLerc2 = raw.length > 40 && new TextDecoder().decode(raw.subarray(0, 6)) === 'Lerc2 ';
  const version = isLerc2 ? view.getInt32(6, true) : 0;
  const at = version >= 3 ? 14 : 10;
  const depth = version >= 4 ? view.getInt32(at + 8, true) : 1;
  if (
    !isLerc2 ||
    view.getUint32(at, true) > layout.blockHeight ||
    view.getUint32(at + 4, true) !== layout.blockWidth ||
    depth < 1 ||
    depth > samples
  )
    throw new Error('its LERC header does not fit the block');
}

/** Which pixels of a band the blob holds. */
function maskOf(data: LercData, band: number): Uint8Array | 'all' | 'none' {
  if (data.validPixelCount === 0) return 'none';
  return data.bandMasks?.[band] ?? data.mask ?? 'all';
}
