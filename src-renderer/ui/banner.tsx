import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import styles from './banner.module.css';

type BannerTone = 'info' | 'warn' | 'bad';
const icons: Record<BannerTone, ReactElement> = {
  info: <Info aria-hidden />,
  warn: <TriangleAlert aria-hidden />,
  bad: <CircleAlert aria-hidden />,
};

/** A message that stays at its place until its reason is gone. */
export function Banner({
  tone = 'info',
  title,
  children,
  actions,
}: {
  readonly tone?: BannerTone;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}): ReactElement {
  return (
    <div className={[styles['banner'], styles[tone]].join(' ')} role={tone === 'bad' ? 'alert' : 'status'}>
      {icons[tone]}
      <div className={styles['words']}>
        <strong>{title}</strong>
        {children}
      </div>
      {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
    </div>
  );
}
