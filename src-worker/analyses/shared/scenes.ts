import type { Mask } from '../../../src-shared/task/analyses.ts';
import type { Grid } from '../../raster/grid.ts';
import type { GridPixels } from '../../raster/resample.ts';
import { readOntoGrid } from '../../raster/resample.ts';
import type { RasterInfo, RasterSource, Window } from '../../../src-raster/types.ts';
import type { RunContext } from '../../run/context.ts';
import type { Place } from '../../run/places.ts';
import { isSourceError } from '../../run/source-error.ts';
import type { SceneItem } from '../../stac/item.ts';
import type { BandCosts } from './block-costs.ts';
import { wholeBandCosts } from './block-costs.ts';
import type { BandChoice } from './band-choice.ts';
import { chooseBand } from './band-choice.ts';
import type { LeftOut } from './left-out.ts';
import { warnLeftOut } from './left-out.ts';
import { checkBits } from './mask-bits.ts';
import { mapLimit } from './map-limit.ts';
import { resamplingOf } from './resampling.ts';

/** A band of a scene whose header was read. */
export interface SceneBand {
  readonly choice: BandChoice;
  readonly place: Place;
  /** With the item's nodata where the file declares no validity of its own. */
  readonly info: RasterInfo;
  /** Where its blocks are, for the plan; null where there are too many to keep. */
  readonly costs: BandCosts | null;
}

export interface Scene {
  readonly item: SceneItem;
  /** In the order in which they were asked for. */
  readonly bands: readonly SceneBand[];
  readonly mask: SceneBand | null;
}

/** Headers are mostly waited for: so many items are asked at once. */
const parallel = 16;

/**
 * Opens the asked bands of all items. An item that can't be opened is a warning; when none can, the first cause is thrown.
 * @param wanted for each band the names it may have
 */
export async function openScenes(
  ctx: RunContext,
  items: readonly SceneItem[],
  wanted: readonly (readonly string[])[],
  mask: Mask | undefined,
): Promise<{ scenes: Scene[]; skipped: number }> {
  let done = 0;
  let firstError: unknown;
  const opened = await mapLimit(items, parallel, async (item) => {
    try {
      const bands = await Promise.all(wanted.map((names) => openBand(ctx, item, names)));
      return { item, bands, mask: mask === undefined ? null : await openMask(ctx, item, mask) };
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      return { item, cause };
    } finally {
      done += 1;
      ctx.progress('headers', done, items.length, 'items');
    }
  });
  const scenes: Scene[] = [];
  const leftOut: LeftOut[] = [];
  for (const one of opened) {
    if (one.cause === undefined) scenes.push(one);
    else {
      firstError ??= one.cause;
      leftOut.push({ id: one.item.id, cause: one.cause });
    }
  }
  warnLeftOut(ctx, leftOut);
  if (scenes.length === 0) throw firstError;
  return { scenes, skipped: items.length - scenes.length };
}

/** Headers of everything that is read of some scenes: bands and masks. */
export function rastersOf(scenes: readonly Scene[]): RasterInfo[] {
  return scenes.flatMap(({ bands, mask }) => [...bands, ...(mask === null ? [] : [mask])].map(({ info }) => info));
}

async function openBand(ctx: RunContext, item: SceneItem, names: readonly string[]): Promise<SceneBand> {
  const choice = chooseBand(item, names);
  const place = await ctx.places.linked(choice.asset.href, item.place);
  return ctx.sources.use(place, async (source) => ({
    choice,
    place,
    info: withNodata(source.info, choice.nodata),
    costs: await wholeBandCosts(source, choice.band, ctx.read),
  }));
}

async function openMask(ctx: RunContext, item: SceneItem, mask: Mask): Promise<SceneBand> {
  const band = await openBand(ctx, item, [mask.band]);
  checkBits(mask, band.info.dtype, band.place.name);
  return band;
}

function withNodata(info: RasterInfo, nodata: number | null): RasterInfo {
  return info.maskSource === 'none' && nodata !== null ? { ...info, nodata, maskSource: 'nodata' } : info;
}

/** Runs `work` on the raster behind a band, with the band's validity. */
export async function useBand<T>(
  ctx: RunContext,
  band: SceneBand,
  work: (source: RasterSource) => Promise<T>,
): Promise<T> {
  return ctx.sources.use(band.place, (source) => work({ ...source, info: band.info }));
}

/**
 * Reads a band onto a window of a grid, resampled as the task's grid says unless `resampling` does; in physical values when
 * `applyScale` is set.
 */
export async function readBand(
  ctx: RunContext,
  band: SceneBand,
  grid: Grid,
  window: Window,
  applyScale: boolean,
  resampling = resamplingOf(ctx),
): Promise<GridPixels> {
  const pixels = await useBand(ctx, band, (source) =>
    readOntoGrid(source, band.choice.band, grid, window, ctx.read, resampling),
  );
  if (!applyScale) return pixels;
  const { scale, offset } = scaling(band);
  for (let i = 0; i < pixels.data.length; i += 1) pixels.data[i] = (pixels.data[i] ?? NaN) * scale + offset;
  return pixels;
}

/** What the item says, else what the file says. */
export function scaling({ choice, info }: SceneBand): { scale: number; offset: number } {
  const file = info.bands[choice.band - 1];
  return { scale: choice.scale ?? file?.scale ?? 1, offset: choice.offset ?? file?.offset ?? 0 };
}
