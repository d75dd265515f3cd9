import { Trash2, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import type { RasterState } from '../layers/raster-state.ts';
import { crsName } from '../panel/raster-facts.tsx';
import { fileName } from '../panel/layer-list.tsx';
import { useStore } from '../store.ts';
import { bandName, isScaled, toPhysical } from '../style/layer-style.ts';
import type { Inspector } from './inspector.ts';
import type { RasterReading, Reading } from './reading.ts';
import { shortNumber, storedText } from './reading.ts';
import styles from './inspector.module.css';

interface InspectorPanelProps {
  readonly inspector: Inspector;
  readonly rasters: readonly RasterState[];
}

/** Values under the pointer and at pinned places. */
export function InspectorPanel({ inspector, rasters }: InspectorPanelProps): ReactElement {
  const { hover, pins } = useStore(inspector.store);
  return (
    <section aria-label="Pixel values" className={styles['panel']}>
      <header className={styles['head']}>
        <h3>Pixel values</h3>
        {pins.length > 0 && (
          <Button size="small" variant="quiet" icon={<Trash2 />} onPress={() => inspector.clear()}>
            Clear
          </Button>
        )}
      </header>
      <div className={styles['hover']}>
        {hover === null ? (
          <p className={styles['hint']}>Point at the map. Click, or press I for its middle, to keep a place.</p>
        ) : (
          <ReadingView reading={hover} rasters={rasters} />
        )}
      </div>
      <ol className={styles['pins']} aria-live="polite">
        {pins.map((pin) => (
          <li key={pin.key} className={styles['pin']}>
            <ReadingView reading={pin} rasters={rasters} />
            <span className={styles['unpin']}>
              <IconButton
                size="small"
                label="Remove this place"
                icon={<X />}
                onPress={() => inspector.unpin(pin.key)}
              />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function ReadingView({
  reading,
  rasters,
}: {
  readonly reading: Reading;
  readonly rasters: readonly RasterState[];
}): ReactElement {
  const { position } = reading;
  return (
    <>
      {position !== null && (
        <p className={styles['position']}>
          {position.latitude.toFixed(6)}°, {position.longitude.toFixed(6)}°{' '}
          <span className={styles['hint']}>lat, lon WGS 84</span>
        </p>
      )}
      {reading.rasters.map((one) => {
        const raster = rasters.find(({ id }) => id === one.id);
        return raster === undefined ? null : <RasterReadingView key={one.id} reading={one} raster={raster} />;
      })}
    </>
  );
}

function RasterReadingView({
  reading,
  raster,
}: {
  readonly reading: RasterReading;
  readonly raster: RasterState;
}): ReactElement | null {
  const { place, sample, isWaiting, error } = reading;
  const info = raster.open?.info;
  if (info === undefined) return null;
  const name = fileName(raster.id);
  if (place === null) return <p className={styles['hint']}>{name}: outside</p>;
  const digits = info.crs?.unit === 'degree' ? 6 : 2;
  const isMap = raster.open?.places.placement.kind === 'map';
  return (
    <div className={styles['reading']}>
      <p className={styles['raster']} title={raster.id}>
        {name}
      </p>
      <p className={styles['hint']}>
        row <b>{place.row}</b>, column <b>{place.column}</b>
        {isMap &&
          ` · x ${place.fileX.toFixed(digits)}, y ${place.fileY.toFixed(digits)} · ${info.crs?.code ?? crsName(info)}`}
      </p>
      {error !== null && <p className={styles['bad']}>{error}</p>}
      {sample === null ? (
        error === null && (
          <p className={styles['hint']}>{isWaiting ? 'reading…' : 'rest the pointer to read the value'}</p>
        )
      ) : (
        <>
          <table className={styles['values']}>
            <tbody>
              {sample.bands.map(({ band, stored, valid }) => {
                const facts = info.bands[band - 1];
                return (
                  <tr key={band}>
                    <th scope="row">{bandName(info.bands, band)}</th>
                    <td data-band={band} data-stored={String(stored)} data-valid={valid} data-level={sample.level}>
                      {valid ? storedText(stored, info.dtype) : `no data (${storedText(stored, info.dtype)})`}
                      {valid && !isScaled(facts) && facts?.unit != null && ` ${facts.unit}`}
                      {valid && facts?.classNames?.[stored] !== undefined && `: ${facts.classNames[stored]}`}
                    </td>
                    {isScaled(facts) && facts !== undefined && (
                      <td title={`${storedText(stored, info.dtype)} × ${facts.scale} + ${facts.offset}`}>
                        {valid ? `= ${shortNumber(toPhysical(facts, stored))} ${facts.unit ?? ''}` : ''}
                      </td>
                    )}
                  </tr>
                );
              })}
            </tbody>
          </table>
          {sample.level > 0 && <p className={styles['warn']}>From overview {sample.level}: not the stored value</p>}
        </>
      )}
    </div>
  );
}
