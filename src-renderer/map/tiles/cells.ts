import { boxesMeet } from '../geo/mercator.ts';
import type { MercatorBox } from '../geo/mercator.ts';
import { copiesInView, viewBox } from '../geo/view.ts';
import type { View } from '../geo/view.ts';

/** A part of a tile's box on the map that gets a mesh of its own. */
export interface Cell {
  readonly key: string;
  readonly area: MercatorBox;
  /** Screen pixels at the zoom that it is made for. */
  readonly width: number;
  readonly height: number;
  /** Turns to add to where it is drawn. */
  readonly copies: readonly number[];
}

/** A cell is at most this many screen pixels wide, so that its mesh is small and exact at every zoom. */
const cellPixels = 1024;
/** Cells are at most this part of the world wide: a mesh must not begin with triangles that a curve can hide between. */
const cellWorld = 1 / 16;

/** The cells of a tile's box that are in view. They are made for whole zooms, so that panning and zooming reuse them. */
export function cellsInView(box: MercatorBox, view: View): Cell[] {
  const [x0, y0, x1, y1] = box;
  const zoomed = 2 ** Math.ceil(Math.log2(view.worldSize * view.pixelRatio));
  const across = divisions(x1 - x0, zoomed);
  const down = divisions(y1 - y0, zoomed);
  const [w, h] = [(x1 - x0) / across, (y1 - y0) / down];
  const cells: Cell[] = [];
  const [left, top, right, bottom] = viewBox(view);
  for (const copy of copiesInView(view, box)) {
    const range = (from: number, to: number, start: number, size: number, count: number): [number, number] => [
      Math.max(0, Math.floor((from - start) / size)),
      Math.min(count - 1, Math.floor((to - start) / size)),
    ];
    const [c0, c1] = range(left - copy, right - copy, x0, w, across);
    const [r0, r1] = range(top, bottom, y0, h, down);
    for (let r = r0; r <= r1; r += 1)
      for (let c = c0; c <= c1; c += 1) {
        const area: MercatorBox = [x0 + c * w, y0 + r * h, x0 + (c + 1) * w, y0 + (r + 1) * h];
        if (!boxesMeet(area, [left - copy, top, right - copy, bottom])) continue;
        const key = `${across}x${down}/${c}/${r}/${zoomed}`;
        const known = cells.findIndex((cell) => cell.key === key);
        const same = cells[known];
        if (same !== undefined) cells[known] = { ...same, copies: [...same.copies, copy] };
        else cells.push({ key, area, width: w * zoomed, height: h * zoomed, copies: [copy] });
      }
  }
  return cells;
}

function divisions(extent: number, zoomed: number): number {
  const least = Math.max((extent * zoomed) / cellPixels, extent / cellWorld, 1);
  return 2 ** Math.ceil(Math.log2(least));
}
