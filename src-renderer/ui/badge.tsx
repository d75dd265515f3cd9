import type { ReactElement, ReactNode } from 'react';
import styles from './badge.module.css';

export type Tone = 'neutral' | 'ok' | 'warn' | 'bad' | 'info';

/** A word with an icon; the colour is never the only signal. */
export function Badge({
  tone = 'neutral',
  icon,
  title,
  children,
}: {
  readonly tone?: Tone;
  readonly icon?: ReactElement;
  readonly title?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <span className={[styles['badge'], styles[tone]].join(' ')} title={title}>
      {icon}
      {children}
    </span>
  );
}
