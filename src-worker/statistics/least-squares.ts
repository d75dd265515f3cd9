/** Columns that are this near to a combination of those before them, in proportion to their length, can't be told apart. */
const dependence = 1e-10;

/**
 * Least squares by Householder's QR decomposition (Golub and Van Loan, algorithm 5.2.1).
 * @param columns of the design matrix, each as long as `y`; they are overwritten, and so is `y`
 * @param shortest length that each column must keep beyond a combination of those before it; by rounding alone when left out
 * @returns the coefficients, one a column; null when there are fewer rows than columns or a column keeps too little
 */
export function leastSquares(
  columns: readonly Float64Array[],
  y: Float64Array,
  shortest: readonly number[] = columns.map((column) => dependence * norm(column, 0)),
): Float64Array | null {
  const rows = y.length;
  if (rows < columns.length) return null;
  const diagonal = new Float64Array(columns.length);
  for (const [k, column] of columns.entries()) {
    const length = norm(column, k);
    if (!(length > (shortest[k] ?? 0))) return null;
    const head = column[k] ?? 0;
    const alpha = head > 0 ? -length : length;
    diagonal[k] = alpha;
    column[k] = head - alpha;
    const scale = -alpha * (column[k] ?? 0);
    for (const other of [...columns.slice(k + 1), y]) reflect(column, other, k, scale);
  }
  const solution = new Float64Array(columns.length);
  for (let k = columns.length - 1; k >= 0; k -= 1) {
    let rest = y[k] ?? 0;
    for (let j = k + 1; j < columns.length; j += 1) rest -= (columns[j]?.[k] ?? 0) * (solution[j] ?? 0);
    solution[k] = rest / (diagonal[k] ?? NaN);
  }
  return solution;
}

function norm(values: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < values.length; i += 1) sum += (values[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}

/** Mirrors `other` at the plane whose normal is `vector` from row `from` on; `scale` is half the normal's squared length. */
function reflect(vector: Float64Array, other: Float64Array, from: number, scale: number): void {
  let product = 0;
  for (let i = from; i < vector.length; i += 1) product += (vector[i] ?? 0) * (other[i] ?? 0);
  const factor = product / scale;
  for (let i = from; i < vector.length; i += 1) other[i] = (other[i] ?? 0) - factor * (vector[i] ?? 0);
}
