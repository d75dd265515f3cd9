import type { ReactElement } from 'react';
import { bytes, count } from '../ui/format.ts';
import { Spinner } from '../ui/spinner.tsx';
import { basemapAttribution } from './basemap/load-basemap.ts';
import { groundScale, pixelScale } from './inspect/scale-bar.ts';
import type { EngineState } from './layers/raster-engine.ts';
import type { MapState } from './run-map-controller.ts';
import styles from './map.module.css';

/** Scale, what has been read, whose basemap it is. */
export function MapStatus({ map, engine }: { readonly map: MapState; readonly engine: EngineState }): ReactElement {
  const { view, plane } = map;
  const waiting = engine.rasters.reduce(
    (sum, { isVisible, shown }) => sum + (isVisible ? (shown?.waiting ?? 0) : 0),
    0,
  );
  const open = engine.rasters.find(({ id }) => id === plane)?.open;
  const perPixel =
    open == null ? null : open.places.placement.forward(1, 0)[0] - open.places.placement.forward(0, 0)[0];
  const scale = view === null ? null : perPixel === null ? groundScale(view) : pixelScale(view, perPixel);
  return (
    <div className={styles['status']}>
      {scale !== null && (
        <span className={styles['scale']}>
          <span className={styles['scaleBar']} style={{ width: Math.round(scale.width) }} aria-hidden />
          {scale.text}
          {plane === null && <span className={styles['faint']}> in the middle</span>}
        </span>
      )}
      <span className={styles['reads']} role="status">
        {waiting > 0 && <Spinner />}
        {waiting > 0 && `${count(waiting, 'tile')} on the way · `}
        {bytes(engine.traffic.bytes)} in {count(engine.traffic.requests, 'request')}
      </span>
      <span className={styles['faint']}>
        {plane === null ? basemapAttribution : 'No georeference: pixel coordinates'}
      </span>
    </div>
  );
}
