import type { CogPlan } from './cog-spec.ts';

/** One resolution of a COG and where its tiles are in the spool. */
export interface Level {
  readonly width: number;
  readonly height: number;
  readonly across: number;
  readonly down: number;
  /** Tiles of one plane: across * down. */
  readonly tiles: number;
  /** Number of its first tile in the spool: all planes, one after the other, then the masks. */
  readonly first: number;
}

/** Full resolution first, then halves (rounded up) until a level fits one tile. */
export function planLevels(plan: CogPlan): { readonly levels: readonly Level[]; readonly spooled: number } {
  const size = plan.blockSize;
  const levels: Level[] = [];
  let [width, height, first] = [plan.width, plan.height, 0];
  for (;;) {
    const [across, down] = [Math.ceil(width / size), Math.ceil(height / size)];
    const tiles = across * down;
    levels.push({ width, height, across, down, tiles, first });
    first += tiles * (plan.planes + (plan.mask ? 1 : 0));
    if (width <= size && height <= size) return { levels, spooled: first };
    [width, height] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  }
}

/** Number of an image tile in the spool; `tile` counts row by row within a plane. */
export function imageTile(level: Level, plane: number, tile: number): number {
  return level.first + plane * level.tiles + tile;
}

/** Number of a mask's tile in the spool. */
export function maskTile(level: Level, planes: number, tile: number): number {
  return level.first + planes * level.tiles + tile;
}
