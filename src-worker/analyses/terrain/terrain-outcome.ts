import type { KeyValueRow } from '../../render/report.ts';
import { csv } from '../../render/table.ts';
import type { RunContext } from '../../run/context.ts';
import type { Json, Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import {
  crsText,
  etagJson,
  emptySection,
  gridBboxWgs84,
  gridJson,
  pixelValidity,
  statisticsJson,
} from '../shared/facts.ts';
import { floatNodata } from '../shared/stored.ts';
import { gridText } from '../shared/words.ts';
import type { AreaRow } from './terrain-classes.ts';
import type { TerrainFigure } from './terrain-figures.ts';
import type { ComputedTerrain, TerrainJob } from './terrain-pass.ts';
import type { Product } from './terrain-products.ts';
import { productFacts, productUnit } from './terrain-products.ts';

export interface TerrainMap {
  readonly product: Product;
  readonly path: string;
  readonly quicklook: string | null;
}

/** Tables and words for the terrain of one raster. */
export async function terrainOutcome(
  ctx: RunContext,
  job: TerrainJob,
  computed: ComputedTerrain,
  maps: readonly TerrainMap[],
  figures: readonly TerrainFigure[],
  outputs: Outputs,
): Promise<Outcome> {
  const { task, units, raster } = job;
  const { grid, place, info } = raster;
  const mean = computed.directions?.mean() ?? { direction: null, concentration: null };
  const rows = maps.map(({ product, path }) => {
    const {
      count = 0,
      min = null,
      max = null,
      mean: average = null,
      std = null,
    } = computed.products.get(product)?.statistics ?? {};
    const unit = productUnit(product, task, units) ?? '';
    // Directions have no sum: their mean is that of unit vectors, and they have no standard deviation.
    return product === 'aspect'
      ? { product, unit, count, min, max, mean: mean.direction, std: null, map: path }
      : { product, unit, count, min, max, mean: average, std, map: path };
  });
  await outputs.write(
    'tables/terrain.csv',
    csv(rows, [
      { key: 'product' },
      { key: 'unit' },
      { key: 'count', unit: 'pixels' },
      { key: 'min' },
      { key: 'max' },
      { key: 'mean' },
      { key: 'std' },
      { key: 'map' },
    ]),
  );
  const slopes = computed.slopes?.rows() ?? null;
  const directions = computed.directions?.rows() ?? null;
  if (slopes !== null) await writeAreas(outputs, 'tables/slope_classes.csv', slopes);
  if (directions !== null) await writeAreas(outputs, 'tables/aspect_directions.csv', directions);
  const valid = Math.max(0, ...rows.map(({ count }) => count));
  const { validity, validityLine } = pixelValidity(0, 1, 'raster', valid);
  const titles = maps.map(({ product }) => productFacts[product].title.toLowerCase());
  return {
    validity,
    validityLine,
    summary: `${listed(titles)} of ${place.name}, at ${gridText(grid)}.`,
    marks: [],
    sections: [
      ...emptySection(validity),
      { kind: 'keyvalue', title: 'Elevation', rows: elevationRows(job) },
      {
        kind: 'table',
        title: 'Maps',
        caption:
          'Statistics of the valid pixels. The mean of aspect is the direction of the mean of unit vectors; flat ground is left out.',
        columns: [
          { key: 'product', label: 'map' },
          { key: 'unit', label: 'unit' },
          { key: 'count', label: 'valid', unit: 'pixels' },
          ...(['min', 'max', 'mean', 'std'] as const).map((key) => ({ key, label: key })),
        ],
        rows,
        csvHref: 'tables/terrain.csv',
      },
      ...(slopes === null ? [] : [areaTable('Slope classes', 'slope', slopes, 'tables/slope_classes.csv')]),
      ...(directions === null ? [] : [areaTable('Aspect', 'facing', directions, 'tables/aspect_directions.csv')]),
      ...(figures.length === 0 ? [] : [{ kind: 'figure' as const, title: 'Figures', figures }]),
      ...maps.map(({ product, path, quicklook }) => ({
        kind: 'map' as const,
        title: productFacts[product].title,
        href: path,
        description: productFacts[product].method,
        ...(quicklook !== null && {
          quicklook: { href: quicklook, alt: `${productFacts[product].title} of ${place.name}` },
        }),
      })),
      { kind: 'text', title: 'Method', paragraphs: methodWords(job) },
    ],
    metadata: {
      raster: { name: place.name, band: task.band, bytes: info.bytes, ...etagJson(info) },
      grid: gridJson(grid, raster.origin),
      units: units.words,
      maps: maps.map(({ product, path }) => ({
        product,
        map: path,
        unit: productUnit(product, task, units) ?? null,
        ...statisticsJson(
          computed.products.get(product)?.statistics ?? { count: 0, min: null, max: null, mean: null, std: null },
        ),
        ...(product === 'aspect' && { mean: mean.direction, std: null, concentration: mean.concentration }),
      })),
      ...(slopes !== null && { slope_classes: slopes.map(areaJson) }),
      ...(directions !== null && { aspect_directions: directions.map(areaJson) }),
    },
    extent: { bbox: gridBboxWgs84(grid), start: null, end: null },
    derivedFrom: [{ href: place.name, title: place.name, mediaType: 'image/tiff; application=geotiff' }],
    maps: maps.map(({ product, path }) => ({
      path,
      crs: grid.crs.code,
      shape: [grid.height, grid.width],
      transform: grid.transform,
      bands: [
        {
          name: product,
          dtype: productFacts[product].dtype,
          nodata: productFacts[product].nodata,
          statistics: computed.products.get(product)?.statistics ?? {
            count: 0,
            min: null,
            max: null,
            mean: null,
            std: null,
          },
        },
      ],
    })),
  };
}

function elevationRows({ task, units, raster: { place, info, grid, origin } }: TerrainJob): KeyValueRow[] {
  return [
    { label: 'Raster', value: place.name, code: true },
    { label: 'Band', value: `${task.band} of ${info.bandCount}, ${info.storedType ?? info.dtype}` },
    { label: 'CRS', value: crsText(grid.crs) },
    { label: 'Grid', value: `${gridText(grid)}: ${origin}` },
    { label: 'Units', value: units.words.join(' ') },
  ];
}

function methodWords({ task, raster }: TerrainJob): string[] {
  const gradient =
    task.algorithm === 'horn'
      ? 'Gradients after Horn (1981): eight neighbours with weights 1, 2, 1.'
      : 'Gradients after Zevenbergen and Thorne (1987): the four neighbours in line.';
  const light = {
    single: `Light from azimuth ${task.azimuth}°, ${task.altitude}° above the horizon.`,
    combined: `Light from azimuth ${task.azimuth}°, ${task.altitude}° above the horizon, combined with the slope.`,
    multidirectional: `Light from 225°, 270°, 315° and 360°, ${task.altitude}° above the horizon, weighted by aspect.`,
  }[task.shading];
  const edges = task.compute_edges
    ? raster.offset === null
      ? 'Where the raster ends on the task’s grid, and beside nodata, the missing neighbours count as the pixel itself.'
      : 'At the raster’s edge rows and columns are continued in a straight line; beside nodata the missing neighbours count as the pixel itself, as gdaldem -compute_edges does.'
    : 'A pixel needs all its eight neighbours: the outermost pixels of the raster, and those beside nodata, have no value.';
  const resampled =
    raster.offset === null
      ? ['The elevation was resampled onto the task’s grid before anything was computed from it.']
      : [];
  return [
    `${gradient}${task.products.includes('hillshade') ? ` ${light}` : ''} Computed in float64.`,
    edges,
    ...resampled,
    `Maps are float32 with nodata ${floatNodata}; hillshade is uint8 with nodata 0. Areas are true areas on the ellipsoid.`,
  ];
}

async function writeAreas(outputs: Outputs, path: string, rows: readonly AreaRow[]): Promise<void> {
  await outputs.write(
    path,
    csv(withShares(rows), [
      { key: 'class' },
      { key: 'from' },
      { key: 'to' },
      { key: 'pixels' },
      { key: 'share' },
      { key: 'area', unit: 'm2' },
    ]),
  );
}

function withShares(rows: readonly AreaRow[]) {
  const total = rows.reduce((sum, { area }) => sum + area, 0);
  return rows.map(({ label, from, to, pixels, area }) => ({
    class: label,
    from,
    to,
    pixels,
    share: total > 0 ? area / total : null,
    area,
  }));
}

function areaTable(
  title: string,
  label: string,
  rows: readonly AreaRow[],
  csvHref: string,
): Outcome['sections'][number] {
  return {
    kind: 'table',
    title,
    columns: [
      { key: 'class', label },
      { key: 'pixels', label: 'pixels' },
      { key: 'hectares', label: 'area', unit: 'ha' },
      { key: 'percent', label: 'share', unit: '%' },
    ],
    rows: withShares(rows).map((row) => ({
      class: row.class,
      pixels: row.pixels,
      hectares: row.area / 10_000,
      percent: row.share === null ? null : 100 * row.share,
    })),
    csvHref,
  };
}

function areaJson({ label, from, to, pixels, area }: AreaRow): Json {
  return { class: label, from, to, pixels, area_m2: area };
}

/** `Slope, aspect and hillshade`. */
function listed(words: readonly string[]): string {
  const text = words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
