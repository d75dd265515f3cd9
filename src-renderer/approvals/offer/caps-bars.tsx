import type { ReactElement } from 'react';
import type { Cap } from '../../../src-shared/money/caps.ts';
import type { MicroUsd } from '../../../src-shared/money/micro-usd.ts';
import { usdText } from '../../../src-shared/money/micro-usd.ts';
import type { CapParts } from './cap-parts.ts';
import { capParts, capTitles } from './cap-parts.ts';
import styles from './caps-bars.module.css';

/** Each cap as a bar: what is used or promised, what this would add, and what is left. `asked`: the bound of what is decided on. */
export function CapsBars({
  caps,
  asked = 0,
}: {
  readonly caps: readonly Cap[];
  readonly asked?: MicroUsd;
}): ReactElement {
  return (
    <ul className={styles['caps']} aria-label="Caps">
      {caps.map((cap) => (
        <CapBar key={cap.of} cap={cap} parts={capParts(cap, asked)} asked={asked} />
      ))}
    </ul>
  );
}

function CapBar({
  cap,
  parts,
  asked,
}: {
  readonly cap: Cap;
  readonly parts: CapParts;
  readonly asked: MicroUsd;
}): ReactElement {
  const { isOver, leftMicroUsd, usedShare, askedShare } = parts;
  const words = [
    ...(cap.of === 'job' && cap.usedMicroUsd === 0 ? [] : [`${usdText(cap.usedMicroUsd)} used or promised`]),
    ...(asked === 0 ? [] : [`${usdText(asked)} this`]),
    isOver ? 'over the cap' : `${usdText(leftMicroUsd)} left`,
  ];
  return (
    <li className={styles['cap']} data-over={isOver}>
      <span className={styles['head']}>
        <span>{capTitles[cap.of]}</span>
        <span className={styles['limit']} title={`Set by: ${cap.from}`}>
          {usdText(cap.limitMicroUsd)}
        </span>
      </span>
      <span className={styles['track']} aria-hidden>
        <span className={styles['used']} style={{ width: `${usedShare * 100}%` }} />
        <span className={styles['asked']} style={{ width: `${askedShare * 100}%` }} />
      </span>
      <span className={styles['words']}>{words.join(' · ')}</span>
    </li>
  );
}
