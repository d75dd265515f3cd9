/** Nodata of all float outputs. */
export const floatNodata = -9999;

/** The float32 beside it, one unit in the last place nearer to 0: where a valid value would read as nodata. */
const besideNodata = -9998.9990234375;

/** Moves the valid values that float32 would hold as nodata; gives their number. */
export function keepOffNodata(data: Float64Array, valid: ArrayLike<number>): number {
  let moved = 0;
  for (let i = 0; i < data.length; i += 1) {
    if (valid[i] === 0 || Math.fround(data[i] ?? 0) !== floatNodata) continue;
    data[i] = besideNodata;
    moved += 1;
  }
  return moved;
}

export function movedText(path: string, moved: number): string {
  return `${path}: ${moved} valid values of ${floatNodata}, the nodata of the map, were stored as ${besideNodata}.`;
}

/** Values as float32 outputs hold them: nodata where not valid, so that no NaN is ever written. */
export function toFloat32(data: Float64Array, valid: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const stored = new Float32Array(data.length).fill(floatNodata);
  for (let i = 0; i < data.length; i += 1) if (valid[i] !== 0) stored[i] = data[i] ?? floatNodata;
  return stored;
}

/** A value as float32 outputs hold it, beside nodata where it would read as that; nodata where it is no finite number. */
export function storedFloat32(value: number): number {
  const stored = Math.fround(value);
  if (!Number.isFinite(stored)) return floatNodata;
  return stored === floatNodata ? besideNodata : stored;
}
