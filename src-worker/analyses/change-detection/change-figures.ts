import { barChart, histogramChart } from '../../render/charts.ts';
import { renderPaletteQuicklook } from '../../render/palette-quicklook.ts';
import { hexOf } from '../../render/palette.ts';
import { renderQuicklook, stretchPercentiles } from '../../render/quicklook.ts';
import { displayNumber } from '../../render/report-text.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { Grid } from '../../raster/grid.ts';
import { changeClasses, changePalette } from './change-classes.ts';
import type { ChangeTask, Changes, Period, PeriodComposite } from './change-job.ts';
import { areaShares, boundTexts, differenceTitle, layerTitle, shortText } from './change-words.ts';
import { crsText, metresPerCell } from '../shared/facts.ts';
import { indexFormulas } from '../shared/index-formula.ts';
import type { Thumbnail } from '../shared/thumbnail.ts';
import { capitalised, counted, gridText } from '../shared/words.ts';
import { writeChart } from '../shared/write-figures.ts';

/** The histogram of the differences with the bounds, and the area of each class as bars. */
export async function drawChangeCharts(
  ctx: RunContext,
  outputs: Outputs,
  task: ChangeTask,
  { histogram, bounds, classes }: Changes,
): Promise<{ histogram: string; areas: string }> {
  // The longer names of `deviation` would not fit beside a line.
  const [low, , high] = changeClasses(task.threshold.method).map(({ label }) =>
    task.threshold.method === 'deviation' ? '' : `${label} `,
  );
  const [orLess, orMore] = boundTexts(bounds);
  const lines = [
    { value: bounds.decrease, label: `${low}${orLess}`, side: 'left' as const },
    { value: bounds.increase, label: `${high}${orMore}`, side: 'right' as const },
  ].filter(({ value }) => Number.isFinite(value));
  const first = histogram.edges[0] ?? 0;
  const last = histogram.edges.at(-1) ?? 0;
  const drawn = await writeChart(
    ctx,
    outputs,
    'difference_histogram',
    histogramChart({
      title: `${differenceTitle(task)} in numbers`,
      subtitle: `${displayNumber(histogram.count)} pixels; threshold: ${bounds.origin}`,
      histogram,
      x: { label: differenceTitle(task) },
      lines: lines.filter(({ value }) => value >= first && value <= last),
    }),
  );
  const areas = await writeChart(
    ctx,
    outputs,
    'class_areas',
    barChart({
      title: 'Area of each class',
      subtitle: 'On the WGS 84 ellipsoid, share of the area with data at both times',
      value: { label: 'area', unit: '%' },
      bars: areaShares(task, classes).map(({ label, share, area }) => ({
        label: `${label} (${displayNumber(Number((area / 10_000).toPrecision(4)))} ha)`,
        value: 100 * share,
      })),
    }),
  );
  return { histogram: drawn, areas };
}

/** Pictures of the change map, the difference and the two composites. Gives their paths. */
export async function drawChangeMaps(
  ctx: RunContext,
  outputs: Outputs,
  task: ChangeTask,
  grid: Grid,
  { difference, classes, bounds }: Changes,
  composites: Readonly<Record<Period, PeriodComposite>>,
): Promise<Readonly<Record<'change' | 'difference' | Period, string>>> {
  const title = layerTitle(task);
  const shares = areaShares(task, classes);
  const names = changeClasses(task.threshold.method);
  const [orLess, orMore] = boundTexts(bounds);
  await outputs.write(
    'figures/change.png',
    await renderPaletteQuicklook({
      ...frameOf(ctx, grid, classes.thumbnail),
      title: `Change of ${title}`,
      subtitle: `${task.before} to ${task.after}; ${names[0]?.label} ${orLess}, ${names[2]?.label} ${orMore}`,
      data: classes.thumbnail.data,
      valid: classes.thumbnail.valid,
      palette: changePalette,
      classes: names.map(({ label, color }, index) => ({
        label: `${label} (${shortText(100 * (shares[index]?.share ?? 0))} %)`,
        colour: hexOf(color),
      })),
    }),
  );
  const reach = Math.max(
    ...(stretchPercentiles(difference.thumbnail.data, difference.thumbnail.valid, 2, 98) ?? [1]).map(Math.abs),
    1e-9,
  );
  await outputs.write(
    'figures/difference.png',
    await renderQuicklook({
      ...frameOf(ctx, grid, difference.thumbnail),
      title: differenceTitle(task),
      subtitle: `${task.before} to ${task.after}`,
      data: difference.thumbnail.data,
      valid: difference.thumbnail.valid,
      ramp: 'rdbu',
      stretch: [-reach, reach],
      legend: { label: differenceTitle(task) },
    }),
  );
  const stretch = commonStretch(task, composites);
  for (const period of ['before', 'after'] as const) {
    const { computed, job } = composites[period];
    const thumbnail = computed.thumbnails[0] ?? computed.observations;
    await outputs.write(
      `figures/${period}.png`,
      await renderQuicklook({
        ...frameOf(ctx, grid, thumbnail),
        title: `${title} ${period}`,
        subtitle: `${capitalised(task.method)} of ${counted(job.scenes.length, 'item')}, ${task[period]}`,
        data: thumbnail.data,
        valid: thumbnail.valid,
        ramp: task.index === undefined ? 'viridis' : indexFormulas[task.index].ramp,
        stretch,
        legend: { label: title },
      }),
    );
  }
  return {
    change: 'figures/change.png',
    difference: 'figures/difference.png',
    before: 'figures/before.png',
    after: 'figures/after.png',
  };
}

/** One stretch for both times, so that their colours can be compared. */
function commonStretch(
  task: ChangeTask,
  composites: Readonly<Record<Period, PeriodComposite>>,
): readonly [number, number] {
  if (task.index !== undefined) return indexFormulas[task.index].stretch;
  const stretches = [composites.before, composites.after].flatMap(
    ({
      computed: {
        thumbnails: [first],
      },
    }) => {
      const stretch = first === undefined ? null : stretchPercentiles(first.data, first.valid, 2, 98);
      return stretch === null ? [] : [stretch];
    },
  );
  if (stretches.length === 0) return [0, 1];
  return [Math.min(...stretches.map(([low]) => low)), Math.max(...stretches.map(([, high]) => high))];
}

function frameOf(ctx: RunContext, grid: Grid, { width, height, step }: Thumbnail) {
  return {
    caption: [`${crsText(grid.crs)} · ${gridText(grid)}${step > 1 ? `, every ${step}th drawn` : ''}`],
    mark: ctx.mark,
    width,
    height,
    metresPerPixel: metresPerCell(grid, step),
  };
}
