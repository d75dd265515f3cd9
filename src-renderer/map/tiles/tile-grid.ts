import type { RasterInfo, Window } from '../../../src-raster/types.ts';

/** One resolution of a raster: 0 is full resolution, n the n-th overview. */
export interface Level {
  readonly level: number;
  readonly width: number;
  readonly height: number;
  /** Size of a tile in pixels of this level; the last of a row or column may be smaller. */
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly columns: number;
  readonly rows: number;
}

export interface TileAddress {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

/** [left, top, right, bottom] in pixels of full resolution, fractions included; rows run down. */
export type PixelBox = readonly [number, number, number, number];

type Sized = Pick<RasterInfo, 'width' | 'height' | 'overviews' | 'tiled' | 'blockWidth' | 'blockHeight'>;

/**
 * The levels of a raster, finest first, cut into tiles that follow its blocks: a block of 256 to 1024 pixels is a tile,
 * smaller ones are joined to about 512, and strips are taken in parts.
 */
export function levelsOf(info: Sized): Level[] {
  const [tileWidth, tileHeight] = info.tiled
    ? [tileSize(info.blockWidth), tileSize(info.blockHeight)]
    : [1024, Math.max(256, Math.min(512, info.blockHeight * Math.ceil(256 / info.blockHeight)))];
  return [{ width: info.width, height: info.height }, ...info.overviews].map(({ width, height }, level) => {
    const [w, h] = [Math.min(tileWidth, width), Math.min(tileHeight, height)];
    return {
      level,
      width,
      height,
      tileWidth: w,
      tileHeight: h,
      columns: Math.ceil(width / w),
      rows: Math.ceil(height / h),
    };
  });
}

function tileSize(block: number): number {
  if (block > 1024) return 512;
  return block >= 256 ? block : block * Math.ceil(512 / block);
}

/** The tile's pixels, in pixels of its level. */
export function tileWindow(level: Level, { column, row }: TileAddress): Window {
  const [x, y] = [column * level.tileWidth, row * level.tileHeight];
  return {
    x,
    y,
    width: Math.min(level.tileWidth, level.width - x),
    height: Math.min(level.tileHeight, level.height - y),
  };
}

/** Where the tile lies in full-resolution pixels. An overview covers the raster's whole extent, as in GDAL. */
export function tileBox(levels: readonly Level[], level: Level, tile: TileAddress): PixelBox {
  const full = levels[0] ?? level;
  const { x, y, width, height } = tileWindow(level, tile);
  const [sx, sy] = [full.width / level.width, full.height / level.height];
  return [x * sx, y * sy, (x + width) * sx, (y + height) * sy];
}

/** The tiles of a level that a box of full-resolution pixels touches. */
export function tilesIn(levels: readonly Level[], level: Level, [left, top, right, bottom]: PixelBox): TileAddress[] {
  const full = levels[0] ?? level;
  const column = (x: number, last: number): number => {
    const at = ((x / full.width) * level.width) / level.tileWidth;
    return Math.min(last, Math.max(0, at));
  };
  const row = (y: number, last: number): number => {
    const at = ((y / full.height) * level.height) / level.tileHeight;
    return Math.min(last, Math.max(0, at));
  };
  const tiles: TileAddress[] = [];
  // A box that ends on a tile's edge does not touch the next tile.
  const slack = 1e-6;
  const [c0, c1] = [
    Math.floor(column(left, level.columns - 1) + slack),
    Math.ceil(column(right, level.columns) - slack),
  ];
  const [r0, r1] = [Math.floor(row(top, level.rows - 1) + slack), Math.ceil(row(bottom, level.rows) - slack)];
  for (let r = r0; r < Math.max(r1, r0 + 1); r += 1)
    for (let c = c0; c < Math.max(c1, c0 + 1); c += 1) tiles.push({ level: level.level, column: c, row: r });
  return tiles;
}

export function tileKey({ level, column, row }: TileAddress): string {
  return `${level}/${column}/${row}`;
}
