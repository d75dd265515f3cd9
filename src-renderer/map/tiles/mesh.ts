import { RasterReprojector } from '@developmentseed/raster-reproject';
import type { MercatorBox } from '../geo/mercator.ts';
import type { Placement } from '../geo/placement.ts';
import type { PixelBox } from './tile-grid.ts';

/** Triangles over a part of the map, with where in a tile each corner lies. */
export interface Mesh {
  /** Mercator position minus the part's north-west corner, as float32 that stays exact at high zooms: x, y of each vertex. */
  readonly positions: Float32Array;
  /** Place in the tile, 0..1 from left and top, beyond it outside: u, v of each vertex. */
  readonly places: Float32Array;
  readonly triangles: Uint32Array;
}

/** Most that a point may be drawn away from its exact place, in screen pixels: gdalwarp's own default. */
const maxError = 0.125;
const maxSteps = 1500;

/**
 * A mesh for the part `area` of the map, on which a tile (`box`, full-resolution pixels) is drawn: the map is divided and each
 * corner gets its exact place in the tile, so that the antimeridian and the poles need no care, as in a warp. `width` and
 * `height` are the area's size in screen pixels. Triangles reach beyond the tile; what lies outside 0..1 is not drawn.
 */
export function makeMesh(placement: Placement, box: PixelBox, area: MercatorBox, width: number, height: number): Mesh {
  const [x0, y0, x1, y1] = area;
  const [left, top, right, bottom] = box;
  const middle = (left + right) / 2;
  const [w, h] = [Math.max(1, width), Math.max(1, height)];
  const centre = (x0 + x1) / 2;
  const mesh = new RasterReprojector(
    {
      forwardTransform: (px, py) => [x0 + (px / w) * (x1 - x0), y0 + (py / h) * (y1 - y0)],
      inverseTransform: (x, y) => [((x - x0) / (x1 - x0)) * w, ((y - y0) / (y1 - y0)) * h],
      forwardReproject: (x, y) => {
        const [column, row] = placement.inverse(x, y, middle);
        // Beyond the CRS's domain: far outside the tile, so it is not drawn.
        if (Number.isNaN(column) || Number.isNaN(row)) return [-100, -100];
        return [(column - left) / (right - left), (row - top) / (bottom - top)];
      },
      inverseReproject: (u, v) => {
        const [x, y] = placement.forward(left + u * (right - left), top + v * (bottom - top));
        return [x - Math.round(x - centre), y];
      },
    },
    // The reprojector counts pixel centres: one more than there are steps.
    w + 1,
    h + 1,
  );
  for (let step = 0; step < maxSteps && mesh.getMaxError() > maxError; step += 1) mesh.refine();
  const count = mesh.uvs.length / 2;
  const positions = new Float32Array(count * 2);
  for (let i = 0; i < count; i += 1) {
    positions[2 * i] = (mesh.uvs[2 * i] ?? 0) * (x1 - x0);
    positions[2 * i + 1] = (mesh.uvs[2 * i + 1] ?? 0) * (y1 - y0);
  }
  return {
    positions,
    places: Float32Array.from(mesh.exactOutputPositions),
    triangles: Uint32Array.from(mesh.triangles),
  };
}
