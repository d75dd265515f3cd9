/** The least and the greatest of the values that are numbers; null when there is none. */
export function rangeOf(values: readonly (number | null)[]): readonly [min: number, max: number] | null {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    [min, max] = [Math.min(min, value), Math.max(max, value)];
  }
  return min > max ? null : [min, max];
}
