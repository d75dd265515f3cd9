import { createRequire } from 'node:module';
import type { View } from '../../../src-renderer/map/geo/view.ts';
import type { MercatorBox } from '../../../src-renderer/map/geo/mercator.ts';
import { windowPlatform } from '../../../src-renderer/map/reader/platform.ts';
import { RasterReader } from '../../../src-renderer/map/reader/raster-reader.ts';

const require = createRequire(import.meta.url);

/** The window's reader as it is in the map worker; Node has its `fetch`. */
export function windowReader(): RasterReader {
  const lerc = require.resolve('lerc/lerc-wasm.wasm');
  return new RasterReader(windowPlatform({ lerc, jpeg: 'unused:', webp: 'unused:' }));
}

export const never = new AbortController().signal;

/** The view that `MapView.fit` gives. */
export function fitted([x0, y0, x1, y1]: MercatorBox, width: number, height: number, padding = 32): View {
  const worldSize = Math.min((width - 2 * padding) / (x1 - x0), (height - 2 * padding) / (y1 - y0));
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, worldSize, width, height, pixelRatio: 1 };
}
