import { RefreshCw, TriangleAlert } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useId, useState } from 'react';
import type { Proposal } from '../../src-shared/gate/proposal.ts';
import { usdText } from '../../src-shared/money/micro-usd.ts';
import { paths } from '../app/routes.ts';
import { SafeText } from '../review/safe-name.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { age, time } from '../ui/format.ts';
import { useNow } from '../ui/use-now.ts';
import { actorWords, replannedWords } from '../../src-shared/gate/words.ts';
import { askedBecause, endWords, isolationWords, probablyWords } from './gate-words.ts';
import { DecisionBadge } from './decision-list.tsx';
import { BoundTerms } from './offer/bound-terms.tsx';
import { CandidateTable } from './offer/candidate-table.tsx';
import { CapsBars } from './offer/caps-bars.tsx';
import { ChangesTable } from './offer/changes-table.tsx';
import { LeavingList } from './offer/leaving-list.tsx';
import { PlanText } from './offer/plan-text.tsx';
import type { useApproval } from './use-approval.ts';
import styles from './approval-dialog.module.css';

interface QuestionProps {
  readonly proposal: Proposal;
  readonly approval: ReturnType<typeof useApproval>;
}

/** Everything that a person needs to decide on a plan, the gravest first. */
export function ApprovalQuestion({ proposal, approval }: QuestionProps): ReactElement {
  const { jobId, proposedAt, expiresAt, by, offer, changes, decisions } = proposal;
  const { plan, planSha256, verdict, caps, candidates } = offer;
  const unknowns = plan?.candidate?.unknowns ?? [];
  const replanned = replannedWords(proposal);
  // What changed by itself comes first. What changes by choosing machines comes after them, so that they stay where they are.
  const [isChangeFirst] = useState(changes.length > 0);
  const changed = changes.length > 0 && (
    <Part title="What has changed since the plan that was asked for or approved">
      <ChangesTable changes={changes} />
    </Part>
  );
  return (
    <>
      <p className={styles['muted']}>
        Asked {time(proposedAt)} {actorWords(by)} · expires {time(expiresAt)} ·{' '}
        <a href={`#${paths.jobs(jobId)}`}>The job and its task</a>
      </p>
      {replanned !== null && <p className={styles['muted']}>{replanned}.</p>}
      {verdict.kind === 'closed' && (
        <Banner tone="bad" title={verdict.error.message}>
          {verdict.error.remedy}
        </Banner>
      )}
      {isChangeFirst && changed}
      <div className={styles['pair']}>
        <Part title="The most it can cost">
          <p className={styles['bound']} data-old={approval.pending === 'replan'}>
            {plan === null
              ? 'Not known'
              : plan.bound.totalMicroUsd === 0
                ? 'Nothing'
                : usdText(plan.bound.totalMicroUsd)}
          </p>
          <p className={styles['muted']}>{probablyWords(offer)}</p>
          <Reasons sentences={askedBecause(offer)} unknowns={unknowns} />
        </Part>
        <Part title="Caps">
          <CapsBars caps={caps} asked={plan?.bound.totalMicroUsd ?? 0} />
        </Part>
      </div>
      {candidates.length > 0 && (
        <Part title="Machines" mark={<PricedAt offer={offer} approval={approval} />}>
          <CandidateTable
            candidates={candidates}
            chosen={approval.asked ?? plan?.candidate?.id ?? null}
            onChoose={(candidate) => void approval.replan(candidate)}
          />
        </Part>
      )}
      {!isChangeFirst && changed}
      {plan !== null && (
        <>
          <Part title="How the bound comes about">
            <BoundTerms bound={plan.bound} />
          </Part>
          <div className={styles['pair']}>
            <Part title="How it ends">
              <p>
                <SafeText text={endWords(plan)} />
              </p>
            </Part>
            <Part title="Isolation">
              <p>{isolationWords[plan.backend]}</p>
            </Part>
          </div>
          <Part title="What leaves this machine">
            <LeavingList leaving={plan.leaving} />
          </Part>
          <PlanText plan={plan} sha256={planSha256} />
        </>
      )}
      {decisions.length > 0 && (
        <Part title="So far">
          <ol className={styles['decisions']}>
            {decisions.map((decision, index) => (
              <li key={index}>
                <DecisionBadge kind={decision.kind} />
                <span>
                  {time(decision.at)} {actorWords(decision.actor)}
                  {decision.words === '' ? '' : ' – '}
                  <SafeText text={decision.words} />
                </span>
              </li>
            ))}
          </ol>
        </Part>
      )}
    </>
  );
}

/** Why a person is asked, and what nobody knows. */
function Reasons({
  sentences,
  unknowns,
}: {
  readonly sentences: readonly string[];
  readonly unknowns: readonly string[];
}): ReactElement {
  return (
    <ul className={styles['reasons']} aria-label="Why you are asked">
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
      {unknowns.map((unknown) => (
        <li key={unknown} className={styles['unknown']}>
          <TriangleAlert aria-hidden />
          <span>
            <strong>Not known:</strong> <SafeText text={unknown} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** When the prices were asked for, and asking again. */
function PricedAt({ offer, approval }: Pick<QuestionProps, 'approval'> & Pick<Proposal, 'offer'>): ReactElement {
  const now = useNow(15_000);
  return (
    <span className={styles['priced']}>
      {offer.pricedAt === null ? '' : `Prices asked ${age(offer.pricedAt, now)}`}
      <Button
        size="small"
        variant="quiet"
        icon={<RefreshCw aria-hidden />}
        isPending={approval.pending === 'replan'}
        onPress={() => void approval.replan(offer.plan?.candidate?.id)}
      >
        Ask again
      </Button>
    </span>
  );
}

function Part({
  title,
  mark,
  children,
}: {
  readonly title: string;
  readonly mark?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const id = useId();
  return (
    <section className={styles['part']} aria-labelledby={id}>
      <div className={styles['partHead']}>
        <h3 id={id}>{title}</h3>
        {mark}
      </div>
      {children}
    </section>
  );
}
