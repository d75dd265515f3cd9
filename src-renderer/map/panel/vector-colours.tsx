import type { ReactElement } from 'react';
import { Select } from '../../ui/select.tsx';
import type { RunMapController, VectorState } from '../run-map-controller.ts';
import { fileName } from './layer-list.tsx';
import styles from './panel.module.css';

/** By which of its numbers each outline layer is coloured. Layers without numbers have no choice. */
export function VectorColours({
  controller,
  vectors,
}: {
  readonly controller: RunMapController;
  readonly vectors: readonly VectorState[];
}): ReactElement | null {
  const choices = vectors.filter(({ isVisible, properties }) => isVisible && properties.length > 0);
  if (choices.length === 0) return null;
  return (
    <section aria-label="Colours of outlines" className={styles['section']}>
      <div className={styles['settings']}>
        {choices.map(({ id, properties, colouring }) => (
          <Select
            key={id}
            label={`Colours of ${fileName(id)}`}
            options={[{ id: '', label: 'One colour' }, ...properties.map((name) => ({ id: `=${name}`, label: name }))]}
            value={colouring === null ? '' : `=${colouring.property}`}
            onChange={(choice) => controller.colourVector(id, choice === '' ? null : choice.slice(1))}
          />
        ))}
      </div>
    </section>
  );
}
