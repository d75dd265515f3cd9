/** Which neighbours the gradient is taken from. */
export type GradientAlgorithm = 'horn' | 'zevenbergen_thorne';

/** A pixel (4) and its eight neighbours, row by row from the north-west: 0 1 2 / 3 4 5 / 6 7 8. */
export type Neighbours = Float64Array;

/**
 * Rise of the ground to the east and to the north (rise over run) at the middle of nine elevations. `perEast` and
 * `perNorth` are vertical over horizontal units of one pixel's width and height.
 *
 * Horn (1981), "Hill shading and the reflectance map", Proc. IEEE 69: weights 1 2 1 over the two outer columns or rows,
 * divided by 8. Zevenbergen and Thorne (1987), "Quantitative analysis of land surface topography", Earth Surf. Process.
 * Landforms 12: the two neighbours in line, divided by 2. The same sums as in GDAL's gdaldem_lib.cpp.
 */
export function gradient(
  algorithm: GradientAlgorithm,
  z: Neighbours,
  perEast: number,
  perNorth: number,
  out: [east: number, north: number],
): void {
  const [nw = NaN, n = NaN, ne = NaN, w = NaN, , e = NaN, sw = NaN, s = NaN, se = NaN] = z;
  if (algorithm === 'horn') {
    out[0] = ((ne + 2 * e + se - (nw + 2 * w + sw)) * perEast) / 8;
    out[1] = ((nw + 2 * n + ne - (sw + 2 * s + se)) * perNorth) / 8;
  } else {
    out[0] = ((e - w) * perEast) / 2;
    out[1] = ((n - s) * perNorth) / 2;
  }
}
