import type { ReactElement } from 'react';
import type { JobEvent } from '../../../src-shared/job-events.ts';
import type { Job } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { duration, time } from '../../ui/format.ts';
import { stateWord } from '../../ui/state-badge.tsx';
import { useNow } from '../../ui/use-now.ts';
import { phasesOf } from './phases.ts';
import styles from './timeline.module.css';

/** When a job was queued, submitted, started and ended, and how long each stretch took. */
export function Timeline({ job, record }: { readonly job: Job; readonly record: readonly JobEvent[] }): ReactElement {
  const now = useNow(isFinal(job.state) ? 3_600_000 : 1_000);
  return (
    <ol className={styles['timeline']} aria-label="Phases">
      {phasesOf(job, record, now).map(({ name, at, lasted }, index, { [index - 1]: before }) => (
        <li key={name} className={styles['phase']} data-reached={at !== null}>
          <span className={styles['name']}>{name === 'Ended' && isFinal(job.state) ? stateWord(job.state) : name}</span>
          <time className={styles['at']} {...(at !== null && { dateTime: at, title: time(at) })}>
            {at === null ? '–' : when(at, before?.at ?? null)}
          </time>
          <span className={styles['lasted']}>{lasted === null ? '\u00a0' : `for ${duration(lasted)}`}</span>
        </li>
      ))}
    </ol>
  );
}

/** A time with its zone; the date only where it is not that of the time before. */
function when(at: string, before: string | null): string {
  const [date, clock = '', zone = ''] = time(at).split(' ');
  const isSameDay = before !== null && time(before).startsWith(date ?? '');
  return isSameDay ? `${clock} ${zone}` : `${date ?? ''} ${clock} ${zone}`;
}
