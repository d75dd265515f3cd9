import type { ReactElement } from 'react';
import { LoaderCircle } from 'lucide-react';
import styles from './spinner.module.css';

/** Says that something is going on whose length is not known. Decoration: the words beside it carry the meaning. */
export function Spinner(): ReactElement {
  return <LoaderCircle aria-hidden className={styles['spinner']} />;
}
