import type { Neighbours } from './gradient.ts';

/** Elevations of a block and one pixel around it, row-major, (width + 2) * (height + 2); NaN where there is none. */
export interface HaloBlock {
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
  /** Which sides of the block lie on the raster's edge. */
  readonly edges: { readonly top: boolean; readonly left: boolean; readonly bottom: boolean; readonly right: boolean };
}

/**
 * Calls `visit` with the nine elevations around every pixel that has them, as gdaldem goes over a raster (ComputeVal and
 * GDALGeneric3x3Processing of gdaldem_lib.cpp). A pixel without elevation is never visited. Without `computeEdges` all nine
 * are needed. With it, rows and columns beyond the raster's edge go on in a straight line (twice the edge minus the one
 * before; at a corner the columns are repeated), and any other missing neighbour counts as the pixel itself.
 * `z` is used again from call to call.
 */
export function walkBlock(
  block: HaloBlock,
  computeEdges: boolean,
  visit: (index: number, row: number, z: Neighbours) => void,
): void {
  const { width, height, values, edges } = block;
  const stride = width + 2;
  const z = new Float64Array(9);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const at = (row + 1) * stride + column + 1;
      const middle = values[at] ?? NaN;
      if (middle !== middle) continue;
      const vertical = edges.top && row === 0 ? -1 : edges.bottom && row === height - 1 ? 1 : 0;
      const horizontal = edges.left && column === 0 ? -1 : edges.right && column === width - 1 ? 1 : 0;
      for (let i = 0, from = at - stride - 1; i < 9; i += 3, from += stride) {
        z[i] = values[from] ?? NaN;
        z[i + 1] = values[from + 1] ?? NaN;
        z[i + 2] = values[from + 2] ?? NaN;
      }
      if (computeEdges && (vertical !== 0 || horizontal !== 0))
        extrapolate(z, vertical, horizontal, values, at, stride);
      let complete = true;
      for (let i = 0; i < 9; i += 1) {
        const value = z[i] ?? NaN;
        if (value === value) continue;
        complete = false;
        z[i] = middle;
      }
      if (complete || computeEdges) visit(row * width + column, row, z);
    }
}

/** Puts what lies beyond the raster's edge into the nine elevations. */
function extrapolate(
  z: Float64Array,
  vertical: number,
  horizontal: number,
  values: Float64Array,
  at: number,
  stride: number,
): void {
  for (let i = 0; i < 9; i += 1) {
    const [down, right] = [Math.floor(i / 3) - 1, (i % 3) - 1];
    if (vertical !== 0) {
      // GDAL repeats the outermost column in the first and last row.
      const column = right === horizontal ? 0 : right;
      const value = (row: number): number => values[at + row * stride + column] ?? NaN;
      z[i] = down === vertical ? 2 * value(0) - value(-vertical) : value(down);
    } else if (right === horizontal) {
      const value = (column: number): number => values[at + down * stride + column] ?? NaN;
      z[i] = 2 * value(0) - value(-horizontal);
    }
  }
}
