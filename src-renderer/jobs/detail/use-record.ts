import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import type { JobEvent } from '../../../src-shared/job-events.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { api } from '../../app/api.ts';

/** A job's record: every decision and change. Kept fresh as the job's other queries are (see `app/live.ts`). */
export function useRecord(jobId: JobId): UseQueryResult<JobEvent[], Error> {
  return useQuery({
    queryKey: ['jobRecord', { jobId }],
    queryFn: async ({ signal }) => {
      const events: JobEvent[] = [];
      for await (const event of await api('jobRecord', { jobId }, signal)) events.push(event);
      return events;
    },
  });
}
