import { AppError } from '../../src-shared/errors.ts';

/** Unsigned integers of 1 to 15 bits, most significant bit first, each row padded to a byte. */
export function unpackBits(
  bytes: Uint8Array,
  bits: number,
  rowSamples: number,
  rows: number,
): Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> {
  const rowBytes = Math.ceil((rowSamples * bits) / 8);
  const out = bits > 8 ? new Uint16Array(rowSamples * rows) : new Uint8Array(rowSamples * rows);
  const mask = (1 << bits) - 1;
  for (let row = 0; row < rows; row += 1) {
    let [at, held, count] = [row * rowBytes, 0, 0];
    for (let i = 0; i < rowSamples; i += 1) {
      while (count < bits) {
        held = ((held & 0x7fff) << 8) | (bytes[at++] ?? 0);
        count += 8;
      }
      count -= bits;
      out[row * rowSamples + i] = (held >> count) & mask;
    }
  }
  return out;
}

/** IEEE 754 binary16 values as float32, which holds each of them. */
export function fromFloat16(buffer: ArrayBuffer): Float32Array<ArrayBuffer> {
  return Float32Array.from(new Uint16Array(buffer), (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** 64-bit integers as float64. Throws `bad_data` for a value (other than nodata) beyond 2^53, which float64 would round. */
export function fromInt64(
  buffer: ArrayBuffer,
  signed: boolean,
  nodata: number | null,
  href: string,
): Float64Array<ArrayBuffer> {
  const limit = 2n ** 53n;
  const wide = signed ? new BigInt64Array(buffer) : new BigUint64Array(buffer);
  const exact = nodata !== null && Number.isInteger(nodata) ? BigInt(nodata) : null;
  const out = new Float64Array(wide.length);
  for (const [i, value] of wide.entries()) {
    if ((value > limit || value < -limit) && value !== exact)
      throw new AppError(
        'bad_data',
        `${href}: its 64-bit value ${value} is beyond 2^53, so it can't be computed exactly.`,
        {
          remedy: 'Convert it to a type that holds its values: gdal_translate -ot Float64 input.tif converted.tif',
        },
      );
    out[i] = Number(value);
  }
  return out;
}
