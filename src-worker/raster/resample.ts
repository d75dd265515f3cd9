import { AppError } from '../../src-shared/errors.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import type { Grid } from './grid.ts';
import { maxSourcePixels, split } from './parts.ts';
import { sourcePositions } from './source-positions.ts';
import type { Georeferenced } from './warp-locate.ts';
import { readWarped } from './warp-read.ts';
import type { Resampling } from '../../src-shared/task/schema.ts';
import type { RasterSource, Window } from '../../src-raster/types.ts';
import { bandMask, makeValidity } from '../../src-raster/validity.ts';

export interface GridPixels {
  /** Row-major stored values (scale and offset not applied); NaN where not valid. */
  readonly data: Float64Array<ArrayBuffer>;
  /** 1 where the source has a valid pixel. */
  readonly valid: Uint8Array<ArrayBuffer>;
}

/** Positions of the windows that were asked last: the bands of a scene share them. */
const positionsCache = new Map<string, Float64Array>();
const maxCachedPositions = 8;

/**
 * Reads one band (1-based) onto a window of a grid, at full resolution. Nearest takes the pixel under each centre by exact
 * positions: equal to rasterio.warp.reproject(..., Resampling.nearest, tolerance=0). The others are equal to gdalwarp -et 0.125
 * (see `readWarped`). Only the source pixels around the window are read. Throws `bad_data` when the source has no CRS, no
 * transform, or a CRS that can't be transformed.
 */
export async function readOntoGrid(
  source: RasterSource,
  band: number,
  grid: Grid,
  window: Window,
  ctx: ReadContext,
  resampling: Resampling = 'nearest',
): Promise<GridPixels> {
  const info = georeferenced(source);
  if (resampling !== 'nearest') return readWarped(source, info, band, grid, window, ctx, resampling);
  const data = new Float64Array(window.width * window.height).fill(NaN);
  const valid = new Uint8Array(window.width * window.height);
  const positions = cachedPositions(info, grid, window);
  const isValid = makeValidity(info);

  const fill = async (part: Window): Promise<void> => {
    const box = sourceBox(positions, part, window.width, info.width);
    if (box === null) return;
    const points = part.width * part.height;
    if (points > 1 && box.width * box.height > Math.max(maxSourcePixels, 4 * points)) {
      for (const half of split(part)) await fill(half);
      return;
    }
    const values = await source.read(band, box, ctx);
    const mask = await bandMask(source, band, box, ctx);
    for (let y = part.y; y < part.y + part.height; y += 1)
      for (let x = part.x; x < part.x + part.width; x += 1) {
        const at = y * window.width + x;
        const position = positions[at] ?? -1;
        if (position < 0) continue;
        const row = Math.floor(position / info.width);
        const index = (row - box.y) * box.width + (position - row * info.width) - box.x;
        const value = values[index] ?? NaN;
        if (!isValid(value) || mask?.[index] === 0) continue;
        data[at] = value;
        valid[at] = 1;
      }
  };
  await fill({ x: 0, y: 0, width: window.width, height: window.height });
  return { data, valid };
}

function georeferenced(source: RasterSource): Georeferenced {
  const { crs, transform } = source.info;
  if (crs === null || transform === null)
    throw new AppError(
      'bad_data',
      `${source.href} has no ${crs === null ? 'coordinate reference system' : 'georeference'}.`,
      {
        remedy: 'Assign one: gdal_translate -a_srs EPSG:code -a_ullr west north east south input.tif output.tif',
      },
    );
  return { ...source.info, crs, transform };
}

function cachedPositions(info: Georeferenced, grid: Grid, window: Window): Float64Array {
  const key = JSON.stringify([info.width, info.height, describe(info), describe(grid), window]);
  const positions = positionsCache.get(key) ?? sourcePositions(info, grid, window);
  positionsCache.delete(key);
  positionsCache.set(key, positions);
  for (const old of positionsCache.keys()) {
    if (positionsCache.size <= maxCachedPositions) break;
    positionsCache.delete(old);
  }
  return positions;
}

function describe({ crs, transform }: Pick<Georeferenced, 'crs' | 'transform'>): unknown[] {
  return [crs.code, crs.proj4, transform];
}

/** The source window that holds all positions of a part, or null when it has none. */
function sourceBox(positions: Float64Array, part: Window, stride: number, sourceWidth: number): Window | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (let y = part.y; y < part.y + part.height; y += 1)
    for (let x = part.x; x < part.x + part.width; x += 1) {
      const position = positions[y * stride + x] ?? -1;
      if (position < 0) continue;
      const row = Math.floor(position / sourceWidth);
      const column = position - row * sourceWidth;
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row);
    }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
