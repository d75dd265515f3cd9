import { barChart } from '../render/charts.ts';
import type { Colouring } from '../render/choropleth.ts';
import { renderChoropleth } from '../render/choropleth.ts';
import { categories } from '../render/palette.ts';
import type { ReportFigure } from '../render/report.ts';
import type { RunContext } from '../run/context.ts';
import type { Outputs } from '../run/outputs.ts';
import { rangeOf } from '../vector/value-range.ts';
import { writeChart } from './shared/write-figures.ts';
import type { ZonalJob } from './zonal-statistics-pass.ts';
import { holdsClasses } from './zonal-statistics-pass.ts';
import type { ZonalLayer } from './zonal-statistics-rows.ts';
import { paletteColour } from './zonal-statistics-rows.ts';

/** Layers that are drawn at most; the tables have all of them. */
const mostLayers = 6;
const mostBars = 24;

/** A map of the zones coloured by their mean (or the class that takes most of them), and bars of the same values. */
export async function zonalFigures(
  ctx: RunContext,
  job: ZonalJob,
  layers: readonly ZonalLayer[],
  outputs: Outputs,
): Promise<ReportFigure[]> {
  const figures: ReportFigure[] = [];
  for (const layer of layers.slice(0, mostLayers)) {
    const isClasses = holdsClasses(job.analysis, layer.source.info, layer.band);
    const values = layer.statistics.map(({ mean, majority }) => (isClasses ? majority : mean));
    const what = isClasses ? 'class with the largest area' : 'mean';
    const title = layers.length === 1 ? layer.raster : `${layer.raster}, ${layer.label}`;
    const stem = ctx.names.stem(`zones_${layer.prefix}${isClasses ? 'class' : 'mean'}`);
    const map = await renderChoropleth({
      title,
      subtitle: `${isClasses ? 'Class with the largest area' : 'Area-weighted mean'} of ${layer.label} in each of ${job.zones.length} zones`,
      caption: ['WGS 84, equirectangular · zones as they are in the features'],
      mark: ctx.mark,
      features: job.zones.map(({ feature }, i) => ({ geometry: feature.geometry, value: values[i] ?? null })),
      colouring: isClasses ? classColouring(layer, values) : rampColouring(layer, values),
      label: `${what} of ${layer.label}`,
    });
    await outputs.write(`figures/${stem}.png`, map.png);
    await outputs.write(`figures/${stem}.svg`, new TextEncoder().encode(map.svg));
    figures.push({ href: `figures/${stem}.png`, alt: `Map of the zones coloured by the ${what} of ${layer.label}` });
    if (isClasses) continue;
    const shown = job.zones.slice(0, mostBars);
    const chart = barChart({
      title,
      subtitle: `Area-weighted mean of ${layer.label}${job.zones.length > shown.length ? `, the first ${shown.length} of ${job.zones.length} zones` : ''}`,
      value: { label: `mean of ${layer.label}`, ...(layer.unit !== null && layer.unit !== '' && { unit: layer.unit }) },
      bars: shown.map(({ name }, i) => ({ label: name, value: values[i] ?? null })),
    });
    const bars = await writeChart(ctx, outputs, `${stem}_bars`, chart);
    figures.push({ href: bars, alt: `Bars of the mean of ${layer.label} in each zone` });
  }
  return figures;
}

function rampColouring({ unit }: ZonalLayer, values: readonly (number | null)[]): Colouring {
  const stretch = rangeOf(values) ?? ([0, 1] as const);
  return { ramp: 'viridis', stretch, ...(unit !== null && unit !== '' && { unit }) };
}

function classColouring(layer: ZonalLayer, values: readonly (number | null)[]): Colouring {
  const found = [...new Set(values.filter((value) => value !== null))].sort((a, b) => a - b);
  return {
    classes: found.map((value, index) => ({
      value,
      label: String(value),
      colour: paletteColour(layer.source, layer.band, value) ?? categories[index % categories.length] ?? '#000000',
    })),
  };
}
