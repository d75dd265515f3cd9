import type { View } from '../geo/view.ts';
import type { ChosenTile, TilePlaces } from '../tiles/choose-tiles.ts';
import { cellsInView } from '../tiles/cells.ts';
import type { Mesh } from '../tiles/mesh.ts';
import { makeMesh } from '../tiles/mesh.ts';
import type { PixelBox } from '../tiles/tile-grid.ts';
import { tilesIn } from '../tiles/tile-grid.ts';
import type { TileDrawing } from '../gl/raster-painter.ts';
import type { TilePixels } from '../reader/tile-pixels.ts';

/** A tile's texture on the graphics card. */
export interface TileTexture {
  readonly texture: WebGLTexture;
  readonly format: TilePixels['format'];
  readonly width: number;
  readonly height: number;
}

/** Meshes of one raster, kept while the view moves over them. */
export class MeshCache {
  readonly #meshes = new Map<string, Mesh>();

  get(places: TilePlaces, tile: ChosenTile, view: View): TileDrawing['meshes'] {
    return cellsInView(tile.area, view).map(({ key, area, width, height, copies }) => {
      const id = `${tile.key}|${key}`;
      let mesh = this.#meshes.get(id);
      if (mesh === undefined) {
        mesh = makeMesh(places.placement, tile.box, area, width, height);
        if (this.#meshes.size > 3_000) this.#meshes.clear();
        this.#meshes.set(id, mesh);
      }
      return { mesh, area, copies };
    });
  }
}

/**
 * What to draw for the chosen tiles: each with its own texture, or while that is on its way with the part of a coarser
 * tile that covers it, or else with the finer tiles in it that were shown before.
 */
export function planDrawing(
  places: TilePlaces,
  chosen: readonly ChosenTile[],
  before: readonly ChosenTile[],
  textureOf: (tile: ChosenTile) => TileTexture | undefined,
  meshes: MeshCache,
  view: View,
): TileDrawing[] {
  const drawings: TileDrawing[] = [];
  const add = (tile: ChosenTile, owner: ChosenTile, texture: TileTexture): void => {
    const part = partOf(tile.box, owner.box, texture);
    drawings.push({ texture: texture.texture, format: texture.format, part, meshes: meshes.get(places, tile, view) });
  };
  for (const tile of chosen) {
    const own = textureOf(tile);
    if (own !== undefined) {
      add(tile, tile, own);
      continue;
    }
    const coarser = coarserTile(places, tile, textureOf);
    if (coarser !== null) add(tile, ...coarser);
    for (const finer of before) {
      const texture = finer.level < tile.level && contains(tile.box, finer.box) ? textureOf(finer) : undefined;
      if (texture !== undefined) add(finer, finer, texture);
    }
  }
  return drawings;
}

function coarserTile(
  places: TilePlaces,
  tile: ChosenTile,
  textureOf: (tile: ChosenTile) => TileTexture | undefined,
): [ChosenTile, TileTexture] | null {
  const { levels } = places;
  for (const level of levels.slice(tile.level + 1))
    for (const address of tilesIn(levels, level, tile.box)) {
      const owner = places.of(address);
      const texture = contains(owner.box, tile.box) ? textureOf(owner) : undefined;
      if (texture !== undefined) return [owner, texture];
    }
  return null;
}

/** Boxes of levels whose sizes were rounded differ by less than a pixel. */
function contains(outer: PixelBox, inner: PixelBox): boolean {
  const slack = 0.02 * (outer[2] - outer[0]);
  return (
    inner[0] >= outer[0] - slack &&
    inner[1] >= outer[1] - slack &&
    inner[2] <= outer[2] + slack &&
    inner[3] <= outer[3] + slack
  );
}

/** The texels of the owner's texture that a tile's box covers: x, y, width, height. */
function partOf(box: PixelBox, owner: PixelBox, { width, height }: TileTexture): TileDrawing['part'] {
  const [sx, sy] = [width / (owner[2] - owner[0]), height / (owner[3] - owner[1])];
  return [(box[0] - owner[0]) * sx, (box[1] - owner[1]) * sy, (box[2] - box[0]) * sx, (box[3] - box[1]) * sy];
}
