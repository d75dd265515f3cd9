import type { ReactElement } from 'react';
import type { Job } from '../../src-shared/job.ts';
import { navigate, paths } from '../app/routes.ts';
import { ErrorBlock } from '../jobs/detail/error-block.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';

/** What to know before looking at a run that failed, or that found nothing, and what to do. */
export function RunOutcome({ job }: { readonly job: Job }): ReactElement | null {
  const again = (
    <Button size="small" onPress={() => navigate(paths.tasks(`runs/${job.id}`))}>
      Run again with edits
    </Button>
  );
  if (job.state === 'succeeded' && job.validity.includes('empty'))
    return (
      <Banner tone="warn" title="Nothing matched." actions={again}>
        The run ended as it should and found no data for this area, these dates and these conditions. The report says
        what was asked; widen one of them and run it again.
      </Banner>
    );
  return <ErrorBlock job={job} actions={again} />;
}
