import type { CogPlan } from './cog-spec.ts';
import { imageTile, maskTile } from './levels.ts';
import type { Level } from './levels.ts';
import { halve } from './overview.ts';
import type { Tile } from './overview.ts';
import { decodeMask, decodeTile, encodeMask, encodeTile } from './tile-codec.ts';
import type { TileFormat } from './tile-codec.ts';
import type { TileSpool } from './tile-spool.ts';

/** Makes all tiles of `level` from those of the level below it (twice its size) and spools them; four tiles are held. */
export async function writeOverview(
  plan: CogPlan,
  format: TileFormat,
  spool: TileSpool,
  below: Level,
  level: Level,
): Promise<void> {
  const { planes, resampling, compression } = plan;
  const { size, bands, dtype } = format;
  const shape = { size, bands, dtype, nodata: plan.nodata, alpha: plan.alpha };
  const load = async (plane: number, column: number, row: number): Promise<Tile | undefined> => {
    if (column >= below.across || row >= below.down) return undefined;
    const tile = row * below.across + column;
    const samples = decodeTile(await spool.read(imageTile(below, plane, tile)), format);
    if (!plan.mask) return { samples };
    return { samples, mask: decodeMask(await spool.read(maskTile(below, planes, tile)), size, compression) };
  };
  for (let plane = 0; plane < planes; plane += 1)
    for (let row = 0; row < level.down; row += 1)
      for (let column = 0; column < level.across; column += 1) {
        const [c, r] = [2 * column, 2 * row];
        const corners = [
          [c, r],
          [c + 1, r],
          [c, r + 1],
          [c + 1, r + 1],
        ] as const;
        const four: (Tile | undefined)[] = [];
        for (const [x, y] of corners) four.push(await load(plane, x, y));
        const width = Math.min(2 * size, below.width - c * size);
        const height = Math.min(2 * size, below.height - r * size);
        const { samples, mask } = halve(four, width, height, resampling, shape);
        const tile = row * level.across + column;
        await spool.write(imageTile(level, plane, tile), await encodeTile(samples, format));
        if (mask !== undefined && plane === 0)
          await spool.write(maskTile(level, planes, tile), await encodeMask(mask, compression));
      }
}
