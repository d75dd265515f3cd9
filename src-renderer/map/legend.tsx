import type { ReactElement } from 'react';
import type { PaletteColor } from '../../src-raster/types.ts';
import { tickTexts } from './inspect/reading.ts';
import type { RasterState } from './layers/raster-state.ts';
import { fileName } from './panel/layer-list.tsx';
import { bandName, bandsOf, stretchOf, stretchRange, toPhysical } from './style/layer-style.ts';
import type { VectorState } from './run-map-controller.ts';
import { rampGradient } from './style/ramps.ts';
import type { ValueColouring } from './vectors/value-colours.ts';
import styles from './map.module.css';

/** What the colours of the visible rasters and outlines mean, always in sight. */
export function Legend({
  rasters,
  vectors,
}: {
  readonly rasters: readonly RasterState[];
  readonly vectors: readonly VectorState[];
}): ReactElement | null {
  const shown = rasters.filter(({ open, style }) => open !== null && style !== null).slice(0, 3);
  const outlines = vectors.filter(({ isVisible, colouring }) => isVisible && colouring !== null).slice(0, 3);
  if (shown.length + outlines.length === 0) return null;
  return (
    <section aria-label="Legend" className={styles['legend']}>
      {shown.map((raster) => (
        <RasterLegend key={raster.id} raster={raster} />
      ))}
      {outlines.map(
        ({ id, colouring }) => colouring !== null && <VectorLegend key={id} id={id} colouring={colouring} />,
      )}
      {shown.length > 0 && (
        <p className={styles['legendNote']}>
          <span className={styles['noDataSwatch']} aria-hidden /> No data: not drawn
        </p>
      )}
    </section>
  );
}

function VectorLegend({
  id,
  colouring: { property, min, max, missing },
}: {
  readonly id: string;
  readonly colouring: ValueColouring;
}): ReactElement {
  return (
    <div className={styles['legendEntry']}>
      <p className={styles['legendTitle']}>
        {property}
        <span className={styles['legendFile']}>{fileName(id)}</span>
      </p>
      <div className={styles['legendRamp']} style={{ backgroundImage: rampGradient('viridis', false) }} />
      <div className={styles['legendTicks']}>
        {tickTexts([min, (min + max) / 2, max]).map((text, i) => (
          <span key={i}>{text}</span>
        ))}
      </div>
      {missing > 0 && <p className={styles['legendNote']}>{`${missing} without a value: outline only`}</p>}
    </div>
  );
}

function RasterLegend({
  raster: { id, open, style, summaries },
}: {
  readonly raster: RasterState;
}): ReactElement | null {
  if (open === null || style === null) return null;
  const { info } = open;
  const bands = bandsOf(style.look);
  const [band = 1] = bands;
  const facts = info.bands[band - 1];
  const range = style.look.kind === 'band' ? stretchRange(stretchOf(style, band, info), summaries[band]) : null;
  const ends = range?.map((value) => toPhysical(facts, value)) ?? [];
  const [low = NaN, high = NaN] = ends;
  const unit = facts?.unit ?? '';
  return (
    <div className={styles['legendEntry']}>
      <p className={styles['legendTitle']}>
        {style.look.kind === 'band'
          ? `${bandName(info.bands, band)}${unit === '' ? '' : ` (${unit})`}`
          : style.look.kind === 'rgb'
            ? 'Colour picture'
            : facts?.classNames === undefined
              ? 'Colours of the file’s palette'
              : bandName(info.bands, 1)}
        <span className={styles['legendFile']}>{fileName(id)}</span>
      </p>
      {style.look.kind === 'band' && (
        <>
          <div className={styles['legendRamp']} style={{ backgroundImage: rampGradient(style.ramp, style.reversed) }} />
          <div className={styles['legendTicks']}>
            {range === null ? (
              <span>{summaries[band] === undefined ? 'reading…' : 'no valid pixels'}</span>
            ) : (
              tickTexts([low, (low + high) / 2, high]).map((text, i) => <span key={i}>{text}</span>)
            )}
          </div>
        </>
      )}
      {style.look.kind === 'palette' && <ClassList palette={info.palette ?? []} names={facts?.classNames ?? {}} />}
      {style.look.kind === 'rgb' && (
        <p className={styles['legendNote']}>
          {bands.map((one, i) => `${['Red', 'Green', 'Blue'][i] ?? ''}: ${bandName(info.bands, one)}`).join(' · ')}
        </p>
      )}
    </div>
  );
}

/** More classes than this are a table of their own, not a legend. */
const maxClasses = 24;

/** The colour and the name of each named class. */
function ClassList({
  palette,
  names,
}: {
  readonly palette: readonly PaletteColor[];
  readonly names: Readonly<Record<number, string>>;
}): ReactElement | null {
  const classes = Object.entries(names).flatMap(([value, name]) => {
    const color = palette[Number(value)];
    return color === undefined ? [] : [{ value, name, color }];
  });
  if (classes.length === 0) return null;
  return (
    <ul className={styles['legendClasses']}>
      {classes.slice(0, maxClasses).map(({ value, name, color: [red, green, blue] }) => (
        <li key={value}>
          <span
            className={styles['classSwatch']}
            style={{ backgroundColor: `rgb(${red} ${green} ${blue})` }}
            aria-hidden
          />
          {name}
        </li>
      ))}
      {classes.length > maxClasses && <li>{`and ${classes.length - maxClasses} more`}</li>}
    </ul>
  );
}
