import { transformer, wgs84 } from '../../../src-raster/crs.ts';
import type { Affine, Crs, Window } from '../../../src-raster/types.ts';
import type { FootprintGeometry } from '../../stac/footprint.ts';
import { polygonsOf } from '../../stac/footprint.ts';

type Ring = readonly (readonly [x: number, y: number])[];

/** Inner points put on each edge of the polygon, whose edges are straight in longitude and latitude (RFC 7946, 3.1.1). */
const densify = 32;

interface Shape {
  readonly rings: readonly Ring[];
  /** Around its outer ring. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Tells for windows of one raster which pixels have their centre inside an area. In degrees a polygon also covers the
 * pixels whose longitude is a turn off, as rasters across the antimeridian and of 0..360 degrees have them.
 */
export class AreaMask {
  /** In pixel coordinates of the raster. */
  readonly #shapes: readonly Shape[];

  constructor(area: FootprintGeometry, crs: Crs, transform: Affine) {
    const { forward } = transformer(wgs84, crs);
    const toPixel = inverse(transform);
    const turns = crs.unit === 'degree' ? [-360, 0, 360] : [0];
    this.#shapes = polygonsOf(area).flatMap((rings) => {
      const moved = rings.map((ring) => densified(ring).map(([x, y]) => forward(x, y)));
      return turns.map((turn) =>
        shapeOf(
          moved.map((ring) =>
            ring.map(([x, y]) => toPixel(x + turn, y)).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)),
          ),
        ),
      );
    });
  }

  /** Row-major, 1 inside any polygon (even-odd rule: holes are outside). A centre on an edge belongs to the right. */
  read(window: Window): Uint8Array<ArrayBuffer> {
    const inside = new Uint8Array(window.width * window.height);
    for (const shape of this.#shapes) {
      if (clip(shape, window) === null) continue;
      for (let row = 0; row < window.height; row += 1) {
        const xs = crossings(shape.rings, window.y + row + 0.5);
        for (let pair = 0; pair + 1 < xs.length; pair += 2) {
          const from = Math.max(0, Math.ceil((xs[pair] ?? 0) - 0.5 - window.x));
          const to = Math.min(window.width, Math.ceil((xs[pair + 1] ?? 0) - 0.5 - window.x));
          if (to > from) inside.fill(1, row * window.width + from, row * window.width + to);
        }
      }
    }
    return inside;
  }

  /** The window around the area, clipped to a raster; null when they don't meet. */
  window(width: number, height: number): Window | null {
    const met = this.#shapes.flatMap((shape) => clip(shape, { x: 0, y: 0, width, height }) ?? []);
    if (met.length === 0) return null;
    const [x, y] = [Math.min(...met.map((one) => one.x)), Math.min(...met.map((one) => one.y))];
    return {
      x,
      y,
      width: Math.max(...met.map((one) => one.x + one.width)) - x,
      height: Math.max(...met.map((one) => one.y + one.height)) - y,
    };
  }
}

function shapeOf(rings: readonly Ring[]): Shape {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of rings[0] ?? []) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return { rings, left, top, right, bottom };
}

/** The pixels of a window that a shape's box touches; null when there are none. */
function clip({ left, top, right, bottom }: Shape, window: Window): Window | null {
  const [x, y] = [Math.max(window.x, Math.floor(left)), Math.max(window.y, Math.floor(top))];
  const width = Math.min(window.x + window.width, Math.ceil(right)) - x;
  const height = Math.min(window.y + window.height, Math.ceil(bottom)) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

function crossings(rings: readonly Ring[], y: number): number[] {
  const xs: number[] = [];
  for (const ring of rings)
    for (let i = 1; i < ring.length; i += 1) {
      const [x1, y1] = ring[i - 1] ?? [0, 0];
      const [x2, y2] = ring[i] ?? [0, 0];
      if (y1 <= y !== y2 <= y) xs.push(x1 + ((y - y1) * (x2 - x1)) / (y2 - y1));
    }
  return xs.sort((a, b) => a - b);
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
