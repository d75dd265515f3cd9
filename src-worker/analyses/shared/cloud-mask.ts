import type { Mask } from '../../../src-shared/task/analyses.ts';
import type { Grid } from '../../raster/grid.ts';
import type { Window } from '../../../src-raster/types.ts';
import type { RunContext } from '../../run/context.ts';
import type { Scene } from './scenes.ts';
import { readBand } from './scenes.ts';

/** Whether a stored value of the mask's band sets a pixel aside. Bits are those of two's complement, up to 32 of them. */
export function maskTest(mask: Mask): (value: number) => boolean {
  if ('bits' in mask) {
    const wanted = mask.bits.reduce((all, bit) => all | (1 << bit), 0);
    return (value) => (value & wanted) !== 0;
  }
  const classes = new Set(mask.classes);
  return (value) => classes.has(value);
}

/**
 * 1 where a scene is clear. Where the mask's band has no valid value it can't be said that the pixel is clear, so it isn't.
 * Null without a mask.
 */
export async function readClear(
  ctx: RunContext,
  scene: Scene,
  mask: Mask | undefined,
  grid: Grid,
  window: Window,
): Promise<Uint8Array | null> {
  if (mask === undefined || scene.mask === null) return null;
  // Bits and classes can't be interpolated.
  const { data, valid } = await readBand(ctx, scene.mask, grid, window, false, 'nearest');
  const setAside = maskTest(mask);
  return valid.map((one, index) => (one === 1 && !setAside(data[index] ?? 0) ? 1 : 0));
}

/** The mask in words: one sentence. */
export function maskText(mask: Mask | undefined): string {
  if (mask === undefined) return 'No cloud mask is applied.';
  return 'bits' in mask
    ? `Pixels with any of the bits ${mask.bits.join(', ')} of ${mask.band} set are left out.`
    : `Pixels with the classes ${mask.classes.join(', ')} of ${mask.band} are left out.`;
}
