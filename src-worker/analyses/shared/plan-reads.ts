import { nodePlatform } from '../../raster/platform.ts';
import { boundsTo } from '../../../src-raster/crs.ts';
import type { Grid } from '../../raster/grid.ts';
import { gridBounds } from '../../raster/grid.ts';
import { warpReach } from '../../raster/warp-scale.ts';
import type { Resampling } from '../../../src-shared/task/schema.ts';
import type { Bbox, RasterInfo, Window } from '../../../src-raster/types.ts';
import { averageCosts } from './block-costs.ts';
import type { BandCosts } from './block-costs.ts';
import type { ReadEstimate } from './estimate.ts';
import { pixelWindow, unwrapped } from './pixel-window.ts';
import { ReadSimulator } from './read-simulator.ts';
import type { Scene } from './scenes.ts';

/** Scenes are read side by side: the cache may forget as many blocks earlier as one that is filled in order. */
const blocksInFlight = 3;

/** A raster whose pixels are read onto a grid. */
export interface PlannedRaster {
  readonly info: RasterInfo;
  readonly resampling: Resampling;
  /** Where its blocks are; without it all blocks are taken to be alike. */
  readonly costs?: BandCosts | null;
}

/** Everything that is read of some scenes: bands, and masks, which can't be interpolated. */
export function plannedRasters(scenes: readonly Scene[], resampling: Resampling): PlannedRaster[] {
  return scenes.flatMap(({ bands, mask }) => [
    ...bands.map(({ info, costs }) => ({ info, costs, resampling })),
    ...(mask === null ? [] : [{ info: mask.info, costs: mask.costs, resampling: 'nearest' as const }]),
  ]);
}

/**
 * What reading rasters onto parts of a grid costs, part by part and raster by raster as the pass does it: whole blocks, and once
 * more where the block cache has forgotten them in between (see `ReadSimulator`). Windows that overlap are counted as often as
 * they are decoded. `isRead` tells for the n-th raster whether a part needs it at all.
 */
export function planReads(
  planned: readonly PlannedRaster[],
  grid: Grid,
  parts: Iterable<Window>,
  readsBackwards: (partsBefore: number) => boolean,
  isRead: (raster: number, part: Window) => boolean = () => true,
): ReadEstimate {
  const rasters = planned.map(rasterCost);
  const reaches = new Map<string, readonly [number, number]>();
  const reachOf = ({ info, gridKey, resampling: method }: ReturnType<typeof rasterCost>) => {
    const known = reaches.get(gridKey) ?? warpReach(info, grid, method);
    reaches.set(gridKey, known);
    return known;
  };
  const simulator = simulatorFor(rasters.map(({ costs }) => costs));
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
      if (window !== null) simulator.read(raster.costs, window);
    }
    partsBefore += 1;
  }
  const { readBytes, requests, pixels } = simulator.estimate;
  return { readBytes: Math.ceil(readBytes), requests, pixels };
}

/** Side by side reads make the cache forget earlier: by the blocks that are on their way. */
function simulatorFor(costs: readonly BandCosts[]): ReadSimulator {
  const { maxBytes } = nodePlatform.cache;
  const sizes = costs.map(({ values }) => values.decodedBytes).filter((bytes) => bytes <= maxBytes / 2);
  const largest = sizes.reduce((most, bytes) => Math.max(most, bytes), 0);
  return new ReadSimulator(Math.max(maxBytes / 2, maxBytes - blocksInFlight * largest));
}

function rasterCost({ info, resampling, costs }: PlannedRaster, index: number) {
  const { crs, transform, width, height } = info;
  return {
    info,
    resampling,
    costs: costs ?? averageCosts(info, String(index)),
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
