import type { TopLevelSpec } from 'vega-lite';
import { figureSvg, type FigureText } from './figure.ts';
import { Markup } from './markup.ts';
import { svgToPng } from './rasterise.ts';
import { vegaSvg } from './vega-svg.ts';

export { barChart } from './chart-bars.ts';
export { histogramChart } from './chart-histogram.ts';
export { timeSeriesChart } from './chart-time-series.ts';
export { histogram } from './histogram.ts';

/** A Vega-Lite spec as plain JSON; its data stand inside it. */
export type ChartSpec = TopLevelSpec;

export interface ChartOptions {
  /** Printed as a warning band over the whole width. */
  readonly mark?: string | undefined;
  readonly caption?: readonly string[] | undefined;
  /** Size of the chart with its axes in layout units (the PNG has twice as many pixels); those of the spec if left out. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

const defaultSize = { width: 640, height: 320 };

/**
 * Draws a chart in the frame of all figures, with the spec's title (text and subtitle) as heading.
 * The same spec and options give the same SVG text and PNG bytes, in every process.
 * @throws AppError `bad_data` where Vega-Lite can't draw the spec, `denied` where the spec loads data from elsewhere
 */
export async function renderChart(
  spec: ChartSpec,
  options: ChartOptions = {},
): Promise<{ png: Uint8Array; svg: string }> {
  const { title, ...rest } = spec;
  const width = options.width ?? sizeOf(spec, 'width');
  const height = options.height ?? sizeOf(spec, 'height');
  const chart = await vegaSvg({ ...rest, width, height });
  const text: FigureText = { ...heading(title), caption: options.caption, mark: options.mark };
  const svg = figureSvg(text, { content: new Markup(chart), width, height });
  return { png: await svgToPng(svg), svg };
}

function sizeOf(spec: ChartSpec, side: 'width' | 'height'): number {
  const size = Object.entries(spec).find(([name]) => name === side)?.[1] as unknown;
  return typeof size === 'number' && size > 0 ? size : defaultSize[side];
}

function heading(title: ChartSpec['title']): { title: string; subtitle?: string } {
  if (title === undefined || typeof title === 'string' || Array.isArray(title)) return { title: joined(title) };
  const parts = title as { readonly text?: unknown; readonly subtitle?: unknown };
  const subtitle = joined(parts.subtitle);
  return { title: joined(parts.text), ...(subtitle !== '' && { subtitle }) };
}

function joined(text: unknown): string {
  if (Array.isArray(text)) return text.map(joined).join(' ');
  return typeof text === 'string' ? text : '';
}
