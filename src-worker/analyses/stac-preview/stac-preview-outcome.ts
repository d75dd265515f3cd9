import { barChart, timeSeriesChart } from '../../render/charts.ts';
import { renderFootprints } from '../../render/footprints.ts';
import { displayValue } from '../../render/report-text.ts';
import { csv } from '../../render/table.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import { bboxGeometry } from '../../stac/footprint.ts';
import type { SceneItem } from '../../stac/item.ts';
import { timeText } from '../../stac/item.ts';
import { derivedFromItems, extentOf, sceneJson, statisticsJson, validityOf } from '../shared/facts.ts';
import type { Scene } from '../shared/scenes.ts';
import { unionBbox } from '../shared/union-bbox.ts';
import { counted, percent } from '../shared/words.ts';
import { writeChart } from '../shared/write-figures.ts';
import type { BandPreview } from './stac-preview-figures.ts';

export interface PreviewedItem {
  readonly scene: Scene;
  readonly previews: readonly BandPreview[];
  readonly quicklook: string | null;
}

/** Footprints, tables, charts and words for the items of a search. `items` are all of them, also those without pixels. */
export async function previewOutcome(
  ctx: RunContext,
  items: readonly SceneItem[],
  previewed: readonly PreviewedItem[],
  names: readonly string[],
  skipped: number,
  outputs: Outputs,
): Promise<Outcome> {
  const rows = items.map(itemRow);
  await outputs.write(
    'tables/items.csv',
    csv(rows, [
      { key: 'id' },
      { key: 'collection' },
      { key: 'datetime' },
      { key: 'cloud_cover', unit: '%' },
      { key: 'platform' },
      { key: 'crs' },
      { key: 'gsd', unit: 'm' },
      { key: 'assets' },
    ]),
  );
  const bandRows = previewed.flatMap((one) => one.previews.map((preview) => bandRow(one.scene, preview)));
  await outputs.write(
    'tables/preview_bands.csv',
    csv(bandRows, [
      { key: 'id' },
      { key: 'datetime' },
      { key: 'band' },
      { key: 'level' },
      { key: 'pixels', unit: 'pixels' },
      { key: 'count', unit: 'pixels' },
      { key: 'min' },
      { key: 'max' },
      { key: 'mean' },
      { key: 'std' },
    ]),
  );
  await outputs.write(
    'maps/footprints.geojson',
    new TextEncoder().encode(`${JSON.stringify(footprints(ctx, items, rows))}\n`),
  );
  const bbox = unionBbox(items.map((item) => item.bbox));
  const map = bbox === null ? null : await drawFootprints(ctx, outputs, items, bbox);
  const timeline = await writeChart(ctx, outputs, 'timeline', timelineChart(items, previewed));
  const { validity, validityLine } = validityOf(skipped, previewed.length, 'item');
  return {
    validity,
    validityLine,
    summary: `The search gave ${counted(items.length, 'item')}. Previews of ${names.join(', ')} were made of ${previewed.length} of them, at the coarsest level that shows the area.`,
    marks: [],
    sections: [
      ...(map === null
        ? []
        : [
            {
              kind: 'map' as const,
              title: 'Footprints',
              href: 'maps/footprints.geojson',
              description: `Footprints of ${counted(items.length, 'item')} (WGS 84).`,
              quicklook: { href: map, alt: 'Footprints of the items on a grid of longitude and latitude' },
            },
          ]),
      { kind: 'figure', title: 'Timeline', figures: [{ href: timeline, alt: 'Items over time' }] },
      {
        kind: 'table',
        title: 'Items',
        columns: [
          { key: 'datetime', label: 'datetime' },
          { key: 'id', label: 'item', code: true },
          { key: 'cloud_cover', label: 'cloud', unit: '%' },
          { key: 'platform', label: 'platform' },
          { key: 'crs', label: 'CRS' },
        ],
        rows: rows.slice(0, 100),
        totalRows: rows.length,
        csvHref: 'tables/items.csv',
      },
      {
        kind: 'table',
        title: 'Previewed pixels',
        caption:
          'Stored values of the pixels that were read. Level 0 is full resolution; values of overviews are averages or samples of it.',
        columns: [
          { key: 'datetime', label: 'datetime' },
          { key: 'band', label: 'band' },
          { key: 'level', label: 'level' },
          { key: 'count', label: 'valid', unit: 'pixels' },
          { key: 'mean', label: 'mean' },
          { key: 'std', label: 'std' },
        ],
        rows: bandRows.slice(0, 100),
        totalRows: bandRows.length,
        csvHref: 'tables/preview_bands.csv',
      },
      ...pictures(previewed),
    ],
    metadata: {
      items: previewed.map(({ scene, previews }) => ({
        ...sceneJson(scene),
        previews: previews.map(({ name, plan, preview }) => ({
          band: name,
          level: plan.level,
          window: [plan.window.x, plan.window.y, plan.window.width, plan.window.height],
          ...statisticsJson(preview.statistics),
        })),
      })),
    },
    extent: extentOf(items, bbox),
    derivedFrom: derivedFromItems(items),
    maps: [],
  };
}

function pictures(previewed: readonly PreviewedItem[]): Outcome['sections'] {
  const figures = previewed.flatMap(({ scene: { item }, quicklook }) =>
    quicklook === null
      ? []
      : [
          {
            href: quicklook,
            alt: `Picture of ${item.id}`,
            caption: `${displayValue(timeText(item.start))}, ${item.id}`,
          },
        ],
  );
  return figures.length === 0 ? [] : [{ kind: 'figure', title: 'Pictures', figures }];
}

function itemRow(item: SceneItem) {
  const { properties } = item;
  const code =
    properties['proj:code'] ?? (typeof properties['proj:epsg'] === 'number' ? `EPSG:${properties['proj:epsg']}` : null);
  return {
    id: item.id,
    collection: item.collection,
    datetime: timeText(item.start),
    cloud_cover: numberOf(properties['eo:cloud_cover']),
    platform: textOf(properties['platform']),
    crs: textOf(code),
    gsd: numberOf(properties['gsd']),
    assets: Object.keys(item.assets).sort().join(' '),
  };
}

function bandRow({ item }: Scene, { name, plan, preview }: BandPreview) {
  return {
    id: item.id,
    datetime: timeText(item.start),
    band: name,
    level: plan.level,
    pixels: preview.pixels,
    ...preview.statistics,
  };
}

/** GeoJSON (RFC 7946); the mark is a member of its own that other programs ignore. */
function footprints(
  ctx: RunContext,
  items: readonly SceneItem[],
  rows: readonly ReturnType<typeof itemRow>[],
): unknown {
  return {
    type: 'FeatureCollection',
    ...(ctx.mark !== undefined && { 'transect:mark': ctx.mark }),
    features: items.map((item, index) => ({
      type: 'Feature',
      id: item.id,
      geometry: item.geometry ?? (item.bbox === null ? null : bboxGeometry(item.bbox)),
      properties: rows[index] ?? {},
    })),
  };
}

async function drawFootprints(
  ctx: RunContext,
  outputs: Outputs,
  items: readonly SceneItem[],
  all: readonly [number, number, number, number],
): Promise<string> {
  const { inputs } = ctx.task;
  const png = await renderFootprints({
    title: 'Footprints',
    subtitle: counted(items.length, 'item'),
    mark: ctx.mark,
    bbox: 'stac_api' in inputs && inputs.bbox !== undefined ? inputs.bbox : all,
    footprints: items.flatMap((item) => {
      const geometry = item.geometry ?? (item.bbox === null ? null : bboxGeometry(item.bbox));
      return geometry === null
        ? []
        : [{ id: item.id, label: `${timeText(item.start).slice(0, 10)} ${item.id}`, geometry }];
    }),
  });
  await outputs.write('figures/footprints.png', png);
  return 'figures/footprints.png';
}

/** Cloud cover over time where the items tell it, else the valid share of the previewed pixels. */
function timelineChart(items: readonly SceneItem[], previewed: readonly PreviewedItem[]) {
  const clouds = items.map((item) => ({
    datetime: timeText(item.start),
    value: numberOf(item.properties['eo:cloud_cover']),
  }));
  if (clouds.some(({ value }) => value !== null))
    return timeSeriesChart({
      title: 'Items over time',
      subtitle: 'Cloud cover as the items state it',
      y: { label: 'cloud cover', unit: '%' },
      series: [{ name: 'cloud cover', points: clouds }],
    });
  return barChart({
    title: 'Items over time',
    subtitle: 'Share of valid pixels in the preview',
    value: { label: 'share of pixels', unit: '%' },
    bars: previewed.slice(0, 40).map(({ scene: { item }, previews: [first] }) => ({
      label: `${timeText(item.start).slice(0, 10)} ${item.id.slice(-12)}`,
      value:
        first === undefined || first.preview.pixels === 0
          ? null
          : percent(first.preview.statistics.count / first.preview.pixels),
    })),
  });
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
