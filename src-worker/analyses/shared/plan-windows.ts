import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';
import type { RasterSource, Window } from '../../../src-raster/types.ts';
import { bandCosts } from './block-costs.ts';
import type { BandCosts } from './block-costs.ts';
import type { ReadEstimate } from './estimate.ts';
import { ReadSimulator } from './read-simulator.ts';

/**
 * What reading bands of a raster window by window costs, in this order, with the masks that apply to them: whole blocks, once
 * more where the block cache has forgotten them in between; bytes and requests as the file's own block tables give them.
 * Nothing but these tables is read. @param level 0 is full resolution; windows are in its pixels
 */
export async function planWindows(
  source: RasterSource,
  bands: readonly number[],
  windows: Iterable<Window>,
  ctx: ReadContext,
  simulator = new ReadSimulator(),
  level = 0,
): Promise<ReadEstimate> {
  const parts = [...windows];
  const around = unionOf(parts);
  if (around === null) return { readBytes: 0, requests: 0, pixels: 0 };
  const costs: BandCosts[] = [];
  for (const band of bands) costs.push(await bandCosts(source, band, around, ctx, level));
  const before = simulator.estimate;
  for (const window of parts) for (const one of costs) simulator.read(one, window);
  const { readBytes, requests, pixels } = simulator.estimate;
  return {
    readBytes: readBytes - before.readBytes,
    requests: requests - before.requests,
    pixels: pixels - before.pixels,
  };
}

function unionOf(windows: readonly Window[]): Window | null {
  if (windows.length === 0) return null;
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  for (const { x, y, width, height } of windows) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
