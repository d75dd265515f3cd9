import { BadgeCheck, Ban, CircleSlash, Hourglass, Rocket, TimerOff, Undo2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { useRef } from 'react';
import type { Decision } from '../../src-shared/gate/proposal.ts';
import { usdText } from '../../src-shared/money/micro-usd.ts';
import { useApi } from '../app/api.ts';
import { paths } from '../app/routes.ts';
import { SafeText } from '../review/safe-name.tsx';
import type { Tone } from '../ui/badge.tsx';
import { Badge } from '../ui/badge.tsx';
import { count, time } from '../ui/format.ts';
import { EmptyState, ErrorState, LoadingState } from '../ui/states.tsx';
import { useVirtual } from '../ui/use-virtual.ts';
import { actorWords, decisionWords } from '../../src-shared/gate/words.ts';
import styles from './approvals.module.css';

const most = 1_000;
const rowHeight = 64;

const looks: Record<Decision['kind'], { tone: Tone; icon: ReactElement }> = {
  proposed: { tone: 'neutral', icon: <Hourglass aria-hidden /> },
  approved: { tone: 'ok', icon: <BadgeCheck aria-hidden /> },
  refused: { tone: 'bad', icon: <Ban aria-hidden /> },
  voided: { tone: 'warn', icon: <CircleSlash aria-hidden /> },
  expired: { tone: 'neutral', icon: <TimerOff aria-hidden /> },
  used: { tone: 'info', icon: <Rocket aria-hidden /> },
  withdrawn: { tone: 'neutral', icon: <Undo2 aria-hidden /> },
};

export function DecisionBadge({ kind }: { readonly kind: Decision['kind'] }): ReactElement {
  const { tone, icon } = looks[kind];
  return (
    <Badge tone={tone} icon={icon}>
      {decisionWords[kind]}
    </Badge>
  );
}

/** What was decided at the gate, newest first: who, how, when, for how much and why. */
export function DecisionList(): ReactElement {
  const { data, error, refetch } = useApi('decisions', { limit: most }, { refetchOnMount: 'always' });
  if (data === undefined)
    return error === null ? (
      <LoadingState what="Reading the decisions…" />
    ) : (
      <ErrorState error={error} title="The decisions could not be read" retry={() => void refetch()} />
    );
  if (data.decisions.length === 0)
    return (
      <EmptyState icon={<BadgeCheck aria-hidden />} title="Nothing was decided yet">
        <p>Every proposal, approval and refusal of this workspace is kept here, with who decided and when.</p>
      </EmptyState>
    );
  return <Rows decisions={data.decisions} />;
}

function Rows({ decisions }: { readonly decisions: readonly Decision[] }): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtual(frame, decisions.length, () => rowHeight, { overscan: 8 });
  return (
    <div className={styles['history']}>
      <div ref={frame} className={styles['frame']} tabIndex={0} role="region" aria-label="Decisions, newest first">
        <ol className={styles['decisions']} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const decision = decisions[index];
            if (decision === undefined) return null;
            return (
              <li
                key={index}
                aria-setsize={decisions.length}
                aria-posinset={index + 1}
                className={styles['decision']}
                style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              >
                <DecisionRow decision={decision} />
              </li>
            );
          })}
        </ol>
      </div>
      <p className={styles['foot']} role="status">
        {decisions.length < most
          ? count(decisions.length, 'decision')
          : `The newest ${count(most, 'decision')}; all of them lie in records/approvals.ndjson`}
      </p>
    </div>
  );
}

function DecisionRow({ decision }: { readonly decision: Decision }): ReactElement {
  const { at, jobId, kind, actor, planSha256, boundMicroUsd, words } = decision;
  return (
    <>
      <span className={styles['kind']}>
        <DecisionBadge kind={kind} />
      </span>
      <span className={styles['what']}>
        <a href={`#${paths.jobs(jobId)}`}>{jobId}</a>
        <span className={styles['line']} title={words}>
          <time dateTime={at}>{time(at)}</time> {actorWords(actor)}
          {words === '' ? '' : ' – '}
          <SafeText text={words} />
        </span>
      </span>
      <span className={styles['amount']}>
        {boundMicroUsd === 0 ? 'No cost' : usdText(boundMicroUsd)}
        <code className={styles['under']} title={`The plan’s sha256: ${planSha256}`}>
          {planSha256.slice(0, 12)}
        </code>
      </span>
    </>
  );
}
