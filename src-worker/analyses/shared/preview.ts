import { RunningStats } from '../../raster/stats.ts';
import type { Statistics } from '../../raster/stats.ts';
import type { RasterInfo, RasterSource, Window } from '../../../src-raster/types.ts';
import { bandMask, makeValidity } from '../../../src-raster/validity.ts';
import type { RunContext } from '../../run/context.ts';

const longestSide = 640;
/** Without overviews a picture needs all pixels; beyond this it is not worth them. */
const mostPixels = 64 * 1_048_576;

/** Where a picture of a window of a raster is read. */
export interface PreviewPlan {
  /** 0 is full resolution. */
  readonly level: number;
  /** In pixels of that level. */
  readonly window: Window;
  /** Every n-th pixel of the level is kept. */
  readonly step: number;
}

export interface Preview {
  readonly data: Float64Array<ArrayBuffer>;
  readonly valid: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** Of the pixels that were read, before thinning. */
  readonly statistics: Statistics;
  readonly pixels: number;
}

/** The coarsest level that still shows a window with 640 pixels; null when that would take too many pixels. */
export function planPreview(info: RasterInfo, window: Window): PreviewPlan | null {
  const levels = [{ width: info.width, height: info.height }, ...info.overviews];
  const scaled = levels.map((level) =>
    scaleWindow(window, level.width / info.width, level.height / info.height, level),
  );
  const enough = scaled.findLastIndex(
    ({ width, height }) => Math.max(width, height) >= Math.min(longestSide, Math.max(window.width, window.height)),
  );
  const level = Math.max(0, enough);
  const chosen = scaled[level] ?? window;
  if (chosen.width * chosen.height > mostPixels) return null;
  return { level, window: chosen, step: Math.max(1, Math.ceil(Math.max(chosen.width, chosen.height) / longestSide)) };
}

/** Reads a band as planned. Scale and offset are not applied. */
export async function readPreview(
  ctx: RunContext,
  source: RasterSource,
  band: number,
  plan: PreviewPlan,
): Promise<Preview> {
  const { window, level, step } = plan;
  return ctx.memory.hold(window.width * window.height * 10, async () => {
    const pixels = await source.read(band, window, ctx.read, level);
    const mask = await bandMask(source, band, window, ctx.read, level);
    const isValid = makeValidity(source.info);
    const usable = Uint8Array.from(pixels, (value, i) => (isValid(value) && mask?.[i] !== 0 ? 1 : 0));
    const stats = new RunningStats();
    stats.add(pixels, usable);
    const [width, height] = [Math.ceil(window.width / step), Math.ceil(window.height / step)];
    const data = new Float64Array(width * height);
    const valid = new Uint8Array(width * height);
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) {
        const from = y * step * window.width + x * step;
        valid[y * width + x] = usable[from] ?? 0;
        data[y * width + x] = usable[from] === 1 ? (pixels[from] ?? 0) : 0;
      }
    return { data, valid, width, height, statistics: stats.result(), pixels: pixels.length };
  });
}

function scaleWindow(window: Window, sx: number, sy: number, level: { width: number; height: number }): Window {
  const [x, y] = [Math.floor(window.x * sx), Math.floor(window.y * sy)];
  const right = Math.min(level.width, Math.max(x + 1, Math.ceil((window.x + window.width) * sx)));
  const bottom = Math.min(level.height, Math.max(y + 1, Math.ceil((window.y + window.height) * sy)));
  return {
    x: Math.min(x, right - 1),
    y: Math.min(y, bottom - 1),
    width: Math.max(1, right - x),
    height: Math.max(1, bottom - y),
  };
}
