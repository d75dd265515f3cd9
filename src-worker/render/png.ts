import { crc32, deflateSync } from 'node:zlib';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const filterUp = 2;
const colourTypes = { 3: 2, 4: 6 } as const;

/**
 * 8-bit RGB or RGBA pixels as PNG bytes (PNG 3rd edition, W3C 2025). Every row holds its difference to the row above, which
 * makes nothing of the flat grounds and enlarged pixels of figures. Equal pixels give equal bytes.
 * @param pixels RGBA, row by row; the alpha is left out when `channels` is 3
 */
export function encodePng(
  pixels: Uint8Array,
  { width, height, channels }: { readonly width: number; readonly height: number; readonly channels: 3 | 4 },
): Uint8Array {
  const stride = width * channels;
  const rows = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y += 1) {
    let to = y * (stride + 1);
    rows[to++] = filterUp;
    let from = y * width * 4;
    for (let x = 0; x < width; x += 1, from += 4)
      for (let channel = 0; channel < channels; channel += 1) {
        const above = y === 0 ? 0 : (pixels[from + channel - width * 4] ?? 0);
        rows[to++] = (pixels[from + channel] ?? 0) - above;
      }
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, colourTypes[channels]);
  return Buffer.concat([
    signature,
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('IDAT', deflateSync(rows, { level: 6 })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
