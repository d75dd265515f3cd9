/** Nodata of all float outputs. */
export const floatNodata = -9999;

/** Values as float32 outputs hold them: nodata where not valid, so that no NaN is ever written. */
export function toFloat32(data: Float64Array, valid: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const stored = new Float32Array(data.length).fill(floatNodata);
  for (let i = 0; i < data.length; i += 1) if (valid[i] !== 0) stored[i] = data[i] ?? floatNodata;
  return stored;
}
