import { CircleSlash, FlaskConical, PackageOpen, PieChart, Sigma, UserRoundSearch } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Validity } from '../../src-shared/job.ts';
import { gravestValidity } from '../../src-shared/job.ts';
import type { Tone } from './badge.tsx';
import { Badge } from './badge.tsx';

const looks: Record<Validity, { word: string; tone: Tone; icon: ReactElement; meaning: string }> = {
  computed: {
    word: 'Computed',
    tone: 'ok',
    icon: <Sigma aria-hidden />,
    meaning: 'Computed from the data that the task names.',
  },
  partial: {
    word: 'Partial',
    tone: 'warn',
    icon: <PieChart aria-hidden />,
    meaning: 'Some of the data could not be used; the report says which.',
  },
  empty: {
    word: 'Empty',
    tone: 'warn',
    icon: <CircleSlash aria-hidden />,
    meaning: 'Nothing matched: there is no result.',
  },
  offline_fixture: {
    word: 'Offline fixture: no measurement',
    tone: 'bad',
    icon: <PackageOpen aria-hidden />,
    meaning: 'Made from the fixture catalogue that ships with Transect, not from real observations.',
  },
  synthetic: {
    word: 'Synthetic: no measurement',
    tone: 'bad',
    icon: <FlaskConical aria-hidden />,
    meaning: 'Made from synthetic data.',
  },
};

/** What a validity means, in a sentence. */
export function validityMeaning(validity: Validity): string {
  return looks[validity].meaning;
}

/** What a run's results are worth: the gravest of its validities. Nothing for a run that has no results. */
export function ValidityBadge({ validity }: { readonly validity: readonly Validity[] }): ReactElement | null {
  const gravest = gravestValidity(validity);
  if (gravest === null) return null;
  const { word, tone, icon, meaning } = looks[gravest];
  return (
    <Badge tone={tone} icon={icon} title={meaning}>
      {word}
    </Badge>
  );
}

/** Nobody has signed this run: sign-off comes with the review of evidence. */
export function ReviewBadge(): ReactElement {
  return (
    <Badge tone="warn" icon={<UserRoundSearch aria-hidden />} title="No person has reviewed and signed this run.">
      Needs human review
    </Badge>
  );
}
