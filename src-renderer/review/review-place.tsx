import type { ReactElement } from 'react';
import type { JobId } from '../../src-shared/job-id.ts';
import { useApi } from '../app/api.ts';
import { ErrorState, LoadingState } from '../ui/states.tsx';
import { RunGallery } from './gallery/run-gallery.tsx';
import { RunReview } from './run-review.tsx';

interface ReviewPlaceProps {
  readonly jobId: JobId | null;
  readonly tab: string | null;
}

/** What came out of runs: a gallery of all that ended, or one of them with all its evidence. */
export function ReviewPlace({ jobId, tab }: ReviewPlaceProps): ReactElement {
  return jobId === null ? <RunGallery /> : <OneRun key={jobId} jobId={jobId} tab={tab} />;
}

function OneRun({ jobId, tab }: { readonly jobId: JobId; readonly tab: string | null }): ReactElement {
  const job = useApi('getJob', { jobId });
  const files = useApi('listFiles', { jobId });
  const error = job.error ?? files.error;
  if (job.data !== undefined && files.data !== undefined)
    return <RunReview job={job.data} files={files.data.files} isTruncated={files.data.truncated} tab={tab} />;
  if (error !== null)
    return (
      <ErrorState
        error={error}
        title="This run could not be shown"
        retry={() => {
          void job.refetch();
          void files.refetch();
        }}
      />
    );
  return <LoadingState what="Reading the run…" />;
}
