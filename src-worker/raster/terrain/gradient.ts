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
  // By index: taking an array apart goes through its iterator, which costs more than all the rest.
  const at = (index: number): number => z[index] ?? NaN;
  if (algorithm === 'horn') {
    out[0] = ((at(2) + 2 * at(5) + at(8) - (at(0) + 2 * at(3) + at(6))) * perEast) / 8;
    out[1] = ((at(0) + 2 * at(1) + at(2) - (at(6) + 2 * at(7) + at(8))) * perNorth) / 8;
  } else {
    out[0] = ((at(5) - at(3)) * perEast) / 2;
    out[1] = ((at(1) - at(7)) * perNorth) / 2;
  }
}
