import { nodePlatform } from '../../raster/platform.ts';
import { boundsTo } from '../../../src-raster/crs.ts';
import type { Grid } from '../../raster/grid.ts';
import { gridBounds } from '../../raster/grid.ts';
import type { RasterInfo, Window } from '../../../src-raster/types.ts';
import type { ReadEstimate } from './estimate.ts';
import { pixelWindow } from './pixel-window.ts';
import type { Scene } from './scenes.ts';

/** Scenes are read side by side: the cache may forget as many blocks earlier as one that is filled in order. */
const blocksInFlight = 3;

/**
 * What reading scenes onto parts of a grid costs, part by part and scene by scene as the pass does it: whole blocks at the
 * file's average bytes a pixel, and once more where the block cache has forgotten them in between. Windows that overlap are
 * counted as often as they are decoded.
 */
export function planReads(
  scenes: readonly Scene[],
  grid: Grid,
  parts: Iterable<Window>,
  readsBackwards: (partsBefore: number) => boolean,
): ReadEstimate {
  const rasters = scenes.flatMap(({ bands, mask }) =>
    [...bands, ...(mask === null ? [] : [mask])].map(({ info }) => rasterCost(info)),
  );
  const { maxBytes } = nodePlatform.cache;
  const largest = Math.max(0, ...rasters.map(({ blockBytes }) => blockBytes).filter((bytes) => bytes <= maxBytes / 2));
  const cache = new ForgetfulSet(Math.max(maxBytes / 2, maxBytes - blocksInFlight * largest));
  const sum = { readBytes: 0, requests: 0, pixels: 0 };
  const order = [...rasters.entries()];
  const reversed = order.toReversed();
  let partsBefore = 0;
  for (const part of parts) {
    const windows = new Map<string, Window | null>();
    for (const [index, raster] of readsBackwards(partsBefore) ? reversed : order) {
      let window = windows.get(raster.gridKey);
      if (window === undefined) windows.set(raster.gridKey, (window = centresWindow(raster.info, grid, part)));
      if (window === null) continue;
      sum.pixels += window.width * window.height;
      const { blockWidth, blockHeight, width, height } = raster.info;
      for (let row = Math.floor(window.y / blockHeight); row * blockHeight < window.y + window.height; row += 1) {
        let missed = false;
        for (
          let column = Math.floor(window.x / blockWidth);
          column * blockWidth < window.x + window.width;
          column += 1
        ) {
          if (cache.has(`${index}/${row}/${column}`, raster.blockBytes)) continue;
          missed = true;
          const stored =
            Math.min(blockWidth, width - column * blockWidth) * Math.min(blockHeight, height - row * blockHeight);
          sum.readBytes += stored * raster.bytesPerPixel;
        }
        if (missed) sum.requests += 1;
      }
    }
    partsBefore += 1;
  }
  return { ...sum, readBytes: Math.ceil(sum.readBytes) };
}

function rasterCost(info: RasterInfo) {
  const stored = [info, ...info.overviews].reduce((sum, { width, height }) => sum + width * height, 0);
  const { crs, transform, width, height } = info;
  return {
    info,
    bytesPerPixel: info.bytes / stored,
    blockBytes: (info.blockWidth * info.blockHeight * info.bandCount * Number(/\d+$/.exec(info.dtype)?.[0])) / 8,
    gridKey: JSON.stringify([crs?.code, crs?.proj4, transform, width, height]),
  };
}

/** The pixels of a raster under the centres of a part of a grid; null when there are none. */
function centresWindow(info: RasterInfo, grid: Grid, part: Window): Window | null {
  if (info.crs === null) return null;
  const [a, b, c, d, e, f] = grid.transform;
  const [west, south, east, north] = gridBounds({
    ...grid,
    transform: [a, b, c + part.x * a, d, e, f + part.y * e],
    width: part.width,
    height: part.height,
  });
  const [x, y] = [Math.abs(a) / 2, Math.abs(e) / 2];
  // A part may lie where the raster's projection can't show it.
  try {
    // A centre on the edge between two pixels belongs to the right and lower one.
    const box = [west + x, south + y * 0.999, east - x * 0.999, north - y] as const;
    return pixelWindow(info, boundsTo(grid.crs, box, info.crs));
  } catch {
    return null;
  }
}

/** Which of the sized keys the least recently used of have not been dropped: a block cache without the blocks. */
class ForgetfulSet {
  readonly #maxBytes: number;
  readonly #keys = new Map<string, number>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether it still has a key; it has it from now on, as the last one to go. */
  has(key: string, bytes: number): boolean {
    const known = this.#keys.delete(key);
    if (bytes > nodePlatform.cache.maxBytes / 2) return false;
    this.#keys.set(key, bytes);
    if (known) return true;
    this.#bytes += bytes;
    for (const [old, size] of this.#keys) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#keys.delete(old);
      this.#bytes -= size;
    }
    return false;
  }
}
