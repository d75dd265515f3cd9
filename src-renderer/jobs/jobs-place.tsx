import { Activity } from 'lucide-react';
import type { ReactElement } from 'react';
import type { JobId } from '../../src-shared/job-id.ts';
import { navigate, paths } from '../app/routes.ts';
import { Split } from '../ui/split.tsx';
import { EmptyState } from '../ui/states.tsx';
import { JobDetail } from './detail/job-detail.tsx';
import { JobListPane } from './list/job-list.tsx';

/** Every run of this workspace: which there are, and how one of them stands. */
export function JobsPlace({ jobId }: { readonly jobId: JobId | null }): ReactElement {
  return (
    <Split name="jobs" label="Width of the list of jobs" initial={400} min={260} max={560} minRest={420}>
      <JobListPane
        selected={jobId}
        onSelect={(id) => {
          navigate(paths.jobs(id), { replace: jobId !== null });
        }}
      />
      {jobId === null ? (
        <EmptyState icon={<Activity aria-hidden />} title="No job chosen">
          <p>Choose a job to see how it stands, its log and its record.</p>
        </EmptyState>
      ) : (
        <JobDetail jobId={jobId} />
      )}
    </Split>
  );
}
