import type { MercatorBox } from '../geo/mercator.ts';
import type { Placement } from '../geo/placement.ts';
import { copiesInView, viewBox } from '../geo/view.ts';
import type { View } from '../geo/view.ts';
import type { Level, PixelBox, TileAddress } from './tile-grid.ts';
import { tileBox, tileKey, tilesIn } from './tile-grid.ts';

/** A tile that should be shown, with its place. */
export interface ChosenTile extends TileAddress {
  readonly key: string;
  readonly box: PixelBox;
  /** Its box on the map. */
  readonly area: MercatorBox;
}

/** A level is fine enough when one of its pixels takes at most this many device pixels. */
export const enoughPixels = Math.SQRT2;
/** More tiles than this are never asked for at once; the view is then shown from a coarser level or not at all. */
const maxTiles = 160;

/** The boxes of tiles on the map, computed once. */
export class TilePlaces {
  readonly placement: Placement;
  readonly levels: readonly Level[];
  readonly #known = new Map<string, ChosenTile>();

  constructor(placement: Placement, levels: readonly Level[]) {
    this.placement = placement;
    this.levels = levels;
  }

  of(tile: TileAddress): ChosenTile {
    const key = tileKey(tile);
    let chosen = this.#known.get(key);
    if (chosen === undefined) {
      const level = this.levels[tile.level];
      if (level === undefined) throw new Error(`the raster has no level ${tile.level}`);
      const box = tileBox(this.levels, level, tile);
      chosen = { ...tile, key, box, area: this.placement.boxOf(box) };
      if (this.#known.size > 20_000) this.#known.clear();
      this.#known.set(key, chosen);
    }
    return chosen;
  }
}

/**
 * The tiles that a view needs: from the coarsest level on, each tile is divided until its pixels are at most `pixels` device
 * pixels large. Sizes differ over a view where the projections differ much, as near the poles. Null when more tiles would
 * be needed than can be loaded: a raster without overviews, seen from far away.
 */
export function chooseTiles(places: TilePlaces, view: View, pixels = enoughPixels): ChosenTile[] | null {
  const chosen = new Map<string, ChosenTile>();
  const coarsest = places.levels.at(-1);
  if (coarsest === undefined) return [];
  let visited = 0;
  const visit = (address: TileAddress): boolean => {
    const tile = places.of(address);
    if (chosen.has(tile.key) || copiesInView(view, tile.area).length === 0) return true;
    visited += 1;
    const level = places.levels[tile.level];
    const finer = places.levels[tile.level - 1];
    if (level === undefined || visited > 40 * maxTiles) return false;
    if (finer !== undefined && pixelOnScreen(places, tile, level, view) > pixels)
      return tilesIn(places.levels, finer, tile.box).every(visit);
    chosen.set(tile.key, tile);
    return chosen.size <= maxTiles;
  };
  const full = places.levels[0] ?? coarsest;
  const inView = pixelsInView(places.placement, full, view);
  if (inView === null) return [];
  const complete = tilesIn(places.levels, coarsest, inView).every(visit);
  if (complete) return [...chosen.values()];
  // Too many: coarser ones, as far as there are any.
  return pixels < 64 && places.levels.length > 1 ? chooseTiles(places, view, pixels * 2) : null;
}

/** Device pixels (as the root of an area) that a pixel of the tile's level takes where the tile is nearest to the view's middle. */
function pixelOnScreen({ placement }: TilePlaces, tile: ChosenTile, level: Level, view: View): number {
  const [left, top, right, bottom] = tile.box;
  const clamp = ([column, row]: [number, number]): [number, number] => [
    Math.min(right, Math.max(left, Number.isNaN(column) ? (left + right) / 2 : column)),
    Math.min(bottom, Math.max(top, Number.isNaN(row) ? (top + bottom) / 2 : row)),
  ];
  const [column, row] = clamp(placement.inverse(view.x, view.y, (left + right) / 2));
  const step = Math.max(1e-3, (right - left) / 64);
  const [dx, dy] = [column + step > right ? -step : step, row + step > bottom ? -step : step];
  const [x, y] = placement.forward(column, row);
  const [xr, yr] = placement.forward(column + dx, row);
  const [xd, yd] = placement.forward(column, row + dy);
  const area = Math.abs(((xr - x) * (yd - y) - (xd - x) * (yr - y)) / (dx * dy));
  const levelPixel = (right - left) / Math.min(level.tileWidth, level.width - tile.column * level.tileWidth);
  // Where nothing can be computed (at a pole), the tile is fine as it is.
  return Number.isFinite(area) ? Math.sqrt(area) * levelPixel * view.worldSize * view.pixelRatio : 0;
}

/** A box of full-resolution pixels that holds all that is in view; null when nothing is. Generous where the CRS is curved. */
function pixelsInView(placement: Placement, full: Level, view: View): PixelBox | null {
  const whole: PixelBox = [0, 0, full.width, full.height];
  const area = placement.boxOf(whole);
  if (copiesInView(view, area).length === 0) return null;
  const [x0, y0, x1, y1] = viewBox(view);
  // Far out, everything may be in view; the coarsest level has few tiles anyway.
  if (x1 - x0 > 0.02) return whole;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i <= 8; i += 1)
    for (let j = 0; j <= 8; j += 1) {
      const [column, row] = placement.inverse(x0 + ((x1 - x0) * i) / 8, y0 + ((y1 - y0) * j) / 8);
      if (Number.isNaN(column) || Number.isNaN(row)) return whole;
      [left, right] = [Math.min(left, column), Math.max(right, column)];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    }
  const margin = 0.05 * (right - left + bottom - top) + 1;
  const box: PixelBox = [
    Math.max(0, left - margin),
    Math.max(0, top - margin),
    Math.min(full.width, right + margin),
    Math.min(full.height, bottom + margin),
  ];
  return box[0] < box[2] && box[1] < box[3] ? box : null;
}
