import { SquarePen } from 'lucide-react';
import type { ReactElement } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import { useApi } from '../../app/api.ts';
import { navigate, paths } from '../../app/routes.ts';
import { SafeText } from '../../review/safe-name.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import styles from './task-view.module.css';

/** The task that a job ran, word for word. */
export function TaskView({ jobId }: { readonly jobId: JobId }): ReactElement {
  const { data, error, refetch } = useApi('readTask', { taskId: `runs/${jobId}` }, { staleTime: Infinity });
  if (error !== null && data === undefined)
    return <ErrorState error={error} title="The task could not be read" retry={() => void refetch()} />;
  if (data === undefined) return <LoadingState what="Reading the task…" />;
  return (
    <section className={styles['task']} aria-label="Task">
      <div className={styles['tools']}>
        <span className={styles['note']}>task.yaml as it was run. It cannot be changed; a copy can.</span>
        <CopyButton label="Copy the task" text={data.text} />
        <Button
          size="small"
          icon={<SquarePen aria-hidden />}
          onPress={() => {
            navigate(paths.tasks(`runs/${jobId}`));
          }}
        >
          Run again with edits
        </Button>
      </div>
      <pre className={styles['text']} tabIndex={0}>
        <SafeText text={data.text} keep={'\n\t\r'} />
      </pre>
    </section>
  );
}
