import type { ReactElement } from 'react';
import type { DataLeaving } from '../../../src-shared/gate/plan.ts';
import { SafeText } from '../../review/safe-name.tsx';
import { leavingRows } from '../gate-words.ts';
import styles from './offer.module.css';

/** What leaves this machine for a run. */
export function LeavingList({ leaving }: { readonly leaving: DataLeaving }): ReactElement {
  const rows = leavingRows(leaving);
  if (rows.length === 0) return <p>Nothing leaves this machine.</p>;
  return (
    <dl className={styles['facts']}>
      {rows.map(([name, value]) => [
        <dt key={name}>{name}</dt>,
        <dd key={`${name}=`}>
          <SafeText text={value} />
        </dd>,
      ])}
    </dl>
  );
}
