import { nodePlatform } from '../../raster/platform.ts';
import { boundsTo } from '../../../src-raster/crs.ts';
import type { Grid } from '../../raster/grid.ts';
import { gridBounds } from '../../raster/grid.ts';
import { warpReach } from '../../raster/warp-scale.ts';
import type { Resampling } from '../../../src-shared/task/schema.ts';
import type { Bbox, RasterInfo, Window } from '../../../src-raster/types.ts';
import type { ReadEstimate } from './estimate.ts';
import { pixelWindow, unwrapped } from './pixel-window.ts';
import type { Scene } from './scenes.ts';

/** Scenes are read side by side: the cache may forget as many blocks earlier as one that is filled in order. */
const blocksInFlight = 3;

/** A raster whose pixels are read onto a grid. */
export interface PlannedRaster {
  readonly info: RasterInfo;
  readonly resampling: Resampling;
}

/** What reading scenes onto parts of a grid costs: all bands and masks; masks can't be interpolated. */
export function planReads(
  scenes: readonly Scene[],
  grid: Grid,
  parts: Iterable<Window>,
  readsBackwards: (partsBefore: number) => boolean,
  resampling: Resampling = 'nearest',
): ReadEstimate {
  const rasters = scenes.flatMap(({ bands, mask }): PlannedRaster[] => [
    ...bands.map(({ info }) => ({ info, resampling })),
    ...(mask === null ? [] : [{ info: mask.info, resampling: 'nearest' as const }]),
  ]);
  return planRasterReads(rasters, grid, parts, readsBackwards);
}

/**
 * What reading rasters onto parts of a grid costs, part by part and raster by raster as the pass does it: whole blocks at the
 * file's average bytes a pixel, and once more where the block cache has forgotten them in between. Windows that overlap are
 * counted as often as they are decoded. `isRead` tells for the n-th raster whether a part needs it at all.
 */
export function planRasterReads(
  planned: readonly PlannedRaster[],
  grid: Grid,
  parts: Iterable<Window>,
  readsBackwards: (partsBefore: number) => boolean,
  isRead: (raster: number, part: Window) => boolean = () => true,
): ReadEstimate {
  const rasters = planned.map(({ info, resampling }) => rasterCost(info, resampling));
  const reaches = new Map<string, readonly [number, number]>();
  const reachOf = ({ info, gridKey, resampling: method }: ReturnType<typeof rasterCost>) => {
    const known = reaches.get(gridKey) ?? warpReach(info, grid, method);
    reaches.set(gridKey, known);
    return known;
  };
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
      if (!isRead(index, part)) continue;
      let window = windows.get(raster.gridKey);
      if (window === undefined)
        windows.set(raster.gridKey, (window = partWindow(raster.info, grid, part, raster.resampling, reachOf(raster))));
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

function rasterCost(info: RasterInfo, resampling: Resampling) {
  const stored = [info, ...info.overviews].reduce((sum, { width, height }) => sum + width * height, 0);
  const { crs, transform, width, height } = info;
  return {
    info,
    resampling,
    bytesPerPixel: info.bytes / stored,
    blockBytes: (info.blockWidth * info.blockHeight * info.bandCount * Number(/\d+$/.exec(info.dtype)?.[0])) / 8,
    gridKey: JSON.stringify([crs?.code, crs?.proj4, transform, width, height, resampling]),
  };
}

/**
 * The pixels of a raster that a part of a grid needs; null when there are none. `reach` is how far beyond the centres of the
 * part's pixels a kernel takes source pixels; see `warpReach`.
 */
function partWindow(
  info: RasterInfo,
  grid: Grid,
  part: Window,
  resampling: Resampling,
  reach: readonly [number, number],
): Window | null {
  if (info.crs === null || info.transform === null) return null;
  const [a, b, c, d, e, f] = grid.transform;
  const [west, south, east, north] = gridBounds({
    ...grid,
    transform: [a, b, c + part.x * a, d, e, f + part.y * e],
    width: part.width,
    height: part.height,
  });
  // What lies under the whole cells, or under their centres only.
  const isArea = resampling === 'average' || resampling === 'mode';
  const [x, y] = isArea ? [0, 0] : [Math.abs(a) / 2, Math.abs(e) / 2];
  // A part may lie where the raster's projection can't show it.
  try {
    // A centre on the edge between two pixels belongs to the right and lower one.
    const box = [west + x, south + y * 0.999, east - x * 0.999, north - y] as const;
    const [left, bottom, right, top] = unwrappedBox(info, boundsTo(grid.crs, box, info.crs));
    const [dx, dy] = [reach[0] * Math.abs(info.transform[0]), reach[1] * Math.abs(info.transform[4])];
    return pixelWindow(info, [left - dx, bottom - dy, right + dx, top + dy]);
  } catch {
    return null;
  }
}

function unwrappedBox({ crs }: RasterInfo, box: Bbox): Bbox {
  return crs?.unit === 'degree' ? unwrapped(box) : box;
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
