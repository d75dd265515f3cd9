import { CircleAlert } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { toAppError } from '../../src-shared/errors.ts';
import { Button } from './button.tsx';
import { Spinner } from './spinner.tsx';
import styles from './states.module.css';

/** Nothing here yet: what this is, and what to do first. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  readonly icon?: ReactElement;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}): ReactElement {
  return (
    <div className={styles['state']}>
      {icon}
      <h2>{title}</h2>
      {children !== undefined && <div className={styles['words']}>{children}</div>}
      {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
    </div>
  );
}

/** What went wrong, where, and what to do. */
export function ErrorState({
  error,
  title,
  retry,
}: {
  readonly error: unknown;
  readonly title?: string;
  readonly retry?: () => void;
}): ReactElement {
  const { message, remedy, code } = toAppError(error);
  return (
    <div className={styles['state']} role="alert">
      <CircleAlert aria-hidden className={styles['bad']} />
      <h2>{title ?? 'This could not be shown'}</h2>
      <div className={styles['words']}>
        <p>{message}</p>
        {remedy !== undefined && <p>{remedy}</p>}
        <p className={styles['code']}>{code}</p>
      </div>
      {retry !== undefined && (
        <div className={styles['actions']}>
          <Button onPress={retry}>Try again</Button>
        </div>
      )}
    </div>
  );
}

/** Something is on its way. `what` says what, and how far where that is known. */
export function LoadingState({ what }: { readonly what: string }): ReactElement {
  return (
    <div className={styles['state']} role="status">
      <Spinner />
      <p>{what}</p>
    </div>
  );
}
