import type { ReactElement } from 'react';
import type { JobEvent } from '../../../src-shared/job-events.ts';
import { SafeText } from '../../review/safe-name.tsx';
import { time } from '../../ui/format.ts';
import { recordWords } from './record-words.ts';
import styles from './record-view.module.css';

/** Every decision and change of a job, oldest first, each with its line of the record as it was written. */
export function RecordView({ record }: { readonly record: readonly JobEvent[] }): ReactElement {
  return (
    <ol className={styles['record']} aria-label="Record">
      {record.map((event) => (
        <li key={event.seq} className={styles['entry']}>
          <details>
            <summary className={styles['summary']}>
              <time dateTime={event.at}>{time(event.at)}</time>
              <span>
                <SafeText text={recordWords(event)} />
              </span>
            </summary>
            <pre className={styles['raw']}>
              <SafeText text={JSON.stringify(event, null, 2)} keep={'\n'} />
            </pre>
          </details>
        </li>
      ))}
    </ol>
  );
}
