import type { ReactElement } from 'react';
import type { Job } from '../../../src-shared/job.ts';
import { SafeName } from '../../review/safe-name.tsx';
import { age, duration } from '../../ui/format.ts';
import { Progress } from '../../ui/progress.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { ValidityBadge } from '../../ui/validity-badge.tsx';
import { ranFor } from '../detail/phases.ts';
import { progressText } from '../detail/progress-words.ts';
import styles from './job-list.module.css';

/** A job in the list: name and age, then state, what its results are worth, and how long or how far. */
export function JobRow({ job, now }: { readonly job: Job; readonly now: number }): ReactElement {
  const { progress } = job;
  const ran = job.result === null ? null : ranFor(job, now);
  return (
    <>
      <span className={styles['line']}>
        <span className={styles['name']}>
          <SafeName text={job.taskName} />
        </span>
        <span className={styles['age']}>{age(job.createdAt, now)}</span>
      </span>
      <span className={styles['line']}>
        <StateBadge state={job.state} />
        {job.state === 'running' && progress !== null ? (
          <span className={styles['progress']}>
            <Progress label="Progress" value={progress.done} max={progress.total} text={progressText(progress)} />
          </span>
        ) : (
          <span className={styles['worth']}>
            <ValidityBadge validity={job.validity} />
          </span>
        )}
        {ran !== null && <span className={styles['ran']}>{duration(ran)}</span>}
      </span>
    </>
  );
}
