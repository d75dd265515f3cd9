import type { ReactElement } from 'react';
import { stringify } from 'yaml';
import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import { SafeText } from '../../review/safe-name.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import styles from './offer.module.css';

/** Everything that is approved, word for word, one click away. `{job}` stands for the job's id; secrets are names. */
export function PlanText({
  plan,
  sha256,
}: {
  readonly plan: LaunchPlan;
  readonly sha256: string | null;
}): ReactElement {
  return (
    <details className={styles['details']}>
      <summary>The exact plan</summary>
      <PlanBody plan={plan} sha256={sha256} />
    </details>
  );
}

function PlanBody({ plan, sha256 }: { readonly plan: LaunchPlan; readonly sha256: string | null }): ReactElement {
  const text = stringify(plan, { lineWidth: 0 });
  return (
    <div className={styles['block']}>
      <div className={styles['tools']}>
        <code>{sha256 === null ? '' : `sha256 ${sha256}`}</code>
        <CopyButton label="Copy the plan" text={text} />
      </div>
      <pre className={styles['plan']} tabIndex={0} aria-label="The exact plan">
        <SafeText text={text} keep={'\n'} />
      </pre>
    </div>
  );
}
