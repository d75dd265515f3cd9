import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job } from '../../../src-shared/job.ts';
import { api, queryClient } from '../../app/api.ts';
import { onJobEvent } from '../../app/live.ts';
import { isActive } from './job-filter.ts';
import type { JobPages } from './job-pages.ts';
import { putJob } from './job-pages.ts';

const key = ['jobList'];
const pageSize = 250;
/** Workers report their progress to the engine about this often, ms. */
const progressMs = 1_500;

export interface JobList {
  readonly jobs: readonly Job[];
  /** All jobs there are, loaded or not. */
  readonly total: number;
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

/** Every job, newest first, a page at a time; with `all` the pages come one after the other. Events keep it fresh. */
export function useJobList({ all }: { readonly all: boolean }): JobList {
  const query = useInfiniteQuery({
    queryKey: key,
    initialPageParam: null as JobId | null,
    queryFn: ({ pageParam, signal }) =>
      api('listJobs', { limit: pageSize, ...(pageParam !== null && { before: pageParam }) }, signal),
    getNextPageParam: ({ jobs }) => (jobs.length < pageSize ? undefined : jobs.at(-1)?.id),
  });
  const { data, hasNextPage, isFetching, fetchNextPage, refetch } = query;
  const jobs = useMemo(() => data?.pages.flatMap((page) => page.jobs) ?? [], [data]);
  useEffect(listen, []);
  useEffect(() => {
    if (all && hasNextPage && !isFetching) void fetchNextPage();
  }, [all, hasNextPage, isFetching, fetchNextPage]);
  const isAnyActive = jobs.some(({ state }) => isActive(state));
  useEffect(() => (isAnyActive ? pollProgress() : undefined), [isAnyActive]);
  return {
    jobs,
    total: data?.pages[0]?.total ?? 0,
    isLoading: query.isPending,
    error: query.error,
    hasMore: hasNextPage,
    loadMore: () => {
      if (hasNextPage && !isFetching) void fetchNextPage();
    },
    retry: () => void refetch(),
  };
}

let isListening = false;
const heard = new Set<JobId>();

/** Follows the engine's events from the first list on for as long as the window lives: a list that is not shown stays right. */
function listen(): void {
  if (isListening) return;
  isListening = true;
  onJobEvent(({ event }) => {
    if (heard.size === 0) setTimeout(() => void refresh(), 80);
    heard.add(event.jobId);
  });
}

async function refresh(): Promise<void> {
  const ids = [...heard];
  heard.clear();
  // A failed answer is made good when the connection is back: then everything is asked anew.
  await Promise.allSettled(ids.map(async (jobId) => put([await api('getJob', { jobId })])));
}

function put(jobs: readonly Job[]): void {
  queryClient.setQueryData<JobPages>(key, (data) => data && jobs.reduce(putJob, data));
}

/** Progress is no event: while jobs run, it is asked for. Returns the way to stop. */
function pollProgress(): () => void {
  const stop = new AbortController();
  const timer = setInterval(() => {
    api('listJobs', { state: 'running', limit: 200 }, stop.signal).then(
      ({ jobs }) => put(jobs),
      () => undefined,
    );
  }, progressMs);
  return () => {
    clearInterval(timer);
    stop.abort();
  };
}
