import { affineBounds } from '../../src-raster/affine.ts';
import { boundsTo, transformer, wgs84 } from '../../src-raster/crs.ts';
import type { Bbox } from '../../src-raster/types.ts';
import type { PlacedRaster } from './coverage.ts';

/** Points looked at along each side of a raster. */
const perSide = 8;

/**
 * A box in longitude and latitude that holds a raster with room to spare (a tenth on each side); east may lie beyond 180.
 * Null when a part of the raster's edge lies outside what its projection can show, so that no box can be trusted.
 */
export function rasterBox({ crs, transform, width, height }: PlacedRaster): Bbox | null {
  const bounds = affineBounds(transform, width, height);
  const { forward, inverse, identity } = transformer(wgs84, crs);
  const slack = Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1]) * 1e-6;
  for (let i = 0; !identity && i < 4 * perSide; i += 1) {
    const share = (i % perSide) / perSide;
    const along = i < 2 * perSide ? share : 1 - share;
    const onRow = Math.floor(i / perSide) % 2 === 0;
    const far = i >= perSide && i < 3 * perSide ? 1 : 0;
    const [u, v] = onRow ? [along, far] : [far, along];
    const x = bounds[0] + (bounds[2] - bounds[0]) * u;
    const y = bounds[1] + (bounds[3] - bounds[1]) * v;
    const back = forward(...inverse(x, y));
    if (!(Math.abs(back[0] - x) <= slack && Math.abs(back[1] - y) <= slack)) return null;
  }
  const [west, south, end, north] = boundsTo(crs, bounds, wgs84);
  const east = west > end ? end + 360 : end;
  // Never more than a turn, or the laps would overlap.
  const padX = Math.min((east - west) / 10 + 1e-6, Math.max(0, (360 - east + west) / 2));
  const padY = (north - south) / 10 + 1e-6;
  return [west - padX, Math.max(-90, south - padY), east + padX, Math.min(90, north + padY)];
}
