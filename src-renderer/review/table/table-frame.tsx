import type { ReactElement, ReactNode } from 'react';
import type { Option } from '../../ui/select.tsx';
import { Select } from '../../ui/select.tsx';
import styles from './table-view.module.css';

interface TableChoice {
  readonly options: readonly Option[];
  readonly path: string;
  readonly onFile: (path: string) => void;
}

/** Where a table is that cannot be shown (yet): the others stay within reach. */
export function TableFrame({
  options,
  path,
  onFile,
  children,
}: TableChoice & { readonly children: ReactNode }): ReactElement {
  return (
    <section className={styles['table']} aria-label="Table">
      <div className={styles['tools']}>
        <Select label="Table" hideLabel options={options} value={path} onChange={onFile} />
      </div>
      <div className={styles['body']}>{children}</div>
    </section>
  );
}
