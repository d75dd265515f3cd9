import { transformer, wgs84 } from '../../raster/crs.ts';
import type { Affine, Crs, Window } from '../../raster/types.ts';
import type { FootprintGeometry } from '../../stac/footprint.ts';
import { polygonsOf } from '../../stac/footprint.ts';

type Ring = readonly (readonly [x: number, y: number])[];

/** Inner points put on each edge of the polygon, whose edges are straight in longitude and latitude (RFC 7946, 3.1.1). */
const densify = 32;

/** Tells for windows of one raster which pixels have their centre inside an area. */
export class AreaMask {
  /** In pixel coordinates of the raster. */
  readonly #rings: readonly Ring[];

  constructor(area: FootprintGeometry, crs: Crs, transform: Affine) {
    const { forward } = transformer(wgs84, crs);
    const toPixel = inverse(transform);
    this.#rings = polygonsOf(area)
      .flat()
      .map((ring) =>
        densified(ring)
          .map(([x, y]) => toPixel(...forward(x, y)))
          .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)),
      );
  }

  /** Row-major, 1 inside (even-odd rule: holes are outside). A centre on an edge belongs to the right. */
  read(window: Window): Uint8Array<ArrayBuffer> {
    const inside = new Uint8Array(window.width * window.height);
    for (let row = 0; row < window.height; row += 1) {
      const crossings = this.#crossings(window.y + row + 0.5);
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
        const from = Math.max(0, Math.ceil((crossings[pair] ?? 0) - 0.5 - window.x));
        const to = Math.min(window.width, Math.ceil((crossings[pair + 1] ?? 0) - 0.5 - window.x));
        if (to > from) inside.fill(1, row * window.width + from, row * window.width + to);
      }
    }
    return inside;
  }

  /** The window around the area, clipped to a raster; null when they don't meet. */
  window(width: number, height: number): Window | null {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [x, y] of this.#rings.flat()) {
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
    const [x, y] = [Math.max(0, Math.floor(left)), Math.max(0, Math.floor(top))];
    const [w, h] = [Math.min(width, Math.ceil(right)) - x, Math.min(height, Math.ceil(bottom)) - y];
    return w > 0 && h > 0 ? { x, y, width: w, height: h } : null;
  }

  #crossings(y: number): number[] {
    const xs: number[] = [];
    for (const ring of this.#rings)
      for (let i = 1; i < ring.length; i += 1) {
        const [x1, y1] = ring[i - 1] ?? [0, 0];
        const [x2, y2] = ring[i] ?? [0, 0];
        if (y1 <= y !== y2 <= y) xs.push(x1 + ((y - y1) * (x2 - x1)) / (y2 - y1));
      }
    return xs.sort((a, b) => a - b);
  }
}

function densified(ring: readonly (readonly number[])[]): [number, number][] {
  const points: [number, number][] = [];
  for (let i = 1; i < ring.length; i += 1) {
    const [x1 = 0, y1 = 0] = ring[i - 1] ?? [];
    const [x2 = 0, y2 = 0] = ring[i] ?? [];
    for (let k = 0; k <= densify; k += 1)
      points.push([x1 + ((x2 - x1) * k) / (densify + 1), y1 + ((y2 - y1) * k) / (densify + 1)]);
  }
  const [first] = points;
  if (first !== undefined) points.push(first);
  return points;
}

function inverse([a, b, c, d, e, f]: Affine): (x: number, y: number) => [number, number] {
  const determinant = a * e - b * d;
  return (x, y) => [(e * (x - c) - b * (y - f)) / determinant, (a * (y - f) - d * (x - c)) / determinant];
}
