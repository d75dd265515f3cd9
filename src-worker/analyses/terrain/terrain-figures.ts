import { barChart, histogram, histogramChart } from '../../render/charts.ts';
import { renderQuicklook, stretchPercentiles } from '../../render/quicklook.ts';
import { displayNumber } from '../../render/report-text.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { crsText, metresPerCell } from '../shared/facts.ts';
import { gridText } from '../shared/words.ts';
import { writeChart } from '../shared/write-figures.ts';
import type { ComputedProduct, ComputedTerrain, TerrainJob } from './terrain-pass.ts';
import type { Product } from './terrain-products.ts';
import { productFacts, productUnit } from './terrain-products.ts';

const directionTicks = ['N', 'E', 'S', 'W', 'N'].map((label, quarter) => ({ value: 90 * quarter, label }));

export interface TerrainFigure {
  readonly href: string;
  readonly alt: string;
}

/** A histogram of every product with quantities, and bars of the eight directions of aspect. */
export async function drawCharts(
  ctx: RunContext,
  outputs: Outputs,
  { task, units, raster }: TerrainJob,
  { products, directions }: ComputedTerrain,
): Promise<TerrainFigure[]> {
  const figures: TerrainFigure[] = [];
  for (const [product, { statistics, thumbnail }] of products) {
    const { title } = productFacts[product];
    if (product === 'aspect') {
      const total = (directions?.rows() ?? []).reduce((sum, { area }) => sum + area, 0);
      const bars = (directions?.rows() ?? []).map(({ label, area }) => ({
        label,
        value: total > 0 ? (100 * area) / total : null,
      }));
      const chart = barChart({
        title: 'Where the ground faces',
        subtitle: `${raster.place.name}: share of the area by the direction of steepest fall`,
        bars,
        value: { label: 'area', unit: '%' },
      });
      const href = await writeChart(ctx, outputs, 'aspect_directions', chart);
      figures.push({ href, alt: 'Share of the area that faces each of eight directions' });
      continue;
    }
    const unit = productUnit(product, task, units);
    const values = histogram(thumbnail.data, thumbnail.valid, { bins: 60 });
    const drawn = thumbnail.step === 1 ? 'all' : `every ${thumbnail.step}th in each direction:`;
    const chart = histogramChart({
      title: `${title} in numbers`,
      subtitle: `${raster.place.name}: ${drawn} ${displayNumber(values.count)} pixels`,
      histogram: values,
      x: { label: title.toLowerCase(), ...(unit !== undefined && { unit }) },
      lines: statistics.mean === null ? [] : [{ value: statistics.mean, label: 'mean of all pixels' }],
    });
    const href = await writeChart(ctx, outputs, `${product}_histogram`, chart);
    figures.push({ href, alt: `Histogram of ${title.toLowerCase()}` });
  }
  return figures;
}

/** Draws the picture of one product. Gives its path. */
export async function drawProduct(
  ctx: RunContext,
  outputs: Outputs,
  { task, units, raster: { grid, place } }: TerrainJob,
  product: Product,
  { thumbnail }: ComputedProduct,
): Promise<string> {
  const { title, ramp } = productFacts[product];
  const { step, data, valid, width, height } = thumbnail;
  const unit = productUnit(product, task, units);
  const path = `figures/${product}.png`;
  const png = await renderQuicklook({
    title,
    subtitle: place.name,
    caption: [`${crsText(grid.crs)} · ${gridText(grid)}${step > 1 ? `, every ${step}th drawn` : ''}`],
    mark: ctx.mark,
    data,
    valid,
    width,
    height,
    ramp,
    stretch: stretchOf(product, data, valid),
    legend: product === 'aspect' ? { label: 'The ground faces', ticks: directionTicks } : { label: title, unit },
    metresPerPixel: metresPerCell(grid, step),
  });
  await outputs.write(path, png);
  return path;
}

function stretchOf(product: Product, data: ArrayLike<number>, valid: Uint8Array): readonly [number, number] {
  if (product === 'aspect') return [0, 360];
  if (product === 'hillshade') return [1, 255];
  const [low, high] = stretchPercentiles(data, valid, product === 'tpi' ? 2 : 0, 98) ?? [0, 1];
  // Positions lie around 0, which is the middle of their ramp.
  const side = Math.max(Math.abs(low), Math.abs(high));
  return product === 'tpi' ? [-side, side] : [0, high];
}
