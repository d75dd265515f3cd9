import { ArrowRight } from 'lucide-react';
import type { ReactElement } from 'react';
import type { PlanChange } from '../../../src-shared/gate/plan.ts';
import { SafeText } from '../../review/safe-name.tsx';
import styles from './offer.module.css';

/** What is different from the plan before, value by value. */
export function ChangesTable({ changes }: { readonly changes: readonly PlanChange[] }): ReactElement {
  return (
    <table className={styles['changes']}>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Before</th>
          <th scope="col">
            <span className="visually-hidden">Arrow</span>
          </th>
          <th scope="col">Now</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ path, label, before, after }) => (
          <tr key={path}>
            <th scope="row" title={path}>
              <SafeText text={label} />
            </th>
            <td className={styles['before']}>
              <SafeText text={before ?? '–'} keep={'\n'} />
            </td>
            <td>
              <ArrowRight aria-hidden />
            </td>
            <td className={styles['after']}>
              <SafeText text={after ?? '–'} keep={'\n'} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
