import type { ReactElement } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Button } from '../ui/button.tsx';
import type { RasterState } from './layers/raster-state.ts';
import { shortNumber } from './inspect/reading.ts';
import { rasterFacts } from './panel/raster-facts.tsx';
import type { VectorState } from './run-map-controller.ts';
import { bandName, bandsOf, stretchOf, stretchRange, toPhysical } from './style/layer-style.ts';
import styles from './map.module.css';

interface LayerTableProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly rasters: readonly RasterState[];
  readonly vectors: readonly VectorState[];
}

/** The map in words and numbers, for those who can't see it. */
export function LayerTable({ isOpen, onClose, rasters, vectors }: LayerTableProps): ReactElement {
  return (
    <Dialog
      title="Layers as a table"
      size="large"
      isOpen={isOpen}
      onClose={onClose}
      actions={<Button onPress={onClose}>Close</Button>}
    >
      <div className={styles['tableFrame']}>
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Shown</th>
              <th scope="col">Facts</th>
              <th scope="col">Values and colours</th>
            </tr>
          </thead>
          <tbody>
            {rasters.map((raster) => (
              <tr key={raster.id}>
                <th scope="row">{raster.id}</th>
                <td>{raster.isVisible ? 'yes' : 'no'}</td>
                <td>
                  {raster.error?.message ??
                    (raster.open === null
                      ? 'not opened yet'
                      : rasterFacts({ info: raster.open.info, shown: raster.shown })
                          .map(([what, value]) => `${what}: ${value}`)
                          .join('; '))}
                </td>
                <td>{valuesText(raster)}</td>
              </tr>
            ))}
            {vectors.map(({ id, isVisible, data, colouring, error }) => (
              <tr key={id}>
                <th scope="row">{id}</th>
                <td>{isVisible ? 'yes' : 'no'}</td>
                <td>{error?.message ?? (data === null ? 'loading' : `${data.features.length} outlines, WGS 84`)}</td>
                <td>
                  {colouring === null
                    ? 'one colour'
                    : `${colouring.property}: colours from ${shortNumber(colouring.min)} to ${shortNumber(colouring.max)}; ${colouring.missing} without a value`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}

function valuesText({ open, style, summaries }: RasterState): string {
  if (open === null || style === null) return '';
  if (style.look.kind === 'palette') return 'colours of the file’s palette';
  return bandsOf(style.look)
    .map((band) => {
      const summary = summaries[band];
      const facts = open.info.bands[band - 1];
      const name = bandName(open.info.bands, band);
      if (summary === undefined) return `${name}: not read yet`;
      if (summary.count === 0) return `${name}: no valid pixels`;
      const range = stretchRange(stretchOf(style, band, open.info), summary);
      const number = (stored: number): string => shortNumber(toPhysical(facts, stored));
      const unit = facts?.unit ?? '';
      const colours = range === null ? '' : `, colours from ${number(range[0])} to ${number(range[1])} ${unit}`;
      return `${name}: ${number(summary.min)} to ${number(summary.max)} ${unit} in ${summary.from}${colours}`;
    })
    .join('; ');
}
