import type { RasterInfo, Window } from '../../src-raster/types.ts';

/** Pixels that one step of a pass holds at most, unless one block alone is larger. */
const stepPixels = 512 * 1024;

/** A window of a raster and the numbers of the zones that have pixels in it. */
export interface ZoneWindow {
  readonly window: Window;
  readonly zones: readonly number[];
}

/**
 * The windows in which a pass over the zones of a raster reads it: steps of whole blocks, in rows from the top, each cut to
 * what its zones need. Blocks that no zone touches are not read.
 * @param zones the window of each zone; null when it misses the raster
 * @param blockwise one block a step, for zones that are few and far between
 */
export function zoneWindows(
  { width, height, blockWidth, blockHeight }: RasterInfo,
  zones: readonly (Window | null)[],
  blockwise = false,
): ZoneWindow[] {
  const rows = blockwise ? 1 : Math.min(Math.ceil(height / blockHeight), Math.max(1, Math.ceil(256 / blockHeight)));
  const stepY = rows * blockHeight;
  const stepX = blockwise ? blockWidth : blockWidth * Math.max(1, Math.floor(stepPixels / (blockWidth * stepY)));
  const steps = new Map<number, { window: Window; zones: number[] }>();
  const across = Math.ceil(width / stepX);
  zones.forEach((zone, index) => {
    if (zone === null) return;
    for (let j = Math.floor(zone.y / stepY); j * stepY < zone.y + zone.height; j += 1)
      for (let i = Math.floor(zone.x / stepX); i * stepX < zone.x + zone.width; i += 1) {
        const part = intersection(zone, { x: i * stepX, y: j * stepY, width: stepX, height: stepY });
        const key = j * across + i;
        const step = steps.get(key);
        if (part === null) continue;
        if (step === undefined) steps.set(key, { window: part, zones: [index] });
        else {
          step.window = union(step.window, part);
          step.zones.push(index);
        }
      }
  });
  return [...steps].sort(([a], [b]) => a - b).map(([, step]) => step);
}

/** The pixels that two windows share; null when there are none. */
export function intersection(a: Window, b: Window): Window | null {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

function union(a: Window, b: Window): Window {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
