import { affineBounds, invertAffine } from '../../../src-raster/affine.ts';
import { boundsTo, transformer, wgs84 } from '../../../src-raster/crs.ts';
import type { Affine, Crs, RasterInfo } from '../../../src-raster/types.ts';
import type { PixelBox } from '../tiles/tile-grid.ts';
import type { MercatorBox } from './mercator.ts';
import { fromMercator, maxLatitude, toMercator, wrapLongitude } from './mercator.ts';

/** Where a raster lies on the map: full-resolution pixel coordinates (0, 0 = outer corner of the first) to Mercator and back. */
export interface Placement {
  /** `map`: by its CRS. `pixels`: it has none that can be used, so it lies in a plane of its own, one unit a pixel. */
  readonly kind: 'map' | 'pixels';
  /** [NaN, NaN] where the CRS has no such point. x is not wrapped to 0..1. */
  readonly forward: (column: number, row: number) => [number, number];
  /** `near` is a column: of the turns of a geographic raster, the one nearest to it is meant. */
  readonly inverse: (x: number, y: number, near?: number) => [number, number];
  /** A box around a rectangle of pixels, a little too large rather than too small; east may pass 1. */
  readonly boxOf: (box: PixelBox) => MercatorBox;
}

/** A raster's CRS and transform, when both can be used on the map. */
export function georeference({ crs, transform }: Pick<RasterInfo, 'crs' | 'transform'>): {
  crs: Crs;
  transform: Affine;
} | null {
  return crs !== null && crs.proj4 !== null && transform !== null ? { crs, transform } : null;
}

export function placementOf(info: Pick<RasterInfo, 'crs' | 'transform' | 'width' | 'height'>): Placement {
  const reference = georeference(info);
  return reference === null ? pixelPlacement(info) : mapPlacement(reference.crs, reference.transform, info.width);
}

function mapPlacement(crs: Crs, transform: Affine, width: number): Placement {
  const { forward: toWgs84, inverse: fromWgs84 } = transformer(crs, wgs84);
  const [a, b, c, d, e, f] = transform;
  const [i0, i1, i2, j0, j1, j2] = invertAffine(transform);
  // Columns of a full turn, for rasters in longitude and latitude.
  const isPlate = crs.unit === 'degree' && b === 0 && d === 0;
  const turn = isPlate ? Math.abs(360 / a) : 0;
  const forward = (column: number, row: number): [number, number] => {
    const x = a * column + b * row + c;
    const [longitude, latitude] = toWgs84(x, d * column + e * row + f);
    // A datum change wraps longitudes; the raster's own count goes on across the antimeridian.
    return toMercator(isPlate ? longitude + 360 * Math.round((x - longitude) / 360) : longitude, latitude);
  };
  const inverse = (mx: number, my: number, near = width / 2): [number, number] => {
    const [longitude, latitude] = fromMercator(mx, my);
    const [x, y] = fromWgs84(wrapLongitude(longitude), latitude);
    const column = i0 + x * i1 + y * i2;
    return [turn > 0 ? column - turn * Math.round((column - near) / turn) : column, j0 + x * j1 + y * j2];
  };
  const boxOf = ([left, top, right, bottom]: PixelBox): MercatorBox => {
    if (isPlate) {
      const north = Math.max(-maxLatitude, Math.min(maxLatitude, Math.max(e * top + f, e * bottom + f)));
      const south = Math.max(-maxLatitude, Math.min(maxLatitude, Math.min(e * top + f, e * bottom + f)));
      const [x0, x1] = [forward(left, top)[0], forward(right, top)[0]];
      return grown([Math.min(x0, x1), toMercator(0, north)[1], Math.max(x0, x1), toMercator(0, south)[1]]);
    }
    const part: Affine = [a, b, a * left + b * top + c, d, e, d * left + e * top + f];
    const [west, south, east, north] = boundsTo(crs, affineBounds(part, right - left, bottom - top), wgs84);
    const [n, s] = [Math.min(maxLatitude, north), Math.max(-maxLatitude, south)];
    return grown([
      toMercator(west, 0)[0],
      toMercator(0, n)[1],
      toMercator(west > east ? east + 360 : east, 0)[0],
      toMercator(0, s)[1],
    ]);
  };
  return { kind: 'map', forward, inverse, boxOf };
}

/** Edges are sampled, so a curved one may bulge between samples: 2 % more on each side, at most one turn. */
function grown([x0, y0, x1, y1]: MercatorBox): MercatorBox {
  const [dx, dy] = [Math.min((x1 - x0) * 0.02, Math.max(0, (1 - (x1 - x0)) / 2)), (y1 - y0) * 0.02];
  return [x0 - dx, Math.max(0, y0 - dy), x1 + dx, Math.min(1, y1 + dy)];
}

/** Pixels as squares on an empty plane: an eighth of the map wide, so that MapLibre's zooms are enough for each pixel. */
function pixelPlacement({ width, height }: Pick<RasterInfo, 'width' | 'height'>): Placement {
  const unit = 1 / (8 * Math.max(width, height));
  const forward = (column: number, row: number): [number, number] => [
    0.5 + (column - width / 2) * unit,
    0.5 + (row - height / 2) * unit,
  ];
  return {
    kind: 'pixels',
    forward,
    inverse: (x, y) => [(x - 0.5) / unit + width / 2, (y - 0.5) / unit + height / 2],
    boxOf: ([left, top, right, bottom]) => [...forward(left, top), ...forward(right, bottom)] as const,
  };
}
