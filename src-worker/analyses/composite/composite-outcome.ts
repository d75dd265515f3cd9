import type { z } from 'zod';
import type { Composite } from '../../../src-shared/task/analyses.ts';
import { barChart } from '../../render/charts.ts';
import { displayNumber } from '../../render/report-text.ts';
import { csv } from '../../render/table.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import { timeText } from '../../stac/item.ts';
import { drawComposite, drawObservations } from './composite-figures.ts';
import type { Computed, CompositeJob } from './composite-pass.ts';
import { countNodata } from './composite-pass.ts';
import { maskText } from '../shared/cloud-mask.ts';
import {
  crsText,
  derivedFromItems,
  emptySection,
  extentOf,
  gridBboxWgs84,
  gridJson,
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
import { writeChart } from '../shared/write-figures.ts';

/** Tables, figures and words for a composite that was written to `path`. */
export async function compositeOutcome(
  ctx: RunContext,
  analysis: z.infer<typeof Composite>,
  job: CompositeJob,
  target: Target,
  computed: Computed,
  skipped: number,
  path: string,
  outputs: Outputs,
): Promise<Outcome> {
  const { grid, spec, scenes, method } = job;
  const what = analysis.index === undefined ? spec.names.join(', ') : indexFormulas[analysis.index].title;
  const bands = spec.names.map((name, index) => ({
    band: index + 1,
    name,
    statistics: computed.statistics[index] ?? emptyStatistics,
  }));
  const bandRows = bands.map(({ band, name, statistics }) => ({ band, name, method, ...statistics }));
  await outputs.write(
    'tables/bands.csv',
    csv(bandRows, [
      { key: 'band' },
      { key: 'name' },
      { key: 'method' },
      { key: 'count', unit: 'pixels' },
      { key: 'min' },
      { key: 'max' },
      { key: 'mean' },
      { key: 'std' },
    ]),
  );
  const itemRows = scenes.map(({ item }, index) => ({
    id: item.id,
    datetime: timeText(item.start),
    used: computed.used[index] ?? 0,
    share: computed.cells === 0 ? 0 : (computed.used[index] ?? 0) / computed.cells,
  }));
  await outputs.write(
    'tables/items.csv',
    csv(itemRows, [{ key: 'id' }, { key: 'datetime' }, { key: 'used', unit: 'pixels' }, { key: 'share' }]),
  );

  const quicklook = ctx.task.outputs.make_quicklook ? await drawComposite(ctx, outputs, job, computed, what) : null;
  const observations = ctx.task.outputs.make_quicklook ? await drawObservations(ctx, outputs, job, computed) : null;
  const usage = await writeChart(
    ctx,
    outputs,
    'item_usage',
    barChart({
      title: 'Clear pixels of each item',
      subtitle: `Share of the ${displayNumber(computed.cells)} pixels of the grid${ctx.aoi === null ? '' : ' inside the area of interest'}${itemRows.length > maxBars ? `; the first ${maxBars} of ${itemRows.length} items` : ''}`,
      value: { label: 'share of pixels', unit: '%' },
      bars: itemRows.slice(0, maxBars).map(({ datetime, id, share }) => ({
        label: `${datetime.slice(0, 10)} ${id.slice(-12)}`,
        value: percent(share),
      })),
    }),
  );
  const { validity, validityLine } = pixelValidity(
    skipped,
    scenes.length,
    'item',
    computed.observationStatistics.max ?? 0,
  );
  const nodataText =
    method === 'count'
      ? ctx.aoi === null
        ? 'no nodata: 0 is an answer'
        : `nodata ${countNodata} outside the area of interest`
      : `nodata ${floatNodata}`;
  return {
    validity,
    validityLine,
    summary: `${capitalised(method)} of ${what} over ${counted(scenes.length, 'item')} on ${gridText(grid)} in ${crsText(grid.crs)}. ${maskText(analysis.mask)}`,
    marks: [],
    sections: [
      ...emptySection(validity),
      {
        kind: 'map',
        title: 'Composite',
        href: path,
        description: `${capitalised(method)} of ${what}.`,
        ...(quicklook !== null && { quicklook: { href: quicklook, alt: `${capitalised(method)} of ${what}` } }),
        rows: [
          { label: 'CRS', value: crsText(grid.crs) },
          { label: 'Size', value: gridText(grid) },
          { label: 'Grid', value: capitalised(target.origin) },
          { label: 'Stored as', value: `${method === 'count' ? 'uint16' : 'float32'}, ${nodataText}` },
        ],
      },
      {
        kind: 'text',
        title: 'Method',
        paragraphs: [
          `Every item is read onto the grid ${resamplingText(resamplingOf(ctx))}. ${maskText(analysis.mask)} Of the values that remain at a pixel the ${method} is taken in float64. ${numbersText(analysis.apply_scale, scenes)}`,
          ...(analysis.index === undefined
            ? []
            : [
                `${what} = ${indexFormulas[analysis.index].formula} (${indexFormulas[analysis.index].source}), of each item before combining.`,
              ]),
          ...(ctx.aoi === null ? [] : ['Pixels whose centre lies outside the area of interest hold nodata.']),
        ],
      },
      {
        kind: 'table',
        title: 'Bands',
        columns: [
          { key: 'name', label: 'band' },
          { key: 'count', label: 'count', unit: 'pixels' },
          ...(['min', 'max', 'mean', 'std'] as const).map((key) => ({ key, label: key })),
        ],
        rows: bandRows,
        csvHref: 'tables/bands.csv',
      },
      ...(observations === null
        ? []
        : [
            {
              kind: 'figure' as const,
              title: 'Observations',
              figures: [{ href: observations, alt: 'Number of observations at every pixel' }],
            },
          ]),
      { kind: 'figure', title: 'Items', figures: [{ href: usage, alt: 'Share of clear pixels of each item' }] },
      {
        kind: 'table',
        columns: [
          { key: 'datetime', label: 'datetime' },
          { key: 'id', label: 'item', code: true },
          { key: 'used', label: 'used', unit: 'pixels' },
          { key: 'share', label: 'share of the grid', unit: '%' },
        ],
        rows: itemRows.slice(0, 100).map((row) => ({ ...row, share: percent(row.share) })),
        totalRows: itemRows.length,
        csvHref: 'tables/items.csv',
      },
    ],
    metadata: {
      grid: gridJson(grid, target.origin),
      bands: bands.map(({ band, name, statistics }) => ({ band, name, ...statisticsJson(statistics) })),
      observations: statisticsJson(computed.observationStatistics),
      items: scenes.map((scene, index) => ({ ...sceneJson(scene), used_pixels: computed.used[index] ?? 0 })),
    },
    extent: extentOf(
      scenes.map(({ item }) => item),
      gridBboxWgs84(grid),
    ),
    derivedFrom: derivedFromItems(scenes.map(({ item }) => item)),
    maps: [
      {
        path,
        crs: grid.crs.code,
        shape: [grid.height, grid.width],
        transform: grid.transform,
        bands: bands.map(({ name, statistics }) => ({
          name,
          dtype: method === 'count' ? 'uint16' : 'float32',
          nodata: method !== 'count' ? floatNodata : ctx.aoi === null ? null : countNodata,
          statistics,
        })),
      },
    ],
  };
}

/** A chart with more bars is a table. */
const maxBars = 40;
const emptyStatistics = { count: 0, min: null, max: null, mean: null, std: null };
