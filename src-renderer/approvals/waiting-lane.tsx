import { BadgeCheck, CircleX, Hourglass } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Proposal } from '../../src-shared/gate/proposal.ts';
import { usdText } from '../../src-shared/money/micro-usd.ts';
import { paths } from '../app/routes.ts';
import { SafeName, SafeText } from '../review/safe-name.tsx';
import { Badge } from '../ui/badge.tsx';
import { age, time } from '../ui/format.ts';
import { EmptyState } from '../ui/states.tsx';
import { useNow } from '../ui/use-now.ts';
import { actorWords } from '../../src-shared/gate/words.ts';
import { backendTitles } from './gate-words.ts';
import { machineWords } from './offer/machine-words.ts';
import styles from './approvals.module.css';

/** Jobs that wait for a person, the oldest first; each leads to its question. */
export function WaitingLane({ proposals }: { readonly proposals: readonly Proposal[] }): ReactElement {
  const now = useNow(15_000);
  if (proposals.length === 0)
    return (
      <EmptyState icon={<BadgeCheck aria-hidden />} title="Nothing waits for you">
        <p>
          A task whose cost is above the threshold, or that a script or agent submits, appears here before anything of
          it is started.
        </p>
      </EmptyState>
    );
  return (
    <ul className={styles['lane']} aria-label="Waiting for a decision">
      {proposals.map((proposal) => (
        <li key={proposal.jobId}>
          <Waiting proposal={proposal} now={now} />
        </li>
      ))}
    </ul>
  );
}

function Waiting({ proposal, now }: { readonly proposal: Proposal; readonly now: number }): ReactElement {
  const { jobId, taskName, proposedAt, expiresAt, by, offer } = proposal;
  const { plan, verdict } = offer;
  const place = plan === null ? '' : backendTitles[plan.backend];
  const machines = plan?.candidate == null ? '' : machineWords(plan.candidate);
  return (
    <a href={`#${paths.approvals(jobId)}`} className={styles['waiting']}>
      <span className={styles['name']}>
        <SafeName text={taskName} />
      </span>
      <span className={styles['amount']}>
        {plan === null ? '–' : plan.bound.totalMicroUsd === 0 ? 'No cost' : usdText(plan.bound.totalMicroUsd)}
        <span className={styles['under']}>
          {plan === null || plan.bound.totalMicroUsd === 0 ? '\u00a0' : 'at most'}
        </span>
      </span>
      <span className={styles['about']}>
        <SafeText
          text={
            verdict.kind === 'closed'
              ? verdict.error.message
              : [place, machines].filter((text) => text !== '').join(' · ')
          }
        />
      </span>
      <span className={styles['about']}>
        Asked{' '}
        <time dateTime={proposedAt} title={time(proposedAt)}>
          {age(proposedAt, now)}
        </time>{' '}
        {actorWords(by)} · expires <time dateTime={expiresAt}>{time(expiresAt)}</time>
      </span>
      <span className={styles['mark']}>
        {verdict.kind === 'closed' ? (
          <Badge tone="bad" icon={<CircleX aria-hidden />} title={verdict.error.message}>
            Can’t be approved now
          </Badge>
        ) : (
          <Badge tone="warn" icon={<Hourglass aria-hidden />}>
            Waits for you
          </Badge>
        )}
      </span>
    </a>
  );
}
