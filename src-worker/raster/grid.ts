import { AppError } from '../../src-shared/errors.ts';
import type { Affine, Bbox, Crs, Window } from '../../src-raster/types.ts';

/** A north-up output grid: square cells need not be, but rows run south and columns east. */
export interface Grid {
  readonly crs: Crs;
  readonly transform: Affine;
  readonly width: number;
  readonly height: number;
  /** Cell size [x, y], positive, in units of the CRS. */
  readonly resolution: readonly [number, number];
}

export interface GridSpec {
  readonly crs: Crs;
  /** In the grid's own CRS; west < east and south < north. */
  readonly bbox: Bbox;
  readonly resolution: number | readonly [number, number];
}

/** Slack, in cells, that keeps 0.30000000000000004 / 0.1 from growing the grid by a cell. */
const snapSlack = 1e-6;

/**
 * The grid that covers `bbox`, its edges snapped outward to multiples of the resolution (counted from 0 of the CRS), so
 * that grids of one resolution always line up. Throws `invalid_task` for an empty box or a resolution that isn't positive.
 */
export function makeGrid(spec: GridSpec): Grid {
  const [rx, ry] = typeof spec.resolution === 'number' ? [spec.resolution, spec.resolution] : spec.resolution;
  const [west, south, east, north] = spec.bbox;
  if (!(rx > 0 && ry > 0 && Number.isFinite(rx) && Number.isFinite(ry)))
    throw new AppError('invalid_task', `The grid's resolution must be positive, not ${rx} x ${ry}.`, {
      remedy: 'Correct grid.resolution in the task.',
    });
  if (!(east > west && north > south) || !spec.bbox.every(Number.isFinite))
    throw new AppError('invalid_task', `The grid's box [${spec.bbox.join(', ')}] is empty or not finite.`, {
      remedy: 'Give west, south, east, north with west < east and south < north, in the units of grid.crs.',
    });
  const left = Math.floor(west / rx + snapSlack);
  const right = Math.ceil(east / rx - snapSlack);
  const bottom = Math.floor(south / ry + snapSlack);
  const top = Math.ceil(north / ry - snapSlack);
  return {
    crs: spec.crs,
    transform: [rx, 0, left * rx, 0, -ry, top * ry],
    width: Math.max(1, right - left),
    height: Math.max(1, top - bottom),
    resolution: [rx, ry],
  };
}

/** [west, south, east, north] of the grid's outer edges, in its CRS. */
export function gridBounds(grid: Grid): Bbox {
  const [a, , c, , e, f] = grid.transform;
  return [c, f + e * grid.height, c + a * grid.width, f];
}

/** The grid's tiles in row-major order, aligned to its upper left corner; the last of a row or column may be smaller. */
export function gridTiles(grid: { readonly width: number; readonly height: number }, size = 512): Window[] {
  const tiles: Window[] = [];
  for (let y = 0; y < grid.height; y += size)
    for (let x = 0; x < grid.width; x += size)
      tiles.push({ x, y, width: Math.min(size, grid.width - x), height: Math.min(size, grid.height - y) });
  return tiles;
}
