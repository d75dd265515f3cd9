import type { Grid } from '../../raster/grid.ts';
import { renderQuicklook } from '../../render/quicklook.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { SceneItem } from '../../stac/item.ts';
import { timeText } from '../../stac/item.ts';
import { crsText, metresPerCell } from '../shared/facts.ts';
import type { IndexName } from '../shared/index-formula.ts';
import { indexFormulas } from '../shared/index-formula.ts';
import type { Thumbnail } from '../shared/thumbnail.ts';
import { gridText } from '../shared/words.ts';

/** More pictures than this make a report nobody reads. */
export const maxQuicklooks = 24;

/** Draws the quicklook of one item. Gives its path. */
export async function drawIndexQuicklook(
  ctx: RunContext,
  outputs: Outputs,
  stem: string,
  index: IndexName,
  item: SceneItem,
  grid: Grid,
  { width, height, data, valid, step }: Thumbnail,
): Promise<string> {
  const { title, ramp, stretch, formula } = indexFormulas[index];
  const png = await renderQuicklook({
    title: `${title} · ${timeText(item.start).slice(0, 10)}`,
    subtitle: item.id,
    caption: [`${formula} · ${crsText(grid.crs)} · ${gridText(grid)}${step > 1 ? `, every ${step}th drawn` : ''}`],
    mark: ctx.mark,
    data,
    valid,
    width,
    height,
    ramp,
    stretch,
    legend: { label: title },
    metresPerPixel: metresPerCell(grid, step),
  });
  const path = `figures/${stem}.png`;
  await outputs.write(path, png);
  return path;
}
