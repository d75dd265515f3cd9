import { BadgeCheck, Ban, FileCheck2, FolderOpen, RotateCcw, SquarePen } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Job } from '../../../src-shared/job.ts';
import { navigate, paths } from '../../app/routes.ts';
import { SafeName } from '../../review/safe-name.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { ReviewBadge, ValidityBadge } from '../../ui/validity-badge.tsx';
import type { JobActions } from './use-job-actions.ts';
import styles from './job-detail.module.css';

/** Name, id, state and worth of a job, and what can be done with it. */
export function JobHeader({ job, actions }: { readonly job: Job; readonly actions: JobActions }): ReactElement {
  const isWaiting = job.state === 'awaiting_approval';
  return (
    <header className={styles['header']}>
      <div className={styles['title']}>
        <h1>
          <SafeName text={job.taskName} />
        </h1>
        <div className={styles['id']}>
          <code>{job.id}</code>
          <CopyButton label="Copy the id" text={job.id} />
        </div>
      </div>
      <div className={styles['actions']}>
        {actions.review !== undefined && (
          <Button variant="primary" icon={<FileCheck2 aria-hidden />} onPress={actions.review}>
            Review
          </Button>
        )}
        {isWaiting && (
          <Button
            variant="primary"
            icon={<BadgeCheck aria-hidden />}
            onPress={() => {
              navigate(paths.approvals(job.id));
            }}
          >
            Decide…
          </Button>
        )}
        {(actions.cancel !== undefined || actions.isCancelling) && (
          <Button
            variant="danger"
            icon={<Ban aria-hidden />}
            isPending={actions.isCancelling}
            onPress={() => actions.cancel?.()}
          >
            {isWaiting ? 'Withdraw' : actions.isCancelling ? 'Cancelling' : 'Cancel'}
          </Button>
        )}
        <Button icon={<RotateCcw aria-hidden />} isPending={actions.isSubmitting} onPress={actions.runAgain}>
          Run again
        </Button>
        <IconButton label="Run again with edits" icon={<SquarePen aria-hidden />} onPress={actions.edit} />
        <IconButton label="Show the run’s folder" icon={<FolderOpen aria-hidden />} onPress={actions.showFolder} />
      </div>
      <div className={styles['badges']}>
        <StateBadge state={job.state} />
        <ValidityBadge validity={job.validity} />
        {job.state === 'succeeded' && <ReviewBadge />}
      </div>
    </header>
  );
}
