import type { RunContext } from '../../run/context.ts';
import type { SceneItem } from '../../stac/item.ts';
import { missesGrid } from './estimate.ts';
import { warnMisses } from './facts.ts';
import type { LayerSpec } from './layers.ts';
import type { Scene } from './scenes.ts';
import { openScenes } from './scenes.ts';
import type { Target } from './target-grid.ts';
import { targetGrid } from './target-grid.ts';

/** Opens the scenes that layers are read from, and settles the one grid for all of them; those beside it are warned about. */
export async function openOnGrid(
  ctx: RunContext,
  items: readonly SceneItem[],
  spec: LayerSpec,
): Promise<{ scenes: Scene[]; skipped: number; target: Target }> {
  const { scenes, skipped } = await openScenes(ctx, items, spec.wanted, spec.mask);
  const target = targetGrid(
    ctx,
    scenes.flatMap(({ bands }) => bands.map(({ info }) => info)),
  );
  const beside = scenes.filter((scene) => missesGrid(scene, target.grid));
  warnMisses(
    ctx,
    beside.map(({ item }) => item),
    'the grid',
  );
  return { scenes, skipped, target };
}
