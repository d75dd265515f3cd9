import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job, JobState } from '../../../src-shared/job.ts';
import { api } from '../../app/api.ts';
import { countOf } from './job-filter.ts';
import type { JobsWanted } from './job-filter.ts';
import { keepJobsFresh, jobsKey } from './keep-fresh.ts';
import { windowRows, windowStart } from './list-window.ts';

/** Workers report their progress to the engine about this often, ms. Progress is no event: while jobs run, it is asked for. */
const progressMs = 1_500;

/** The jobs that match, newest first. The engine has them all; here are those around the place that is looked at. */
export interface Jobs {
  readonly total: number;
  readonly counts: Readonly<Record<JobState, number>> | null;
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
  /** The jobs that are loaded, and the place of the first of them. */
  readonly loaded: { readonly skip: number; readonly jobs: readonly Job[] };
  /** Has the jobs around a place loaded; must be told whenever the place in sight changes. */
  readonly show: (firstInSight: number) => void;
}

const nothing = { skip: 0, jobs: [] };

/** The jobs that match, kept fresh by the engine's events. */
export function useJobs(wanted: JobsWanted): Jobs {
  const [skip, setSkip] = useState(0);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [jobsKey, { ...wanted, skip }],
    queryFn: async ({ signal }) => ({
      skip,
      ...(await api('listJobs', { ...wanted, skip, limit: windowRows }, signal)),
    }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data: shown } }) => (shown?.jobs.some(isRunning) === true ? progressMs : false),
  });
  useEffect(keepJobsFresh, []);
  const show = useCallback((firstInSight: number) => {
    setSkip(windowStart(firstInSight));
  }, []);
  return {
    total: data?.total ?? 0,
    counts: data?.counts ?? null,
    isLoading: isPending,
    error,
    retry: () => void refetch(),
    loaded: data ?? nothing,
    show,
  };
}

function isRunning({ state }: Job): boolean {
  return state === 'running' || state === 'cancelling';
}

/** The place of a job among those that match, from 0; null when it is none of them or not known yet. */
export function usePlaceOf(wanted: JobsWanted, id: JobId | null, isWanted: boolean): number | null {
  const { data } = useQuery({
    queryKey: [jobsKey, { ...wanted, find: id }],
    queryFn: ({ signal }) => api('listJobs', { ...wanted, limit: 0, ...(id !== null && { find: id }) }, signal),
    enabled: isWanted && id !== null,
  });
  return data?.place ?? null;
}

/** The job at a place that may not be loaded; null when there is none. */
export async function jobAt(wanted: JobsWanted, place: number): Promise<JobId | null> {
  const { jobs } = await api('listJobs', { ...wanted, skip: place, limit: 1 });
  return jobs[0]?.id ?? null;
}

/** How many jobs match, whatever their state. */
export function countOfAll({ counts }: Pick<Jobs, 'counts'>): number {
  return counts === null ? 0 : countOf(counts, 'all');
}
