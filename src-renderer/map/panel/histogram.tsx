import type { ReactElement } from 'react';
import type { BandSummary } from '../reader/band-summary.ts';
import type { LayerStyle } from '../style/layer-style.ts';
import { rampTable } from '../style/ramps.ts';
import styles from './panel.module.css';

const height = 44;

/** Bars in the colours that their values have on the map; heights are square roots, so that tails can be seen. */
export function Histogram({
  summary,
  range,
  style,
}: {
  readonly summary: BandSummary | undefined;
  readonly range: readonly [number, number] | null;
  readonly style: LayerStyle;
}): ReactElement {
  if (summary === undefined || summary.count === 0) return <div className={styles['histogram']} aria-hidden />;
  const { histogram, min, max } = summary;
  const most = Math.sqrt(Math.max(...histogram));
  const table = rampTable(style.ramp, style.reversed);
  const colourOf = (value: number): string => {
    if (style.look.kind !== 'band' || range === null) return 'var(--text-faint)';
    const t = range[1] > range[0] ? Math.min(1, Math.max(0, (value - range[0]) / (range[1] - range[0]))) : 0.5;
    const at = Math.round(t * 255) * 4;
    return `rgb(${table[at] ?? 0} ${table[at + 1] ?? 0} ${table[at + 2] ?? 0})`;
  };
  const place = (value: number): number => ((value - min) / (max - min || 1)) * histogram.length;
  return (
    <svg
      className={styles['histogram']}
      viewBox={`0 0 ${histogram.length} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Histogram from ${min} to ${max}`}
    >
      {histogram.map((count, i) => {
        const tall = (Math.sqrt(count) / most) * (height - 2);
        const middle = min + ((i + 0.5) / histogram.length) * (max - min);
        return <rect key={i} x={i} y={height - tall} width={0.9} height={tall} fill={colourOf(middle)} />;
      })}
      {range?.map((value, i) => {
        const x = place(value);
        return x >= 0 && x <= histogram.length ? (
          <line
            key={i}
            x1={x}
            x2={x}
            y1={0}
            y2={height}
            className={styles['limit']}
            vectorEffect="non-scaling-stroke"
          />
        ) : null;
      })}
    </svg>
  );
}
