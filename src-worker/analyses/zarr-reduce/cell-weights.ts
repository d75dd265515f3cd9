import { transformer, wgs84 } from '../../../src-raster/crs.ts';
import type { Window } from '../../../src-raster/types.ts';
import type { Grid } from '../../raster/grid.ts';

/** First eccentricity of WGS 84. */
const eccentricity = 0.0818191908426215;

/**
 * Areas of the cells of a window, row-major, in steradians, to weight means with. Of a grid in degrees they are those between
 * meridians and parallels of a sphere, Δλ (sin φn - sin φs), which is what cos φ weights approximate; cells that reach beyond
 * a pole end there. Of other grids they are those of the quadrilaterals on the sphere of the ellipsoid's area (authalic
 * latitude: Snyder 1987, 3-11 and 3-12), by their diagonals: to 1e-4 for cells up to 100 km. 0 where the CRS has no place.
 */
export function cellWeights(grid: Grid, window: Window): Float64Array<ArrayBuffer> {
  return grid.crs.unit === 'degree' ? onSphere(grid, window) : quadrilaterals(grid, window);
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;

function onSphere({ transform, resolution }: Grid, { y, width, height }: Window): Float64Array<ArrayBuffer> {
  const areas = new Float64Array(width * height);
  const [, , , , step, top] = transform;
  const sine = (row: number) => Math.sin(radians(Math.max(-90, Math.min(90, top + step * row))));
  for (let row = 0; row < height; row += 1)
    areas.fill(radians(resolution[0]) * (sine(y + row) - sine(y + row + 1)), row * width, (row + 1) * width);
  return areas;
}

function quadrilaterals({ crs, transform }: Grid, { x, y, width, height }: Window): Float64Array<ArrayBuffer> {
  const { forward } = transformer(crs, wgs84);
  const [a, , c, , e, f] = transform;
  const corners = (row: number) =>
    Array.from({ length: width + 1 }, (_, column) => unitVector(forward(c + a * (x + column), f + e * (y + row))));
  const areas = new Float64Array(width * height);
  let above = corners(0);
  for (let row = 0; row < height; row += 1) {
    const below = corners(row + 1);
    for (let column = 0; column < width; column += 1) {
      const four = [above[column], above[column + 1], below[column + 1], below[column]] as const;
      const area = areaOf(four[0], four[1], four[2], four[3]);
      areas[row * width + column] = Number.isFinite(area) ? area : 0;
    }
    above = below;
  }
  return areas;
}

type Vector = readonly [number, number, number];
const nowhere: Vector = [NaN, NaN, NaN];

function areaOf(a = nowhere, b = nowhere, c = nowhere, d = nowhere): number {
  const [px, py, pz] = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  const [qx, qy, qz] = [d[0] - b[0], d[1] - b[1], d[2] - b[2]];
  return Math.hypot(py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx) / 2;
}

function unitVector([longitude, latitude]: readonly [number, number]): Vector {
  const sine = Math.sin(radians(latitude));
  const authalic = authalicPart(sine) / authalicPart(1);
  const cosine = Math.sqrt(Math.max(0, 1 - authalic * authalic));
  return [cosine * Math.cos(radians(longitude)), cosine * Math.sin(radians(longitude)), authalic];
}

function authalicPart(sine: number): number {
  const product = eccentricity * sine;
  return (1 - eccentricity ** 2) * (sine / (1 - product * product) + Math.atanh(product) / eccentricity);
}
