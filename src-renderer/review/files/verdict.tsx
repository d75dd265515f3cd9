import { CircleAlert, CircleCheck, CircleHelp } from 'lucide-react';
import type { ReactElement } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import type { Verdict } from './use-verification.ts';

/** A verdict as a word. */
export function VerdictBadge({ verdict }: { readonly verdict: Verdict }): ReactElement {
  switch (verdict.kind) {
    case 'checking':
      return (
        <Badge icon={<Spinner />} tone="info">
          Reading
        </Badge>
      );
    case 'matches':
      return (
        <Badge icon={<CircleCheck aria-hidden />} tone="ok" title={verdict.sha256}>
          Matches
        </Badge>
      );
    case 'differs':
      return (
        <Badge icon={<CircleAlert aria-hidden />} tone="bad" title={`Now ${verdict.sha256}`}>
          Differs
        </Badge>
      );
    case 'unlisted':
      return (
        <Badge icon={<CircleHelp aria-hidden />} title={verdict.sha256}>
          No hash to compare
        </Badge>
      );
    case 'failed':
      return (
        <Badge icon={<CircleAlert aria-hidden />} tone="bad" title={verdict.message}>
          Could not be read
        </Badge>
      );
  }
}
