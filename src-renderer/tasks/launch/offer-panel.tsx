import { TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Offer } from '../../../src-shared/gate/proposal.ts';
import { BoundTerms } from '../../approvals/offer/bound-terms.tsx';
import { CandidateTable } from '../../approvals/offer/candidate-table.tsx';
import { CapsBars } from '../../approvals/offer/caps-bars.tsx';
import { askedBecause, boundWords } from '../../approvals/gate-words.ts';
import { SafeText } from '../../review/safe-name.tsx';
import styles from './launch.module.css';

interface OfferPanelProps {
  readonly offer: Offer;
  /** The machines that were chosen; null for those of the plan. */
  readonly candidate: string | null;
  readonly onChoose: (candidate: string) => void;
}

/** What there is to choose and to know about money where the chosen back end has a price: machines, the bound, why a person is asked. */
export function OfferPanel({ offer, candidate, onChoose }: OfferPanelProps): ReactElement | null {
  const { plan, candidates, caps, needs } = offer;
  if (needs.length === 0) return null;
  const unknowns = plan?.candidate?.unknowns ?? [];
  return (
    <section aria-label="Cost and approval">
      {candidates.length > 0 && (
        <>
          <h3>Machines</h3>
          <CandidateTable
            candidates={candidates}
            chosen={candidate ?? plan?.candidate?.id ?? null}
            onChoose={onChoose}
          />
        </>
      )}
      <ul className={styles['reasons']} aria-label="Why a person is asked">
        {askedBecause(offer).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {unknowns.map((unknown) => (
          <li key={unknown} className={styles['unknown']}>
            <TriangleAlert aria-hidden />
            <span>
              Not known: <SafeText text={unknown} />
            </span>
          </li>
        ))}
      </ul>
      {plan !== null && (
        <details className={styles['bound']}>
          <summary>{boundSummary(offer)}</summary>
          <div className={styles['boundBody']}>
            <BoundTerms bound={plan.bound} />
            <CapsBars caps={caps} asked={plan.bound.totalMicroUsd} />
          </div>
        </details>
      )}
    </section>
  );
}

function boundSummary(offer: Offer): string {
  const bound = boundWords(offer);
  return bound === null
    ? 'It costs nothing: how that is known, and the caps'
    : `How “${bound}” comes about, and the caps`;
}
