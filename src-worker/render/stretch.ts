/** Above this many valid values every n-th one is used: the percentiles of a picture need no more. */
const mostValues = 1_000_000;

/**
 * Values at two percentiles (0..100) of the valid, finite values, by linear interpolation as numpy.percentile does it.
 * Null when there is none. Deterministic: of more than a million values every n-th is taken, in order.
 */
export function stretchPercentiles(
  data: ArrayLike<number>,
  valid: Uint8Array,
  low: number,
  high: number,
): [min: number, max: number] | null {
  let count = 0;
  for (let index = 0; index < data.length; index += 1) if (usable(data, valid, index)) count += 1;
  if (count === 0) return null;
  const step = Math.ceil(count / mostValues);
  const values = new Float64Array(Math.ceil(count / step));
  let seen = 0;
  let filled = 0;
  for (let index = 0; index < data.length; index += 1) {
    if (!usable(data, valid, index)) continue;
    if (seen % step === 0) {
      values[filled] = data[index] ?? 0;
      filled += 1;
    }
    seen += 1;
  }
  values.sort();
  return [percentile(values, low), percentile(values, high)];
}

function usable(data: ArrayLike<number>, valid: Uint8Array, index: number): boolean {
  return valid[index] === 1 && Number.isFinite(data[index]);
}

function percentile(sorted: Float64Array, percent: number): number {
  const position = (Math.min(100, Math.max(0, percent)) / 100) * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (position - below);
}
