import { CircleAlert, CircleCheck } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Spending } from '../../src-shared/api/spending.ts';
import { perHour } from '../../src-shared/money/words.ts';
import { paths } from '../app/routes.ts';
import { Badge } from '../ui/badge.tsx';
import { Banner } from '../ui/banner.tsx';
import { count } from '../ui/format.ts';
import { promisedMicroUsd } from './entry-words.ts';
import { SpentCaps } from './spent-caps.tsx';
import styles from './costs.module.css';

/** What costs money now in a few numbers, and the caps. */
export function CostsHead({ spending }: { readonly spending: Spending }): ReactElement {
  const { hourlyMicroUsd, overdue, waiting, open, caps, problem } = spending;
  return (
    <header className={styles['head']}>
      {problem !== null && (
        <Banner tone="bad" title="The ledger can’t be used: nothing that costs is launched.">
          {problem}
        </Banner>
      )}
      <div className={styles['now']}>
        <h1>Costs</h1>
        <p className={styles['rate']}>
          <strong>{perHour(hourlyMicroUsd)}</strong> now
        </p>
        <div role="status">
          {overdue > 0 ? (
            <Badge tone="bad" icon={<CircleAlert aria-hidden />}>
              {overdue} overdue
            </Badge>
          ) : (
            <Badge tone="ok" icon={<CircleCheck aria-hidden />}>
              Nothing overdue
            </Badge>
          )}
        </div>
        <span className={styles['open']}>{open.length === 0 ? 'Nothing is open' : `${open.length} open`}</span>
        {waiting > 0 && <a href={`#${paths.approvals()}`}>{count(waiting, 'proposal')} to decide on</a>}
      </div>
      <SpentCaps caps={caps} promised={promisedMicroUsd(open)} />
    </header>
  );
}
