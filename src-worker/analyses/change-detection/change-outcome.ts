import { csv } from '../../render/table.ts';
import type { RunContext } from '../../run/context.ts';
import type { MapFact, Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import { timeText } from '../../stac/item.ts';
import { changeClasses } from './change-classes.ts';
import { drawChangeCharts, drawChangeMaps } from './change-figures.ts';
import type { ChangeTask, Changes, Periods, PeriodComposite } from './change-job.ts';
import { periods } from './change-job.ts';
import { areaShares, boundTexts, differenceTitle, infiniteText, layerTitle } from './change-words.ts';
import { maskText } from '../shared/cloud-mask.ts';
import {
  crsText,
  derivedFromItems,
  emptySection,
  extentOf,
  gridBboxWgs84,
  gridJson,
  jsonNumber,
  pixelValidity,
  sceneJson,
  statisticsJson,
} from '../shared/facts.ts';
import { indexFormulas } from '../shared/index-formula.ts';
import { numbersText } from '../shared/numbers-text.ts';
import { resamplingOf, resamplingText } from '../shared/resampling.ts';
import { floatNodata } from '../shared/stored.ts';
import type { Target } from '../shared/target-grid.ts';
import { capitalised, counted, gridText, percent } from '../shared/words.ts';

/** Tables, figures and words for a change map. */
export async function changeOutcome(
  ctx: RunContext,
  task: ChangeTask,
  composites: Periods<PeriodComposite>,
  { grid, origin }: Target,
  changes: Changes,
  skipped: number,
  outputs: Outputs,
): Promise<Outcome> {
  const { difference, bounds, classes } = changes;
  const scenes = periods.flatMap((period) => composites[period].job.scenes);
  const shares = areaShares(task, classes);
  const classRows = shares.map((one) => ({ ...one, hectares: one.area / 10_000 }));
  await outputs.write(
    'tables/classes.csv',
    csv(classRows, [
      { key: 'value' },
      { key: 'label', label: 'class' },
      { key: 'pixels', label: 'count', unit: 'pixels' },
      { key: 'area', unit: 'm2' },
      { key: 'share' },
    ]),
  );
  const itemRows = periods.flatMap((period) => {
    const { job, computed } = composites[period];
    return job.scenes.map(({ item }, index) => ({
      id: item.id,
      datetime: timeText(item.start),
      period,
      used: computed.used[index] ?? 0,
      share: computed.cells === 0 ? 0 : (computed.used[index] ?? 0) / computed.cells,
    }));
  });
  await outputs.write(
    'tables/items.csv',
    csv(itemRows, [
      { key: 'id' },
      { key: 'datetime' },
      { key: 'period' },
      { key: 'used', unit: 'pixels' },
      { key: 'share' },
    ]),
  );
  const charts = await drawChangeCharts(ctx, outputs, task, changes);
  const pictures = ctx.task.outputs.make_quicklook
    ? await drawChangeMaps(ctx, outputs, task, grid, changes, composites)
    : null;
  const picture = (name: 'change' | 'difference' | 'before' | 'after', alt: string) =>
    pictures === null ? {} : { quicklook: { href: pictures[name], alt } };
  const { validity, validityLine } = pixelValidity(skipped, scenes.length, 'item', difference.statistics.count);
  const title = layerTitle(task);
  const [below = '', between = '', above = ''] = changeClasses(task.threshold.method).map(({ label }) => label);
  const [orLess, orMore] = boundTexts(bounds);
  const lost = infiniteText(task.difference, difference.infinite);
  const isAroundMean = task.threshold.method === 'deviation';
  const changed = shares.filter(({ value }) => value !== 2).reduce((sum, { share }) => sum + share, 0);
  return {
    validity,
    validityLine,
    summary: `${differenceTitle(task)} between ${task.before} (${counted(composites.before.job.scenes.length, 'item')}) and ${task.after} (${counted(composites.after.job.scenes.length, 'item')}): ${percent(changed)} % of the area with data ${isAroundMean ? 'lies outside the usual change' : 'has changed'}. ${maskText(task.mask)}`,
    marks: [],
    sections: [
      ...emptySection(validity),
      {
        kind: 'map',
        title: 'Change',
        href: 'maps/change.tif',
        description: `${capitalised(below)}, ${between} and ${above} as classes 1, 2 and 3; 0 is no data.`,
        ...picture('change', isAroundMean ? `Where ${title} changed unusually` : `Where ${title} fell and rose`),
        rows: [
          { label: capitalised(below), value: `difference ${orLess}` },
          { label: capitalised(above), value: `difference ${orMore}` },
          { label: 'Threshold', value: capitalised(bounds.origin) },
          { label: 'CRS', value: crsText(grid.crs) },
          { label: 'Size', value: gridText(grid) },
          { label: 'Grid', value: capitalised(origin) },
        ],
      },
      {
        kind: 'table',
        title: 'Areas',
        caption:
          'Areas on the WGS 84 ellipsoid. Counting pixels of a map is no unbiased estimate of an area: that needs reference data (Olofsson et al. 2014).',
        columns: [
          { key: 'label', label: 'class' },
          { key: 'pixels', label: 'pixels' },
          { key: 'hectares', label: 'area', unit: 'ha' },
          { key: 'percent', label: 'share', unit: '%' },
        ],
        rows: classRows.map((one) => ({ ...one, percent: percent(one.share) })),
        csvHref: 'tables/classes.csv',
      },
      {
        kind: 'figure',
        figures: [
          { href: charts.areas, alt: 'Share of the area of each class' },
          { href: charts.histogram, alt: 'Histogram of the differences with the bounds of change' },
        ],
      },
      {
        kind: 'map',
        title: 'Difference',
        href: 'maps/difference.tif',
        description: `${differenceTitle(task)}, float32, nodata ${floatNodata}.`,
        ...picture('difference', differenceTitle(task)),
      },
      ...periods.map((period) => ({
        kind: 'map' as const,
        href: composites[period].path,
        description: `${capitalised(task.method)} of ${title} ${period}, ${task[period]}.`,
        ...picture(period, `${title} ${period}`),
      })),
      {
        kind: 'table',
        title: 'Items',
        columns: [
          { key: 'datetime', label: 'datetime' },
          { key: 'id', label: 'item', code: true },
          { key: 'period', label: 'time' },
          { key: 'used', label: 'used', unit: 'pixels' },
          { key: 'percent', label: 'share of the grid', unit: '%' },
        ],
        rows: itemRows.slice(0, 100).map((one) => ({ ...one, percent: percent(one.share) })),
        totalRows: itemRows.length,
        csvHref: 'tables/items.csv',
      },
      {
        kind: 'text',
        title: 'Method',
        paragraphs: [
          ...(task.index === undefined
            ? []
            : [`${title} = ${indexFormulas[task.index].formula} (${indexFormulas[task.index].source}).`]),
          `Every item is read onto the grid ${resamplingText(resamplingOf(ctx))}; of the clear values of each time the ${task.method} is taken at every pixel. ${numbersText(task.apply_scale, scenes)}`,
          `The difference is ${task.difference === 'relative' ? '(after − before) / |before|' : 'after − before'} of the two maps as they are stored; pixels without a value at either time have none.${task.difference === 'relative' ? ' From 0 to 0 it is 0; from 0 to anything else it is infinite, and the pixel is left out.' : ''}${lost === null ? '' : ` ${lost}`} Threshold: ${bounds.origin}.`,
          ...(task.threshold.method === 'otsu'
            ? [
                'Otsu’s threshold (Otsu 1979) maximises the variance between two classes in a histogram of the absolute differences, of 4096 bins from 0 to their 99.9th percentile (of those that are not 0); larger ones are counted in the last bin, so that single outliers don’t set the threshold. It always finds one, also where little has changed: look at the histogram.',
              ]
            : []),
          ...(isAroundMean
            ? [
                'The classes lie around the mean difference, not around 0: below the usual change is not the same as a decrease.',
              ]
            : []),
          'Areas are those of the cells on the WGS 84 ellipsoid, whatever the projection does to them.',
        ],
      },
    ],
    metadata: {
      grid: gridJson(grid, origin),
      threshold: {
        ...task.threshold,
        decrease: jsonNumber(bounds.decrease),
        increase: jsonNumber(bounds.increase),
      },
      difference: statisticsJson(difference.statistics),
      ...(difference.infinite > 0 && { pixels_without_finite_difference: difference.infinite }),
      classes: shares.map(({ value, label, pixels, area, share }) => ({ value, label, pixels, area_m2: area, share })),
      ...Object.fromEntries(
        periods.map((period) => [
          period,
          {
            datetime: task[period],
            statistics: statisticsJson(composites[period].computed.statistics[0] ?? emptyStatistics),
            items: composites[period].job.scenes.map((scene, index) => ({
              ...sceneJson(scene),
              used_pixels: composites[period].computed.used[index] ?? 0,
            })),
          },
        ]),
      ),
    },
    extent: extentOf(
      scenes.map(({ item }) => item),
      gridBboxWgs84(grid),
    ),
    derivedFrom: derivedFromItems(scenes.map(({ item }) => item)),
    maps: mapFacts(composites, grid, changes, title),
  };
}

function mapFacts(
  composites: Periods<PeriodComposite>,
  grid: Target['grid'],
  { difference, classes }: Changes,
  title: string,
): MapFact[] {
  const frame = { crs: grid.crs.code, shape: [grid.height, grid.width] as const, transform: grid.transform };
  const float = { dtype: 'float32', nodata: floatNodata };
  return [
    {
      path: 'maps/change.tif',
      ...frame,
      bands: [{ name: 'change', dtype: 'uint8', nodata: 0, statistics: classes.statistics }],
    },
    {
      path: 'maps/difference.tif',
      ...frame,
      bands: [{ name: 'difference', ...float, statistics: difference.statistics }],
    },
    ...periods.map((period) => ({
      path: composites[period].path,
      ...frame,
      bands: [{ name: title, ...float, statistics: composites[period].computed.statistics[0] ?? emptyStatistics }],
    })),
  ];
}

const emptyStatistics = { count: 0, min: null, max: null, mean: null, std: null };
