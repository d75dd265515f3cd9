import type { ReactElement } from 'react';
import type { RasterInfo } from '../../../src-raster/types.ts';
import { grouped } from '../../ui/format.ts';
import { NumberField } from '../../ui/number-field.tsx';
import { Select } from '../../ui/select.tsx';
import type { BandSummary } from '../reader/band-summary.ts';
import type { LayerStyle, Stretch } from '../style/layer-style.ts';
import { isScaled, stretchOf, stretchRange, toPhysical, toStored } from '../style/layer-style.ts';
import { Histogram } from './histogram.tsx';
import styles from './panel.module.css';

interface StretchEditorProps {
  readonly label: string;
  readonly band: number;
  readonly info: RasterInfo;
  readonly style: LayerStyle;
  readonly summary: BandSummary | undefined;
  readonly onChange: (stretch: Stretch) => void;
}

/** Which values a band's colours span, over its histogram. Numbers are physical ones where the file has scale and offset. */
export function StretchEditor({ label, band, info, style, summary, onChange }: StretchEditorProps): ReactElement {
  const stretch = stretchOf(style, band, info);
  const range = stretchRange(stretch, summary);
  const facts = info.bands[band - 1];
  const unit = facts?.unit ?? undefined;
  const physical = (stored: number): number => Number(toPhysical(facts, stored).toPrecision(7));
  const change = (end: 'low' | 'high', value: number): void => {
    if (range === null || Number.isNaN(value)) return;
    const stored = toStored(facts, value);
    onChange({ kind: 'manual', low: end === 'low' ? stored : range[0], high: end === 'high' ? stored : range[1] });
  };
  return (
    <fieldset className={styles['stretch']}>
      <legend>{label}</legend>
      <Histogram summary={summary} range={range} style={style} />
      <Select
        label="Stretch"
        hideLabel
        options={[
          { id: 'percentiles', label: 'Percentiles 2 to 98' },
          { id: 'range', label: 'Least to greatest' },
          ...(info.dtype === 'uint8' ? [{ id: 'full' as const, label: '0 to 255' }] : []),
          { id: 'manual', label: 'These values' },
        ]}
        value={stretch.kind}
        onChange={(kind) => {
          if (kind !== 'manual') onChange({ kind });
          else if (range !== null) onChange({ kind, low: range[0], high: range[1] });
        }}
      />
      <div className={styles['ends']}>
        <NumberField
          label={`Low end of ${label}`}
          hideLabel
          value={range === null ? NaN : physical(range[0])}
          isDisabled={range === null}
          onChange={(value) => change('low', value)}
          {...(unit !== undefined && { unit })}
        />
        <NumberField
          label={`High end of ${label}`}
          hideLabel
          value={range === null ? NaN : physical(range[1])}
          isDisabled={range === null}
          onChange={(value) => change('high', value)}
          {...(unit !== undefined && { unit })}
        />
      </div>
      <p className={styles['hint']}>
        {summary === undefined
          ? 'Reading values…'
          : summary.count === 0
            ? 'No valid pixels.'
            : `${grouped(summary.count)} valid pixels of ${summary.from}`}
        {isScaled(facts) && ', as physical values'}
      </p>
    </fieldset>
  );
}
