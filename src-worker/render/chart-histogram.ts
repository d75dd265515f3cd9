import type { TopLevelSpec } from 'vega-lite';
import { axisTitle, type ChartAxis } from './chart-config.ts';
import { emptyChart } from './chart-empty.ts';
import type { Histogram } from './histogram.ts';
import { fill, ink } from './palette.ts';

export interface HistogramChartOptions {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly histogram: Histogram;
  readonly x: ChartAxis;
  /** `pixels` when left out. */
  readonly y?: ChartAxis | undefined;
  /** Vertical lines, such as mean and median. */
  readonly lines?:
    | readonly {
        readonly value: number;
        readonly label: string;
        /** On which side of its line the label stands; `right` when left out. */
        readonly side?: 'left' | 'right';
      }[]
    | undefined;
}

/** A histogram as a Vega-Lite spec; without a valid value it says so. Values outside the range are named below the title. */
export function histogramChart(options: HistogramChartOptions): TopLevelSpec {
  const { edges, counts, count, below, above } = options.histogram;
  const outside = below + above > 0 ? `${below} values below and ${above} above the range are not drawn` : '';
  const subtitle = [options.subtitle ?? '', outside].filter((part) => part !== '').join(' · ');
  const title = { text: options.title, ...(subtitle !== '' && { subtitle }) };
  if (count === 0) return emptyChart(title, 'No valid pixels');
  const bins = counts.map((value, index) => ({ from: edges[index] ?? 0, to: edges[index + 1] ?? 0, count: value }));
  const lines = (options.lines ?? []).filter(({ value }) => Number.isFinite(value));
  const x = {
    type: 'quantitative',
    scale: { zero: false, nice: false },
    axis: { title: axisTitle(options.x), tickCount: 8 },
  } as const;
  return {
    title,
    width: 640,
    height: 300,
    layer: [
      {
        data: { values: bins },
        mark: { type: 'rect', color: fill, stroke: '#ffffff', strokeWidth: 0.5 },
        encoding: {
          x: { ...x, field: 'from' },
          x2: { field: 'to' },
          y: {
            field: 'count',
            type: 'quantitative',
            axis: { title: axisTitle(options.y ?? { label: 'pixels' }) },
            stack: null,
          },
          y2: { datum: 0 },
        },
      },
      {
        data: { values: lines.map((line) => ({ ...line })) },
        mark: { type: 'rule', color: ink, strokeDash: [4, 3], strokeWidth: 1.25 },
        encoding: { x: { ...x, field: 'value' } },
      },
      ...(['left', 'right'] as const).map((side) => ({
        data: {
          values: lines.flatMap((line) =>
            (line.side ?? 'right') === side ? [{ value: line.value, label: line.label }] : [],
          ),
        },
        mark: {
          type: 'text' as const,
          align: side === 'left' ? ('right' as const) : ('left' as const),
          baseline: 'top' as const,
          dx: side === 'left' ? -5 : 5,
          y: 2,
          color: ink,
          fontSize: 10.5,
        },
        encoding: { x: { ...x, field: 'value' }, text: { field: 'label' } },
      })),
    ],
  };
}
