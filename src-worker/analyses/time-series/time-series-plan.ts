import { boundsTo } from '../../../src-raster/crs.ts';
import type { Window } from '../../../src-raster/types.ts';
import { gridBounds } from '../../raster/grid.ts';
import type { Grid } from '../../raster/grid.ts';
import type { RunContext } from '../../run/context.ts';
import { bandCosts } from '../shared/block-costs.ts';
import type { ReadEstimate } from '../shared/estimate.ts';
import { pixelWindow } from '../shared/pixel-window.ts';
import { ReadSimulator } from '../shared/read-simulator.ts';
import type { SceneBand } from '../shared/scenes.ts';
import { useBand } from '../shared/scenes.ts';
import { partBytes } from './time-series-read.ts';
import type { LayerScene, Samplers } from './time-series-scenes.ts';

export interface ScenePlan extends ReadEstimate {
  /** Of the largest window that is read at once. */
  readonly partBytes: number;
}

/** What reading the features of a scene costs: the blocks under them by the files' own block tables, each once. */
export async function planScene(
  ctx: RunContext,
  layers: readonly LayerScene[],
  samplers: Samplers,
): Promise<ScenePlan> {
  const simulator = new ReadSimulator();
  let largest = 0;
  for (const layer of layers) {
    const { scene, grid } = layer;
    for (const { sampler } of samplers.on(grid))
      for (const part of sampler.parts) {
        largest = Math.max(largest, partBytes(layer, part));
        for (const band of [...scene.bands, ...(scene.mask === null ? [] : [scene.mask])]) {
          const window = windowOf(band, grid, part);
          if (window === null) continue;
          const costs =
            band.costs ?? (await useBand(ctx, band, (source) => bandCosts(source, band.choice.band, window, ctx.read)));
          simulator.read(costs, window);
        }
      }
  }
  return { ...simulator.estimate, partBytes: largest };
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
