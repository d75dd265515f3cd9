/** Rows that are loaded at once, and the raster on which such a window moves: most scrolling stays inside one. */
export const windowRows = 120;
const step = 30;

/** Where the window begins that holds a row in sight and those around it, from 0. */
export function windowStart(firstInSight: number): number {
  return Math.max(0, Math.floor(firstInSight / step) * step - step);
}
