import type { RasterInfo } from '../../../src-raster/types.ts';
import type { Colouring } from '../gl/raster-painter.ts';
import type { BandSummary } from '../reader/band-summary.ts';
import type { LayerStyle } from '../style/layer-style.ts';
import { bandsOf, stretchOf, stretchRange } from '../style/layer-style.ts';
import { rampTable } from '../style/ramps.ts';

/** How a layer's values become colours; null while the values that a stretch spans are not known. */
export function colouringOf(
  style: LayerStyle,
  summaries: Readonly<Record<number, BandSummary>>,
  info: RasterInfo,
): Colouring | null {
  const { look, ramp, reversed, opacity, smooth } = style;
  const base = { ramp: rampTable(ramp, reversed), opacity, smooth: smooth && look.kind !== 'palette' };
  if (look.kind === 'palette') return { ...base, kind: 'palette', low: [0, 0, 0], high: [1, 1, 1] };
  const ranges = bandsOf(look).map((band) => stretchRange(stretchOf(style, band, info), summaries[band]));
  const [r, g = r, b = r] = ranges;
  if (r === undefined || g === undefined || b === undefined || r === null || g === null || b === null) return null;
  return { ...base, kind: look.kind === 'rgb' ? 'rgb' : 'ramp', low: [r[0], g[0], b[0]], high: [r[1], g[1], b[1]] };
}
