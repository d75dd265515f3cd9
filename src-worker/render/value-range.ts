/** Smallest and largest valid, finite value (all of them without `valid`); null when there is none. */
export function valueRange(data: ArrayLike<number>, valid?: Uint8Array): [min: number, max: number] | null {
  let [min, max] = [Infinity, -Infinity];
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index] ?? NaN;
    if ((valid !== undefined && valid[index] !== 1) || !Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min > max ? null : [min, max];
}
