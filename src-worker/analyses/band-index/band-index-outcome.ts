import type { z } from 'zod';
import type { BandIndex } from '../../../src-shared/task/analyses.ts';
import type { Grid } from '../../raster/grid.ts';
import type { Statistics } from '../../raster/stats.ts';
import { timeSeriesChart } from '../../render/charts.ts';
import { displayValue } from '../../render/report-text.ts';
import { csv } from '../../render/table.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import { timeText } from '../../stac/item.ts';
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
import type { GroundSeries } from '../shared/ground-series.ts';
import { groundSeries } from '../shared/ground-series.ts';
import { numbersText } from '../shared/numbers-text.ts';
import { resamplingOf, resamplingText } from '../shared/resampling.ts';
import type { Scene } from '../shared/scenes.ts';
import { floatNodata } from '../shared/stored.ts';
import { unionBbox } from '../shared/union-bbox.ts';
import { counted, gridText } from '../shared/words.ts';
import { writeChart } from '../shared/write-figures.ts';

export interface IndexedScene {
  readonly scene: Scene;
  readonly grid: Grid;
  readonly path: string;
  readonly quicklook: string | null;
  /** Where the inputs are valid. */
  readonly valid: Statistics;
  /** Where also the cloud mask lets it through. */
  readonly clear: Statistics;
}

const statisticNames = ['count', 'min', 'max', 'mean', 'std'] as const;

/** Table, time series and words for the indices of all items. */
export async function indexOutcome(
  ctx: RunContext,
  analysis: z.infer<typeof BandIndex>,
  scenes: readonly IndexedScene[],
  skipped: number,
  gridOrigin: string,
  outputs: Outputs,
): Promise<Outcome> {
  const formula = indexFormulas[analysis.index];
  const { title } = formula;
  const rows = scenes.map((one) => row(one));
  const columns = [
    { key: 'id' },
    { key: 'datetime' },
    ...['valid', 'clear'].flatMap((kind) =>
      statisticNames.map((name) => ({ key: `${kind}_${name}`, ...(name === 'count' && { unit: 'pixels' }) })),
    ),
    { key: 'map' },
  ];
  await outputs.write('tables/items.csv', csv(rows, columns));
  const series = groundSeries(scenes, ({ scene }) => scene.item, title);
  const chart = await writeChart(
    ctx,
    outputs,
    `${analysis.index}_over_time`,
    timeSeriesChart({
      title: `${title} over time`,
      subtitle: `Mean of ${analysis.mask === undefined ? 'valid' : 'clear'} pixels of each item${series.length > 1 ? '; items of different ground are series of their own' : ''}`,
      y: { label: title },
      series: series.map(({ name, members, sameGround }) => ({
        name,
        joined: sameGround,
        points: members.map(({ scene, clear: { mean, std } }) => ({
          datetime: timeText(scene.item.start),
          value: mean,
          low: mean === null || std === null ? null : mean - std,
          high: mean === null || std === null ? null : mean + std,
        })),
      })),
      band: 'mean ± 1 standard deviation over the pixels',
    }),
  );
  const { validity, validityLine } = pixelValidity(
    skipped,
    scenes.length,
    'item',
    scenes.reduce((sum, { clear }) => sum + clear.count, 0),
  );
  const bbox = unionBbox(scenes.map(({ grid }) => gridBboxWgs84(grid)));
  return {
    validity,
    validityLine,
    summary: `${title} of ${counted(scenes.length, 'item')}. ${maskText(analysis.mask)}`,
    marks: [],
    sections: [
      ...emptySection(validity),
      {
        kind: 'figure',
        title: `${title} over time`,
        figures: [{ href: chart, alt: `${title} of every item at its date` }],
      },
      ...seriesNote(series),
      {
        kind: 'table',
        title: 'Items',
        caption: 'Statistics over the pixels of each item.',
        columns: [
          { key: 'datetime', label: 'datetime' },
          { key: 'id', label: 'item', code: true },
          { key: 'valid_count', label: 'valid', unit: 'pixels' },
          { key: 'clear_count', label: 'clear', unit: 'pixels' },
          ...(['mean', 'std', 'min', 'max'] as const).map((name) => ({ key: `clear_${name}`, label: name })),
        ],
        rows: rows.slice(0, 100),
        totalRows: rows.length,
        csvHref: 'tables/items.csv',
      },
      ...scenes.map(({ scene, path, quicklook }, index) => ({
        kind: 'map' as const,
        ...(index === 0 && { title: 'Maps' }),
        href: path,
        description: `${title}, ${displayValue(timeText(scene.item.start))}.`,
        ...(quicklook !== null && { quicklook: { href: quicklook, alt: `${title} of ${scene.item.id}` } }),
      })),
      {
        kind: 'text',
        title: 'Method',
        paragraphs: [
          `${title} = ${formula.formula} (${formula.source}), in float64, stored as float32 with nodata ${floatNodata}. ${numbersText(
            analysis.apply_scale,
            scenes.map(({ scene }) => scene),
          )}`,
          `A pixel is valid where both bands are and their sum is not 0. ${maskText(analysis.mask)} What remains is clear. The maps hold clear pixels${ctx.aoi === null ? '' : ' inside the area of interest'}.`,
          `Grid: ${gridOrigin}${scenes[0] === undefined ? '' : ` (first item: ${crsText(scenes[0].grid.crs)}, ${gridText(scenes[0].grid)})`}.${ctx.task.grid === undefined ? '' : ` Bands are read onto it ${resamplingText(resamplingOf(ctx))}.`}`,
        ],
      },
    ],
    metadata: {
      items: scenes.map(({ scene, valid, clear, grid, path }) => ({
        ...sceneJson(scene),
        map: path,
        series: series.find(({ members }) => members.some((one) => one.scene === scene))?.name ?? null,
        grid: gridJson(grid, gridOrigin),
        valid: statisticsJson(valid),
        clear: statisticsJson(clear),
      })),
    },
    extent: extentOf(
      scenes.map(({ scene }) => scene.item),
      bbox,
    ),
    derivedFrom: derivedFromItems(scenes.map(({ scene: { item } }) => item)),
    maps: scenes.map(({ grid, path, clear }) => ({
      path,
      crs: grid.crs.code,
      shape: [grid.height, grid.width],
      transform: grid.transform,
      bands: [{ name: analysis.index, dtype: 'float32', nodata: floatNodata, statistics: clear }],
    })),
  };
}

/** Says when the points of the chart don't all show the same ground. */
function seriesNote(series: readonly GroundSeries<IndexedScene>[]): Outcome['sections'] {
  const paragraphs = [
    ...(series.length > 1
      ? [`The items show different ground: ${series.map(({ name }) => name).join(', ')}. Each is a series of its own.`]
      : []),
    ...(series.some(({ sameGround }) => !sameGround)
      ? [
          'The footprints of items without a tile differ by more than 20 %, so their points are not joined: differences between them may be those of the ground, not of time.',
        ]
      : []),
  ];
  return paragraphs.length === 0 ? [] : [{ kind: 'text', tone: 'note', paragraphs }];
}

function row({ scene, valid, clear, path }: IndexedScene): Record<string, string | number | null> {
  const values = (kind: string, statistics: Statistics) =>
    statisticNames.map((name) => [`${kind}_${name}`, statistics[name]] as const);
  return {
    id: scene.item.id,
    datetime: timeText(scene.item.start),
    ...Object.fromEntries([...values('valid', valid), ...values('clear', clear)]),
    map: path,
  };
}
