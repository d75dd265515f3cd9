import type { InfiniteData } from '@tanstack/react-query';
import type { CallOutput } from '../../../src-shared/api/contract.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job } from '../../../src-shared/job.ts';

export type JobPages = InfiniteData<CallOutput<'listJobs'>, JobId | null>;

/**
 * Puts a job where it belongs among the pages that are loaded: in place of its older self, or, newest first, as a new one. A
 * job of a page that was not loaded is left to that page.
 */
export function putJob(data: JobPages, job: Job): JobPages {
  const at = data.pages.findIndex(({ jobs }) => jobs.some(({ id }) => id === job.id));
  if (at >= 0) return withPage(data, at, (jobs) => jobs.map((old) => (old.id === job.id ? job : old)), 0);
  const page = data.pages.findIndex(({ jobs }) => jobs.some(({ id }) => id < job.id));
  const isWhole = data.pages.reduce((sum, { jobs }) => sum + jobs.length, 0) >= (data.pages.at(-1)?.total ?? 0);
  if (page < 0 && !isWhole) return data;
  return withPage(
    data,
    page < 0 ? data.pages.length - 1 : page,
    (jobs) => [...jobs, job].sort((a, b) => (a.id < b.id ? 1 : -1)),
    1,
  );
}

function withPage(data: JobPages, at: number, change: (jobs: Job[]) => Job[], more: number): JobPages {
  return {
    ...data,
    pages: data.pages.map((page, index) => ({
      total: page.total + more,
      jobs: index === at ? change(page.jobs) : page.jobs,
    })),
  };
}
