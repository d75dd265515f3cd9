import type { Affine, Window } from '../../src-raster/types.ts';
import { cellAreas } from '../raster/cell-area.ts';
import type { PlacedRaster } from './coverage.ts';

/** Pixels between the nodes at which the areas of a rotated raster's pixels are computed. */
const nodeStep = 32;

/**
 * The areas in m2 on the ellipsoid of the pixels of a window, row-major, whichever way the raster's rows run. `cellAreas` has the
 * formula; in a rotated raster the area of an upright cell at a node stands for the pixels around it (32 by 32 of them).
 * NaN where the projection shows no ground.
 */
export function groundAreas({ crs, transform, height }: PlacedRaster, window: Window): Float64Array<ArrayBuffer> {
  const [a, b, c, d, e, f] = transform;
  const areas = new Float64Array(window.width * window.height);
  const fill = (areaOf: (column: number, row: number) => number): Float64Array<ArrayBuffer> => {
    for (let row = 0; row < window.height; row += 1)
      for (let column = 0; column < window.width; column += 1)
        areas[row * window.width + column] = areaOf(window.x + column, window.y + row);
    return areas;
  };
  if (b !== 0 || d !== 0) return fill(rotated({ crs, transform }, window));
  if (e < 0) return fill(cellAreas({ crs, transform }, window));
  const upright: Affine = [a, 0, c, 0, -e, f + e * height];
  const turned = { ...window, y: height - window.y - window.height };
  const areaOf = cellAreas({ crs, transform: upright }, turned);
  return fill((column, row) => areaOf(column, height - 1 - row));
}

function rotated({ crs, transform }: Pick<PlacedRaster, 'crs' | 'transform'>, { x, y, width }: Window) {
  const [a, b, c, d, e, f] = transform;
  const cell = Math.abs(a * e - b * d);
  const side = Math.sqrt(cell);
  const across = Math.ceil(width / nodeStep);
  const nodes = new Map<number, number>();
  return (column: number, row: number): number => {
    const [i, j] = [Math.floor((column - x) / nodeStep), Math.floor((row - y) / nodeStep)];
    const key = j * across + i;
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const [u, v] = [x + (i + 0.5) * nodeStep, y + (j + 0.5) * nodeStep];
    const upright: Affine = [side, 0, a * u + b * v + c - side / 2, 0, -side, d * u + e * v + f + side / 2];
    const area = cellAreas({ crs, transform: upright }, { x: 0, y: 0, width: 1, height: 1 })(0, 0);
    nodes.set(key, area);
    return area;
  };
}
