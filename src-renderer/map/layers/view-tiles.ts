import type { RasterInfo } from '../../../src-raster/types.ts';
import type { View } from '../geo/view.ts';
import type { ChosenTile, TilePlaces } from '../tiles/choose-tiles.ts';
import { chooseTiles, enoughPixels } from '../tiles/choose-tiles.ts';
import { tileWindow } from '../tiles/tile-grid.ts';

/** What the first view of a raster may read, with its header: 4 MB less what the header takes. */
const firstViewBytes = 3.7e6;
/** What any view may read: a raster without overviews is not loaded whole. */
const viewBytes = 96e6;

/** The tiles of a view, or null when it would take too much to load them. */
export function viewTiles(places: TilePlaces, view: View, info: RasterInfo): ChosenTile[] | null {
  const tiles = chooseTiles(places, view);
  return tiles === null || estimatedBytes(places, tiles, info) > viewBytes ? null : tiles;
}

/** The tiles of a raster's first view: coarser than later ones if it would take more than about 4 MB otherwise. */
export function firstViewTiles(places: TilePlaces, view: View, info: RasterInfo): ChosenTile[] | null {
  for (let pixels = enoughPixels; pixels < 4; pixels *= Math.SQRT2) {
    const tiles = chooseTiles(places, view, pixels);
    if (tiles !== null && estimatedBytes(places, tiles, info) <= firstViewBytes) return tiles;
  }
  return viewTiles(places, view, info);
}

/** What the file's size says about how much a tile takes in it: all levels are packed about equally well. */
function estimatedBytes({ levels }: TilePlaces, tiles: readonly ChosenTile[], info: RasterInfo): number {
  const all = levels.reduce((sum, level) => sum + level.width * level.height, 0);
  const pixels = tiles.reduce((sum, tile) => {
    const level = levels[tile.level];
    if (level === undefined) return sum;
    const window = tileWindow(level, tile);
    return sum + window.width * window.height;
  }, 0);
  return (info.bytes * pixels) / all;
}
