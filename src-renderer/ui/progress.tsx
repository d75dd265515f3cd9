import type { ReactElement } from 'react';
import { ProgressBar } from 'react-aria-components';
import styles from './progress.module.css';

/** How far something is: `value` of `max`, or an unknown share when `max` is null. `text` says it in words with units. */
export function Progress({
  label,
  value,
  max,
  text,
}: {
  readonly label: string;
  readonly value: number;
  readonly max: number | null;
  readonly text: string;
}): ReactElement {
  return (
    <ProgressBar
      aria-label={label}
      value={value}
      maxValue={max ?? 1}
      isIndeterminate={max === null}
      valueLabel={text}
      className={styles['progress'] ?? ''}
    >
      {({ percentage, isIndeterminate }) => (
        <>
          <span className={styles['track']}>
            <span
              className={[styles['fill'], isIndeterminate ? styles['moving'] : ''].join(' ')}
              style={isIndeterminate ? {} : { width: `${percentage ?? 0}%` }}
            />
          </span>
          <span className={styles['text']}>{text}</span>
        </>
      )}
    </ProgressBar>
  );
}
