import type { ChartSpec } from '../../render/charts.ts';
import { renderChart } from '../../render/charts.ts';
import { markItem } from '../../run/marks.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';

/** Draws a chart as PNG and SVG into figures/. Gives the path of the PNG. */
export async function writeChart(ctx: RunContext, outputs: Outputs, name: string, spec: ChartSpec): Promise<string> {
  const { png, svg } = await renderChart(spec, { mark: ctx.mark });
  await outputs.write(`figures/${name}.png`, png);
  await outputs.write(`figures/${name}.svg`, new TextEncoder().encode(svg));
  return `figures/${name}.png`;
}

/** Metadata items for maps: the mark, when there is one. */
export function mapMetadata(ctx: RunContext): Readonly<Record<string, string>> {
  return ctx.mark === undefined ? {} : { [markItem]: ctx.mark };
}
