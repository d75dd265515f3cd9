import type { ReactElement } from 'react';
import type { ImageStep } from '../../src-shared/api/images.ts';
import { bytes } from '../ui/format.ts';
import { Progress } from '../ui/progress.tsx';
import styles from './services.module.css';

/** How far long work on an image is: what happens now, and bytes where they are known. */
export function FetchProgress({
  label,
  step,
}: {
  readonly label: string;
  readonly step: ImageStep | null;
}): ReactElement {
  const done = step?.bytes ?? null;
  const total = step?.total ?? null;
  const text =
    done === null
      ? ''
      : total === null || total === 0
        ? bytes(done)
        : `${bytes(done)} of ${bytes(Math.max(total, done))}`;
  return (
    <div className={styles['step']}>
      <Progress
        label={label}
        value={done ?? 0}
        max={total === null || total === 0 ? null : Math.max(total, done ?? 0)}
        text={text}
      />
      <p role="status">{step?.message ?? 'Asking the container engine…'}</p>
    </div>
  );
}
