import { barChart } from '../../render/charts.ts';
import { hexOf } from '../../render/palette.ts';
import { renderPaletteQuicklook } from '../../render/palette-quicklook.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { ClassEntry } from './classify-legend.ts';
import { paletteOf } from './classify-legend.ts';
import type { ClassCount, ClassifyJob } from './classify-pass.ts';
import { crsText, metresPerCell } from '../shared/facts.ts';
import type { Thumbnail } from '../shared/thumbnail.ts';
import { gridText } from '../shared/words.ts';
import { writeChart } from '../shared/write-figures.ts';

/** More bars than this are no longer read; the table has all. */
const mostBars = 40;

/** The map in the colours of its classes, with a legend. Gives its path. */
export async function drawClasses(
  ctx: RunContext,
  outputs: Outputs,
  { raster: { grid, place } }: ClassifyJob,
  classes: readonly ClassEntry[],
  { width, height, data, valid, step }: Thumbnail,
): Promise<string> {
  const path = 'figures/classes.png';
  const png = await renderPaletteQuicklook({
    title: `${classes.length} classes`,
    subtitle: place.name,
    caption: [`${crsText(grid.crs)} · ${gridText(grid)}${step > 1 ? `, every ${step}th drawn` : ''}`],
    mark: ctx.mark,
    data,
    valid,
    width,
    height,
    palette: paletteOf(classes),
    classes: classes.map(({ name, colour }) => ({ label: name, colour: hexOf(colour) })),
    metresPerPixel: metresPerCell(grid, step),
  });
  await outputs.write(path, png);
  return path;
}

/** Area of every class as bars in its colour. Gives the path of the PNG. */
export async function drawAreas(
  ctx: RunContext,
  outputs: Outputs,
  { raster: { place } }: ClassifyJob,
  classes: readonly ClassEntry[],
  counts: readonly ClassCount[],
): Promise<string> {
  const total = counts.reduce((sum, { area }) => sum + area, 0);
  const chart = barChart({
    title: 'Area of the classes',
    subtitle: `${place.name}${classes.length > mostBars ? `: the first ${mostBars} of ${classes.length}` : ''}`,
    bars: classes.slice(0, mostBars).map(({ name, colour }, index) => ({
      label: name,
      value: total > 0 ? (100 * (counts[index]?.area ?? 0)) / total : null,
      colour: hexOf(colour),
    })),
    value: { label: 'area', unit: '%' },
  });
  return writeChart(ctx, outputs, 'class_areas', chart);
}
