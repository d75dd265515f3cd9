import { writeChart } from '../analyses/shared/write-figures.ts';
import { barChart } from '../render/charts.ts';
import type { Colouring } from '../render/choropleth.ts';
import { renderChoropleth } from '../render/choropleth.ts';
import type { ReportFigure } from '../render/report.ts';
import type { RunContext } from '../run/context.ts';
import type { Outputs } from '../run/outputs.ts';
import type { AreaGeometry, PointGeometry } from './features.ts';

const mostBars = 24;

export interface ValueFigures {
  readonly title: string;
  readonly subtitle: string;
  /** What the values are, for legend and axis. */
  readonly label: string;
  readonly unit: string | null;
  readonly features: readonly {
    readonly name: string;
    readonly geometry: AreaGeometry | PointGeometry;
    readonly value: number | null;
  }[];
  /** What the features are called, in the plural. */
  readonly noun: string;
  /** Left out: along a ramp from the least to the greatest value. */
  readonly colouring?: Colouring | undefined;
}

/** A map of features coloured by a value (where quicklooks are wanted) and, for values along a ramp, bars of the first of them. */
export async function valueFigures(
  ctx: RunContext,
  outputs: Outputs,
  name: string,
  { title, subtitle, label, unit, features, noun, colouring }: ValueFigures,
): Promise<ReportFigure[]> {
  const figures: ReportFigure[] = [];
  const stem = ctx.names.stem(name);
  const withUnit = unit === null || unit === '' ? {} : { unit };
  if (ctx.task.outputs.make_quicklook) {
    const map = await renderChoropleth({
      title,
      subtitle,
      caption: ['WGS 84, equirectangular, true to scale at the middle latitude'],
      mark: ctx.mark,
      features,
      colouring: colouring ?? {
        ramp: 'viridis',
        stretch: rangeOf(features.map(({ value }) => value)) ?? [0, 1],
        ...withUnit,
      },
      label,
    });
    await outputs.write(`figures/${stem}.png`, map.png);
    await outputs.write(`figures/${stem}.svg`, new TextEncoder().encode(map.svg));
    figures.push({ href: `figures/${stem}.png`, alt: `Map of the ${noun} coloured by the ${label}` });
  }
  if (colouring !== undefined) return figures;
  const shown = features.slice(0, mostBars);
  const chart = barChart({
    title,
    subtitle: `${subtitle}${features.length > shown.length ? `; the first ${shown.length} of ${features.length}` : ''}`,
    value: { label, ...withUnit },
    bars: shown.map((one) => ({ label: one.name, value: one.value })),
  });
  const bars = await writeChart(ctx, outputs, `${stem}_bars`, chart);
  return [...figures, { href: bars, alt: `Bars of the ${label} for the ${noun}` }];
}

/** The least and the greatest of the values that are numbers; null when there is none. */
function rangeOf(values: readonly (number | null)[]): readonly [min: number, max: number] | null {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    [min, max] = [Math.min(min, value), Math.max(max, value)];
  }
  return min > max ? null : [min, max];
}
