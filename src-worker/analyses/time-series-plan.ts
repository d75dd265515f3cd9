import { boundsTo } from '../../src-raster/crs.ts';
import type { Window } from '../../src-raster/types.ts';
import { gridBounds } from '../raster/grid.ts';
import type { Grid } from '../raster/grid.ts';
import type { RunContext } from '../run/context.ts';
import type { ReadEstimate } from './shared/estimate.ts';
import { pixelWindow } from './shared/pixel-window.ts';
import type { SceneBand } from './shared/scenes.ts';
import { useBand } from './shared/scenes.ts';
import { partBytes } from './time-series-read.ts';
import type { LayerScene, Samplers } from './time-series-scenes.ts';

/** Requests are merged over holes of this many bytes (see `readRanges`). */
const maxGap = 64 * 1024;

export interface ScenePlan extends ReadEstimate {
  /** Of the largest window that is read at once. */
  readonly partBytes: number;
}

interface BandBlocks {
  /** Stored bytes of every block that was met, by its place. */
  readonly known: Map<number, number>;
}

/**
 * What reading the features of a scene costs: the stored bytes of every block that is met, from the block tables, each
 * once. Requests are those of each feature's window: one for the blocks that it is the first to meet, or several
 * where they lie apart in the file.
 */
export async function planScene(
  ctx: RunContext,
  layers: readonly LayerScene[],
  samplers: Samplers,
): Promise<ScenePlan> {
  const blocksOf = new Map<string, BandBlocks>();
  const sum = { readBytes: 0, requests: 0, pixels: 0, partBytes: 0 };
  for (const layer of layers) {
    const { scene, grid } = layer;
    for (const { sampler } of samplers.on(grid))
      for (const part of sampler.parts) {
        sum.partBytes = Math.max(sum.partBytes, partBytes(layer, part));
        for (const band of [...scene.bands, ...(scene.mask === null ? [] : [scene.mask])]) {
          const key = `${band.place.href}\n${band.choice.band}`;
          const blocks = blocksOf.get(key) ?? { known: new Map<number, number>() };
          blocksOf.set(key, blocks);
          const window = windowOf(band, grid, part);
          if (window === null) continue;
          const cost = await planWindow(ctx, band, window, blocks);
          sum.readBytes += cost.readBytes;
          sum.requests += cost.requests;
          sum.pixels += window.width * window.height;
        }
      }
  }
  return sum;
}

/** The pixels of a band under the centres of a part of a grid; null when there are none. */
function windowOf({ info }: SceneBand, grid: Grid, part: Window): Window | null {
  const { crs, transform, width, height } = info;
  if (crs === null) return null;
  if (transform?.every((one, index) => one === grid.transform[index]) === true && crs.code === grid.crs.code)
    return part.x < width && part.y < height ? part : null;
  const [a, , c, , e, f] = grid.transform;
  const moved = { ...grid, width: part.width, height: part.height };
  const transformed = [a, 0, c + part.x * a, 0, e, f + part.y * e] as const;
  const [west, south, east, north] = gridBounds({ ...moved, transform: transformed });
  const [x, y] = [Math.abs(a) / 2, Math.abs(e) / 2];
  const box = [west + x, south + y * 0.999, east - x * 0.999, north - y] as const;
  return pixelWindow(info, boundsTo(grid.crs, box, crs));
}

async function planWindow(ctx: RunContext, band: SceneBand, window: Window, { known }: BandBlocks) {
  const { blockWidth, blockHeight, width, height, maskSource } = band.info;
  const across = Math.ceil(width / blockWidth);
  const missing: number[] = [];
  let readBytes = 0;
  for (let row = Math.floor(window.y / blockHeight); row * blockHeight < window.y + window.height; row += 1)
    for (let column = Math.floor(window.x / blockWidth); column * blockWidth < window.x + window.width; column += 1) {
      const block = row * across + column;
      if (known.has(block)) continue;
      const place = { x: column * blockWidth, y: row * blockHeight, width: 1, height: 1 };
      if (place.x >= width || place.y >= height) continue;
      const bytes = await useBand(ctx, band, (source) => source.pendingBytes(band.choice.band, place, ctx.read));
      known.set(block, bytes);
      if (bytes === 0) continue;
      readBytes += bytes;
      missing.push(block);
    }
  const mean = readBytes / missing.length;
  const holes = missing.filter((block, index) => index > 0 && (block - (missing[index - 1] ?? 0) - 1) * mean > maxGap);
  const reads = missing.length === 0 ? 0 : 1 + holes.length;
  // A mask inside the file has blocks of its own, of a few bytes.
  return { readBytes, requests: maskSource === 'mask' ? 2 * reads : reads };
}
