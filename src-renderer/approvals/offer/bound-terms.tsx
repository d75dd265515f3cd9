import type { ReactElement } from 'react';
import type { Bound } from '../../../src-shared/money/bound.ts';
import { usdText } from '../../../src-shared/money/micro-usd.ts';
import { SafeText } from '../../review/safe-name.tsx';
import { heldByWords, longestWords } from '../gate-words.ts';
import styles from './offer.module.css';

/** How the most that a launch can cost comes about: every term of the sum, and what holds its time. */
export function BoundTerms({ bound }: { readonly bound: Bound }): ReactElement {
  const { terms, totalMicroUsd, currency, usdPerUnit } = bound;
  return (
    <div className={styles['block']}>
      {terms.length > 0 && (
        <table className={styles['terms']}>
          <thead>
            <tr>
              <th scope="col">For</th>
              <th scope="col">How it comes about</th>
              <th scope="col" className={styles['amount']}>
                At most
              </th>
            </tr>
          </thead>
          <tbody>
            {terms.map(({ label, formula, microUsd }, index) => (
              <tr key={index}>
                <th scope="row">
                  <SafeText text={label} />
                </th>
                <td>
                  <SafeText text={formula} />
                </td>
                <td className={styles['amount']}>{usdText(microUsd)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                In all
              </th>
              <td className={styles['amount']}>{usdText(totalMicroUsd)}</td>
            </tr>
          </tfoot>
        </table>
      )}
      <p className={styles['muted']}>
        Amounts are rounded up to cents here. {longestWords(bound)}. {heldByWords[bound.heldBy]}
        {currency === 'USD' ? '' : ` Prices are in ${currency}; 1 ${currency} is taken to be ${usdPerUnit} USD.`}
      </p>
    </div>
  );
}
