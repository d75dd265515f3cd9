import type { DType, PixelArray } from './types.ts';

const constructors = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Bytes of one value. */
export function bytesPerValue(dtype: DType): number {
  return constructors[dtype].BYTES_PER_ELEMENT;
}

/** `length` zeros. */
export function allocate(dtype: DType, length: number): PixelArray {
  return new constructors[dtype](length);
}

/** A view of `length` values on `buffer`, whose `byteOffset` must be a multiple of the value size. */
export function viewOf(dtype: DType, buffer: ArrayBuffer, byteOffset: number, length: number): PixelArray {
  return new constructors[dtype](buffer, byteOffset, length);
}

export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64';
}

const integerRange: Partial<Record<DType, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  uint32: [0, 4294967295],
  int32: [-2147483648, 2147483647],
};

/** `value` as a band of this dtype stores it, or null where it can't (300 or 0.5 in uint8; NaN in integers). */
export function representable(dtype: DType, value: number): number | null {
  if (dtype === 'float64') return value;
  if (dtype === 'float32') return Math.fround(value);
  const range = integerRange[dtype];
  return range !== undefined && Number.isInteger(value) && value >= range[0] && value <= range[1] ? value : null;
}
