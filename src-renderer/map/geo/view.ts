import type { MercatorBox } from './mercator.ts';

/** What the map shows: north is up, nothing is tilted. */
export interface View {
  /** Middle of the map, in Mercator units. */
  readonly x: number;
  readonly y: number;
  /** CSS pixels that one Mercator unit (the whole world) takes. */
  readonly worldSize: number;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels of one CSS pixel. */
  readonly pixelRatio: number;
}

export function viewBox({ x, y, worldSize, width, height }: View): MercatorBox {
  const [w, h] = [width / 2 / worldSize, height / 2 / worldSize];
  return [x - w, y - h, x + w, y + h];
}

/** CSS pixels from the top left of the map. */
export function toScreen(view: View, x: number, y: number): [number, number] {
  return [(x - view.x) * view.worldSize + view.width / 2, (y - view.y) * view.worldSize + view.height / 2];
}

export function fromScreen(view: View, left: number, top: number): [number, number] {
  return [view.x + (left - view.width / 2) / view.worldSize, view.y + (top - view.height / 2) / view.worldSize];
}

/** The copies of the world (as whole turns to add) in which a box is in view. */
export function copiesInView(view: View, [x0, y0, x1, y1]: MercatorBox): number[] {
  const [left, top, right, bottom] = viewBox(view);
  if (y0 >= bottom || y1 <= top) return [];
  const copies: number[] = [];
  for (let copy = Math.floor(left - x1) + 1; x0 + copy < right; copy += 1) copies.push(copy);
  return copies;
}
