import type { TopLevelSpec } from 'vega-lite';
import { ground, quietInk } from './palette.ts';

/** A chart without anything to draw, which says so in the place of the data. */
export function emptyChart(
  title: { readonly text: string; readonly subtitle?: string },
  message: string,
): TopLevelSpec {
  return {
    title,
    width: 640,
    height: 120,
    view: { fill: ground },
    data: { values: [{ message }] },
    mark: { type: 'text', fontSize: 14, fontWeight: 'bold', color: quietInk },
    encoding: { text: { field: 'message' } },
  };
}
