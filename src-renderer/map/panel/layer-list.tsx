import { ArrowDown, ArrowUp, CircleAlert, Crosshair, Grid3x3, Maximize2, Shapes } from 'lucide-react';
import type { ReactElement } from 'react';
import { IconButton } from '../../ui/icon-button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import type { RasterState } from '../layers/raster-state.ts';
import type { RunMapController, VectorState } from '../run-map-controller.ts';
import { shortNames } from './short-names.ts';
import styles from './panel.module.css';

interface LayerListProps {
  readonly controller: RunMapController;
  readonly rasters: readonly RasterState[];
  readonly vectors: readonly VectorState[];
  readonly selected: string | null;
}

/** All layers of the run, uppermost first: what is shown, in which order, and what is wrong with it. */
export function LayerList({ controller, rasters, vectors, selected }: LayerListProps): ReactElement {
  const names = shortNames(rasters.map(({ id }) => fileName(id)));
  return (
    <>
      {rasters.length > 0 && (
        <section aria-label="Rasters" className={styles['section']}>
          <h3 className={styles['heading']}>Rasters</h3>
          <ul className={styles['layers']}>
            {rasters.map((raster, index) => (
              <RasterRow
                key={raster.id}
                controller={controller}
                raster={raster}
                name={names[index] ?? fileName(raster.id)}
                isFirst={index === 0}
                isLast={index === rasters.length - 1}
                isSelected={raster.id === selected}
              />
            ))}
          </ul>
        </section>
      )}
      {vectors.length > 0 && (
        <section aria-label="Outlines" className={styles['section']}>
          <h3 className={styles['heading']}>Outlines</h3>
          <ul className={styles['layers']}>
            {vectors.map((vector) => (
              <VectorRow key={vector.id} controller={controller} vector={vector} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function RasterRow({
  controller,
  raster,
  name,
  isFirst,
  isLast,
  isSelected,
}: {
  readonly controller: RunMapController;
  readonly raster: RasterState;
  /** What is shown of its file's name. */
  readonly name: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isSelected: boolean;
}): ReactElement {
  const { id, isVisible, error } = raster;
  const isOpening = isVisible && raster.open === null && error === null;
  return (
    <li className={[styles['layer'], isSelected ? styles['selected'] : ''].join(' ')}>
      <Checkbox
        aria-label={`Show ${id}`}
        isSelected={isVisible}
        onChange={(visible) => {
          if (visible) controller.select(id);
          void controller.setVisible(id, visible);
        }}
      >
        {null}
      </Checkbox>
      <button
        type="button"
        className={styles['name']}
        title={id}
        aria-pressed={isSelected}
        aria-label={`Settings of ${id}`}
        onClick={() => controller.select(id)}
      >
        {isOpening ? (
          <Spinner />
        ) : error === null ? (
          <Grid3x3 aria-hidden />
        ) : (
          <CircleAlert aria-hidden className={styles['bad']} />
        )}
        <span className={styles['file']}>{name}</span>
      </button>
      <span className={styles['rowTools']}>
        <IconButton
          size="small"
          label={`Zoom to ${fileName(id)}`}
          icon={<Maximize2 />}
          onPress={() => void controller.zoomTo(id)}
        />
        <IconButton
          size="small"
          label={`Move ${fileName(id)} up`}
          icon={<ArrowUp />}
          isDisabled={isFirst}
          onPress={() => controller.engine.move(id, -1)}
        />
        <IconButton
          size="small"
          label={`Move ${fileName(id)} down`}
          icon={<ArrowDown />}
          isDisabled={isLast}
          onPress={() => controller.engine.move(id, 1)}
        />
      </span>
    </li>
  );
}

function VectorRow({
  controller,
  vector: { id, isFootprint, isVisible, data, error },
}: {
  readonly controller: RunMapController;
  readonly vector: VectorState;
}): ReactElement {
  const name = isFootprint ? 'Footprint of the run' : fileName(id);
  return (
    <li className={styles['layer']}>
      <Checkbox
        aria-label={`Show ${name}`}
        isSelected={isVisible}
        isDisabled={data === null}
        onChange={(visible) => controller.setVectorVisible(id, visible)}
      >
        {null}
      </Checkbox>
      <span className={styles['name']} title={error === null ? id : `${error.message} ${error.remedy ?? ''}`}>
        {error !== null ? (
          <CircleAlert aria-hidden className={styles['bad']} />
        ) : isFootprint ? (
          <Crosshair aria-hidden />
        ) : (
          <Shapes aria-hidden />
        )}
        <span className={styles['file']}>{error === null ? name : `${name}: ${error.message}`}</span>
      </span>
      <span className={styles['rowTools']}>
        <IconButton
          size="small"
          label={`Zoom to ${name}`}
          icon={<Maximize2 />}
          isDisabled={data === null}
          onPress={() => void controller.zoomTo(id)}
        />
      </span>
    </li>
  );
}

/** The last part of a path; the whole path is its tooltip. */
export function fileName(path: string): string {
  return path.split('/').at(-1) ?? path;
}
