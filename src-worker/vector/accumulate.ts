import type { Window } from '../../src-raster/types.ts';

/**
 * Signed areas of polygon edges over the pixels of a window, as differences along each row: the running sum of a row of
 * `width + 2` values is the covered fraction of its pixels. Each edge adds, to every pixel, the area of the pixel's part to
 * the right of the edge within the edge's rows (Green's theorem; the accumulation buffer of exact-area scan converters). Edges to the left of the
 * window count in its first column, those to the right of it in none.
 */
export function accumulate(edges: Float64Array, { x, y, width, height }: Window): Float64Array<ArrayBuffer> {
  const stride = width + 2;
  const sums = new Float64Array(stride * height);
  for (let at = 0; at < edges.length; at += 4) {
    let [x1, y1, x2, y2] = [
      (edges[at] ?? 0) - x,
      (edges[at + 1] ?? 0) - y,
      (edges[at + 2] ?? 0) - x,
      (edges[at + 3] ?? 0) - y,
    ];
    if (y1 === y2 || (x1 >= width && x2 >= width)) continue;
    // With the interior to the right of an upward edge (y falls) for rings of positive area.
    let sign = -1;
    if (y1 > y2) {
      [x1, y1, x2, y2] = [x2, y2, x1, y1];
      sign = 1;
    }
    if (y2 <= 0 || y1 >= height) continue;
    const slope = (x2 - x1) / (y2 - y1);
    const last = Math.min(height, Math.ceil(y2));
    for (let row = Math.max(0, Math.floor(y1)); row < last; row += 1) {
      const top = Math.max(y1, row);
      const bottom = Math.min(y2, row + 1);
      // Ends are taken as they are, so that neighbouring edges meet exactly.
      const from = top === y1 ? x1 : x1 + (top - y1) * slope;
      const to = bottom === y2 ? x2 : x1 + (bottom - y1) * slope;
      addRow(sums, row * stride, width, Math.min(from, to), Math.max(from, to), sign * (bottom - top));
    }
  }
  return sums;
}

/** Adds an edge within one row: from column coordinate `left` to `right`, over the signed height `rise`. */
function addRow(sums: Float64Array, start: number, width: number, left: number, right: number, rise: number): void {
  if (left >= width) return;
  if (right <= 0) {
    sums[start] = (sums[start] ?? 0) + rise;
    return;
  }
  const perColumn = right > left ? rise / (right - left) : 0;
  let from = left;
  let rest = rise;
  if (from < 0) {
    const before = -from * perColumn;
    sums[start] = (sums[start] ?? 0) + before;
    rest -= before;
    from = 0;
  }
  for (let column = Math.floor(from); column < width; column += 1) {
    const end = Math.min(right, column + 1);
    const isLast = end === right;
    const part = isLast ? rest : (end - from) * perColumn;
    // The part's mean distance from the column's left side is what is not covered of this pixel.
    const gone = part * ((from + end) / 2 - column);
    sums[start + column] = (sums[start + column] ?? 0) + part - gone;
    sums[start + column + 1] = (sums[start + column + 1] ?? 0) + gone;
    if (isLast) return;
    rest -= part;
    from = end;
  }
}
