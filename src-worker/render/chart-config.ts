import type { Config } from 'vega-lite';
import { fontFamily } from './fonts.ts';
import { accent, categories, hairline, ink, quietInk } from './palette.ts';

/** The look of all charts: quiet axes, horizontal grid lines, the shipped font, the colours of the other figures. */
export const chartConfig: Config = {
  aria: false,
  background: 'transparent',
  font: fontFamily,
  padding: 0,
  autosize: { type: 'fit', contains: 'padding' },
  view: { stroke: null },
  mark: { color: accent },
  range: { category: [...categories] },
  axis: {
    labelColor: quietInk,
    labelFontSize: 10.5,
    titleColor: ink,
    titleFontSize: 11,
    titleFontWeight: 'bold',
    titlePadding: 10,
    domainColor: quietInk,
    tickColor: quietInk,
    gridColor: hairline,
    gridOpacity: 0.6,
  },
  axisX: { grid: false },
  axisY: { domain: false, ticks: false, labelPadding: 6, tickCount: 6 },
  legend: {
    orient: 'top',
    direction: 'horizontal',
    labelColor: ink,
    labelFontSize: 10.5,
    labelLimit: 260,
    titleColor: ink,
    titleFontSize: 11,
    symbolStrokeWidth: 2,
    symbolOpacity: 1,
    offset: 10,
  },
  locale: { number: { decimal: '.', thousands: '\u202f', grouping: [3], currency: ['', ''] } },
};

export interface ChartAxis {
  readonly label: string;
  readonly unit?: string | undefined;
}

/** `label [unit]`. */
export function axisTitle(axis: ChartAxis): string {
  return axis.unit === undefined ? axis.label : `${axis.label} [${axis.unit}]`;
}
