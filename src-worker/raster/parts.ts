import type { Window } from '../../src-raster/types.ts';

/** A part whose source window has more pixels than this is split, so that a coarse grid reads blocks, not whole scenes. */
export const maxSourcePixels = 4 * 1024 * 1024;

/** Two halves across the longer side. */
export function split({ x, y, width, height }: Window): [Window, Window] {
  if (width >= height) {
    const half = width >> 1;
    return [
      { x, y, width: half, height },
      { x: x + half, y, width: width - half, height },
    ];
  }
  const half = height >> 1;
  return [
    { x, y, width, height: half },
    { x, y: y + half, width, height: height - half },
  ];
}
