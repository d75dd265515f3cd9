import type { ReactElement } from 'react';
import type { Job } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { visibleText } from '../../review/visible-text.ts';
import { duration } from '../../ui/format.ts';
import { Progress } from '../../ui/progress.tsx';
import { progressText } from './progress-words.ts';
import { useProgress } from './use-progress.ts';
import styles from './job-detail.module.css';

const waiting: Partial<Record<Job['state'], string>> = {
  draft: 'Not submitted.',
  awaiting_approval: 'Waits for a person’s approval.',
  queued: 'Waits for its turn.',
  submitting: 'The worker is being started.',
  running: 'Has started; no progress was reported yet.',
};

/** How far a job is while it has not ended. */
export function LiveProgress({ job }: { readonly job: Job }): ReactElement | null {
  const track = useProgress(job.id, job.state === 'running' || job.state === 'cancelling');
  if (isFinal(job.state)) return null;
  const progress = track?.progress ?? job.progress;
  if (job.state === 'cancelling')
    return (
      <p className={styles['live']} role="status">
        Cancelling. The log and the files written so far stay in the run’s folder; they are no result.
      </p>
    );
  if (progress === null)
    return (
      <p className={styles['live']} role="status">
        {waiting[job.state]}
      </p>
    );
  const left =
    track?.remainingMs == null ? null : `about ${duration(Math.max(1_000, track.remainingMs))} left in this step`;
  const text = [progressText(progress), left].filter((part) => part !== null).join(', ');
  return (
    <div className={styles['live']}>
      <span className={styles['step']}>{visibleText(progress.phase)}</span>
      <Progress
        label={`Progress of ${visibleText(progress.phase)}`}
        value={progress.done}
        max={progress.total}
        text={text}
      />
    </div>
  );
}
