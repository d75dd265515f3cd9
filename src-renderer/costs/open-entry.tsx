import { CircleAlert, CirclePause, Clock, Play } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Resource } from '../../src-shared/api/spending.ts';
import type { LedgerEntry } from '../../src-shared/ledger.ts';
import { perHour } from '../../src-shared/money/words.ts';
import { paths } from '../app/routes.ts';
import type { Tone } from '../ui/badge.tsx';
import { Badge } from '../ui/badge.tsx';
import { time } from '../ui/format.ts';
import { Facts } from '../ui/page.tsx';
import page from '../ui/page.module.css';
import { useNow } from '../ui/use-now.ts';
import { EndButtons } from './end-buttons.tsx';
import { costTail, endWhen, endingWords, fineUsd, meterNow, stateWords, waysToEnd } from './entry-words.ts';
import styles from './costs.module.css';

const looks: Record<LedgerEntry['state'], { tone: Tone; icon: ReactElement }> = {
  open: { tone: 'neutral', icon: <Clock aria-hidden /> },
  running: { tone: 'info', icon: <Play aria-hidden /> },
  stopped: { tone: 'warn', icon: <CirclePause aria-hidden /> },
  gone: { tone: 'ok', icon: <Clock aria-hidden /> },
};

interface OpenEntryProps {
  readonly entry: LedgerEntry;
  /** When the engine read its meter. */
  readonly at: string;
  /** As its back end shows it; undefined until it does. */
  readonly resource: Resource | undefined;
}

/** One thing that costs money now, or may, with its running meter and the ways to end it. */
export function OpenEntry({ entry, at, resource }: OpenEntryProps): ReactElement {
  const { jobId, name, candidate, backend, resourceId, hourlyMicroUsd, isOverdue } = entry;
  const what = candidate?.label ?? resource?.what ?? backend;
  const asked = endingWords(entry);
  const { isMetered, words } = costTail(entry);
  const target = { backend, resourceId, jobId, name, what, hourlyMicroUsd, isOurs: true };
  return (
    <li className={styles['entry']} data-overdue={isOverdue}>
      <div className={styles['entryHead']}>
        {isOverdue ? (
          <Badge tone="bad" icon={<CircleAlert aria-hidden />}>
            Overdue · {perHour(hourlyMicroUsd)}
          </Badge>
        ) : (
          <Badge tone={looks[entry.state].tone} icon={looks[entry.state].icon}>
            {stateWords(entry)}
          </Badge>
        )}
        <h2 className={styles['name']}>{jobId === null ? name : <a href={`#${paths.jobs(jobId)}`}>{name}</a>}</h2>
        <span className={[page['muted'], styles['what']].join(' ')}>{what}</span>
        <div className={styles['rowActions']}>
          <EndButtons target={target} ways={waysToEnd(entry, resource)} />
        </div>
      </div>
      <Facts
        rows={[
          {
            label: 'Cost',
            value: (
              <>
                {isMetered && <Meter entry={entry} at={at} />} {words}
              </>
            ),
          },
          {
            label: 'Since',
            value: entry.startedAt === null ? `Asked for ${time(entry.openedAt)}` : time(entry.startedAt),
          },
          { label: 'Ends', value: endWhen(entry) },
          ...(candidate === null ? [] : [{ label: 'How', value: candidate.endWords }]),
          ...(asked === null ? [] : [{ label: 'Orders', value: asked }]),
        ]}
      />
    </li>
  );
}

/** The amount up to this second. It is no live region: nobody wants to hear each of its steps. */
function Meter({ entry, at }: Pick<OpenEntryProps, 'entry' | 'at'>): ReactElement {
  return <strong className={styles['meter']}>{fineUsd(meterNow(entry, at, useNow(1_000)))}</strong>;
}
