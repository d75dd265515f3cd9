import { Activity, ArrowLeft, FolderOpen, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Job } from '../../src-shared/job.ts';
import { gravestValidity } from '../../src-shared/job.ts';
import { navigate, paths } from '../app/routes.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { ReviewBadge, ValidityBadge, validityMeaning } from '../ui/validity-badge.tsx';
import { SafeName, SafeText } from './safe-name.tsx';
import { showInFolder } from './save-copy.ts';
import styles from './run-review.module.css';

/** What a run is and what it is worth: in sight over everything that came out of it. */
export function RunHeader({ job, marks }: { readonly job: Job; readonly marks: readonly string[] }): ReactElement {
  const validity = gravestValidity(job.validity);
  return (
    <header>
      <div className={styles['header']}>
        <IconButton label="All runs" icon={<ArrowLeft aria-hidden />} onPress={() => navigate(paths.review())} />
        <div className={styles['title']}>
          <h1>
            <SafeName text={job.taskName} />
          </h1>
          <div className={styles['id']}>
            <code>{job.id}</code>
            <CopyButton label="Copy the id" text={job.id} />
          </div>
        </div>
        <div className={styles['worth']}>
          <div className={styles['badges']}>
            <StateBadge state={job.state} />
            <ValidityBadge validity={job.validity} />
            {job.state === 'succeeded' && <ReviewBadge />}
          </div>
          {validity !== null && <p className={styles['meaning']}>{validityMeaning(validity)}</p>}
        </div>
        <div className={styles['actions']}>
          <Button icon={<Activity aria-hidden />} onPress={() => navigate(paths.jobs(job.id))}>
            Job
          </Button>
          <IconButton
            label="Show the run’s folder"
            icon={<FolderOpen aria-hidden />}
            onPress={() => {
              showInFolder(job.id);
            }}
          />
        </div>
      </div>
      {marks.map((mark) => (
        <p key={mark} className={styles['mark']}>
          <TriangleAlert aria-hidden />
          <SafeText text={mark} />
        </p>
      ))}
    </header>
  );
}
