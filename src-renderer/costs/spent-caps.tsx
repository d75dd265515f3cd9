import type { ReactElement } from 'react';
import { leftUnder } from '../../src-shared/money/caps.ts';
import type { Cap } from '../../src-shared/money/caps.ts';
import type { MicroUsd } from '../../src-shared/money/micro-usd.ts';
import { usdText } from '../../src-shared/money/micro-usd.ts';
import { capNames } from '../../src-shared/money/words.ts';
import { capParts } from '../approvals/offer/cap-parts.ts';
import bars from '../approvals/offer/caps-bars.module.css';
import page from '../ui/page.module.css';
import styles from './costs.module.css';

/** Each cap as a bar: what is used, what open work may still cost, what is left, and where the cap is set. */
export function SpentCaps({
  caps,
  promised,
}: {
  readonly caps: readonly Cap[];
  readonly promised: MicroUsd;
}): ReactElement {
  return (
    <ul className={styles['caps']} aria-label="Caps">
      {caps.map((cap) => (
        <SpentCap key={cap.of} cap={cap} promised={Math.min(promised, cap.usedMicroUsd)} />
      ))}
    </ul>
  );
}

function SpentCap({ cap, promised }: { readonly cap: Cap; readonly promised: MicroUsd }): ReactElement {
  const { usedShare, askedShare } = capParts({ ...cap, usedMicroUsd: cap.usedMicroUsd - promised }, promised);
  const isOver = cap.usedMicroUsd > cap.limitMicroUsd;
  const words =
    cap.of === 'job'
      ? ['the most that one launch may cost']
      : [
          `${usdText(cap.usedMicroUsd - promised)} spent or approved`,
          ...(promised === 0 ? [] : [`${usdText(promised)} that open work may still cost`]),
          isOver ? 'over the cap' : `${usdText(leftUnder(cap))} left`,
        ];
  return (
    <li className={bars['cap']} data-over={isOver}>
      <span className={bars['head']}>
        <span>{capNames[cap.of]}</span>
        <span className={bars['limit']}>{usdText(cap.limitMicroUsd)}</span>
      </span>
      <span className={bars['track']} aria-hidden>
        <span className={bars['used']} style={{ width: `${usedShare * 100}%` }} />
        <span className={bars['asked']} style={{ width: `${askedShare * 100}%` }} />
      </span>
      <span className={bars['words']}>{words.join(' · ')}</span>
      <span className={bars['words']}>
        {cap.from === 'default' ? (
          'Built in'
        ) : (
          <>
            Set by <span className={page['code']}>{cap.from}</span>
          </>
        )}
      </span>
    </li>
  );
}
