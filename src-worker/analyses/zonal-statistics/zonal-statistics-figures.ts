import type { Colouring } from '../../render/choropleth.ts';
import { categories } from '../../render/palette.ts';
import type { ReportFigure } from '../../render/report.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { mostDrawn } from '../../vector/layers.ts';
import { valueFigures } from '../../vector/value-figures.ts';
import { counted } from '../shared/words.ts';
import type { ZonalJob } from './zonal-statistics-pass.ts';
import { holdsClasses } from './zonal-statistics-pass.ts';
import type { ZonalLayer } from './zonal-statistics-rows.ts';
import { className, paletteColour } from './zonal-statistics-rows.ts';

/** A map of the zones coloured by their mean (or the class that takes most of them), and bars of the means. */
export async function zonalFigures(
  ctx: RunContext,
  job: ZonalJob,
  layers: readonly ZonalLayer[],
  outputs: Outputs,
): Promise<ReportFigure[]> {
  const figures: ReportFigure[] = [];
  for (const layer of layers.slice(0, mostDrawn)) {
    const { raster, label, unit, prefix, source, band, statistics } = layer;
    const isClasses = holdsClasses(job.analysis, source.info, band);
    const values = statistics.map(({ mean, majority }) => (isClasses ? majority : mean));
    figures.push(
      ...(await valueFigures(ctx, outputs, `zones_${prefix}${isClasses ? 'class' : 'mean'}`, {
        title: layers.length === 1 ? raster : `${raster}, ${label}`,
        subtitle: `${isClasses ? 'Class with the largest weight' : 'Area-weighted mean'} of ${label} in ${counted(job.zones.length, 'zone')}`,
        label: isClasses ? `main class of ${label}` : `mean of ${label}`,
        unit,
        noun: 'zones',
        features: job.zones.map(({ feature, name }, i) => ({
          name,
          geometry: feature.geometry,
          value: values[i] ?? null,
        })),
        ...(isClasses && { colouring: classColouring(layer, values) }),
      })),
    );
  }
  return figures;
}

function classColouring({ source, band }: ZonalLayer, values: readonly (number | null)[]): Colouring {
  const found = [...new Set(values.filter((value) => value !== null))].sort((a, b) => a - b);
  return {
    classes: found.map((value, index) => ({
      value,
      label: className(source, band, value) ?? String(value),
      colour: paletteColour(source, band, value) ?? categories[index % categories.length] ?? '#000000',
    })),
  };
}
