import type { Affine, Crs, Window } from '../../src-raster/types.ts';
import { accumulate } from './accumulate.ts';
import type { AreaGeometry } from './features.ts';
import { placeArea } from './place-area.ts';

/** Fractions nearer to 0 or 1 than this are rounding: such a pixel is outside, or wholly inside. */
const snap = 1e-9;

/** Size of a raster, and how its pixels lie on the ground. */
export interface PlacedRaster {
  readonly crs: Crs;
  readonly transform: Affine;
  readonly width: number;
  readonly height: number;
}

/**
 * How much of each pixel of a raster a polygon covers: the exact area of their intersection in pixel space, with no
 * sampling. Edges are straight in longitude and latitude (RFC 7946, 3.1.1) and are followed on the raster to a ten-thousandth
 * of a pixel. Holes count as outside; parts that overlap count once in the pixels that they cover wholly.
 */
export class PolygonCoverage {
  /** The pixels that the polygon touches, around all of them; null when it misses the raster. */
  readonly window: Window | null;
  /** Edges in pixels: x1, y1, x2, y2 of each, outer rings turned so that their area is positive, holes the other way. */
  readonly #edges: Float64Array<ArrayBuffer>;

  /**
   * `geometry` is in WGS 84.
   * @throws AppError `bad_data` when the CRS can't be transformed, or the polygon can't be placed on the raster because it
   * crosses the edge of what the projection can show
   */
  constructor(geometry: AreaGeometry, raster: PlacedRaster) {
    const placed = placeArea(geometry, raster);
    this.#edges = placed.edges;
    this.window = placed.window;
  }

  /** Bytes that `weights` of a window takes. */
  static bytes({ width, height }: Pick<Window, 'width' | 'height'>): number {
    return (width + 2) * height * 8 + width * height * 8;
  }

  /**
   * The fraction, 0 to 1, of every pixel of a window that the polygon covers, row-major. Exact to about 1e-12; pixels
   * covered by less than 1e-9 count as not covered.
   */
  weights(window: Window): Float64Array<ArrayBuffer> {
    const { width, height } = window;
    const sums = accumulate(this.#edges, window);
    const weights = new Float64Array(width * height);
    for (let row = 0; row < height; row += 1) {
      let covered = 0;
      for (let column = 0; column < width; column += 1) {
        covered += sums[row * (width + 2) + column] ?? 0;
        weights[row * width + column] = covered < snap ? 0 : covered > 1 - snap ? 1 : covered;
      }
    }
    return weights;
  }
}
