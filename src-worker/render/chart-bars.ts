import type { TopLevelSpec } from 'vega-lite';
import type { LayerSpec, UnitSpec } from 'vega-lite/types_unstable/spec/index.js';
import { axisTitle, type ChartAxis } from './chart-config.ts';
import { emptyChart } from './chart-empty.ts';
import { fill, ink } from './palette.ts';
import { shortNumber } from './ticks.ts';

export interface BarChartOptions {
  readonly title: string;
  readonly subtitle?: string | undefined;
  /** Drawn from top to bottom in this order. Labels may repeat. */
  readonly bars: readonly {
    readonly label: string;
    readonly value: number | null;
    /** `#rrggbb`, such as that of a class on its map; one colour for all bars when left out. */
    readonly colour?: string | undefined;
  }[];
  /** The values' axis. */
  readonly value: ChartAxis;
}

/** Horizontal bars with their values written at the ends: long names stay readable. */
export function barChart(options: BarChartOptions): TopLevelSpec {
  const title = { text: options.title, ...(options.subtitle !== undefined && { subtitle: options.subtitle }) };
  if (options.bars.length === 0) return emptyChart(title, 'Nothing to show');
  const values = options.bars.map(({ label, value, colour }, index) => ({
    row: String(index),
    label,
    colour: colour ?? fill,
    value: value !== null && Number.isFinite(value) ? value : 0,
    text: value !== null && Number.isFinite(value) ? shortNumber(value) : 'no data',
    align: value !== null && value < 0 ? 'right' : 'left',
  }));
  const y = {
    field: 'row',
    type: 'nominal',
    sort: null,
    scale: { paddingInner: 0.3, paddingOuter: 0.2 },
    axis: {
      title: null,
      labelLimit: 240,
      // The rows' labels come from the data by position, so that two bars of one name stay two.
      labelExpr: `${JSON.stringify(options.bars.map(({ label }) => label))}[toNumber(datum.value)]`,
    },
  } as const;
  const shown = values.map(({ value }) => value);
  // Room for the written values beyond the longest bars.
  const domain = [Math.min(0, ...shown) * 1.1, Math.max(0, ...shown) * 1.1];
  const scale = domain[0] === domain[1] ? { domain: [0, 1] } : { domain, nice: false };
  const x = {
    field: 'value',
    type: 'quantitative',
    scale,
    axis: { title: axisTitle(options.value), grid: true },
  } as const;
  const written = (side: 'left' | 'right'): LayerSpec<string> | UnitSpec<string> => ({
    transform: [{ filter: { field: 'align', equal: side } }],
    mark: { type: 'text', align: side, dx: side === 'left' ? 5 : -5, color: ink, fontSize: 10.5 },
    encoding: { x, y, text: { field: 'text' } },
  });
  return {
    title,
    width: 640,
    height: 60 + options.bars.length * 24,
    data: { values },
    layer: [
      {
        mark: { type: 'bar' },
        encoding: { x, y, color: { field: 'colour', type: 'nominal', scale: null, legend: null } },
      },
      written('left'),
      written('right'),
    ],
  };
}
