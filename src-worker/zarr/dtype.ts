/** The data types of Zarr whose values are numbers, and their bytes. */
const bytes = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
} as const;

export type NumberType = keyof typeof bytes;

export function isNumberType(name: string): name is NumberType {
  return Object.hasOwn(bytes, name);
}

/** Bytes of a value; 8 for types whose values are no numbers. */
export function bytesOf(name: string): number {
  return isNumberType(name) ? bytes[name] : 8;
}

const short: Readonly<Record<string, NumberType>> = {
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  f2: 'float16',
  i4: 'int32',
  u4: 'uint32',
  f4: 'float32',
  i8: 'int64',
  u8: 'uint64',
  f8: 'float64',
};

/** The type that Zarr 2 writes as in NumPy, such as `<f4`; as written when it is none of numbers. */
export function typeFromV2(dtype: string): string {
  return short[dtype.replace(/^[<>|]/, '')] ?? dtype;
}
