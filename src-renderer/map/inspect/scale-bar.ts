import { fromMercator } from '../geo/mercator.ts';
import type { View } from '../geo/view.ts';

export interface ScaleBar {
  /** CSS pixels. */
  readonly width: number;
  readonly text: string;
}

/** Equator of the sphere of EPSG:3857, metres. */
const equator = 2 * Math.PI * 6_378_137;
const longest = 120;

/** A round length on the ground at the height of the view's middle. The web map's scale grows towards the poles. */
export function groundScale(view: View): ScaleBar {
  const [, latitude] = fromMercator(view.x, view.y);
  const metresPerPixel = (equator * Math.cos((latitude * Math.PI) / 180)) / view.worldSize;
  const metres = roundDown(metresPerPixel * longest);
  const text = metres >= 1000 ? `${metres / 1000} km` : metres >= 1 ? `${metres} m` : `${metres * 100} cm`;
  return { width: metres / metresPerPixel, text };
}

/** A round number of pixels of a raster that lies in a plane of its own. */
export function pixelScale(view: View, mercatorPerPixel: number): ScaleBar {
  const screenPerPixel = mercatorPerPixel * view.worldSize;
  const pixels = Math.max(1, roundDown(longest / screenPerPixel));
  return { width: pixels * screenPerPixel, text: `${pixels} ${pixels === 1 ? 'pixel' : 'pixels'}` };
}

/** The largest of 1, 2 and 5 times a power of ten that is not above `value`. */
function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [5, 2, 1].find((one) => one * power <= value) ?? 1;
  return Number((step * power).toPrecision(1));
}
