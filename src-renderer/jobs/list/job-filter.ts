import type { Job, JobState } from '../../../src-shared/job.ts';

/** Groups of states that a person looks for. */
export const stateFilters = ['all', 'active', 'succeeded', 'failed', 'cancelled'] as const;
export type StateFilter = (typeof stateFilters)[number];

const states: Record<Exclude<StateFilter, 'all'>, readonly JobState[]> = {
  active: ['draft', 'awaiting_approval', 'queued', 'submitting', 'running', 'cancelling'],
  succeeded: ['succeeded'],
  failed: ['failed', 'timed_out', 'lost'],
  cancelled: ['cancelled'],
};

/** Whether a job goes on by itself. */
export function isActive(state: JobState): boolean {
  return states.active.includes(state);
}

/** The jobs of a group whose name or id holds all words of `search`, whatever their case; their order stays. */
export function filterJobs(jobs: readonly Job[], filter: StateFilter, search: string): readonly Job[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (filter === 'all' && words.length === 0) return jobs;
  return jobs.filter(({ id, taskName, state }) => {
    if (filter !== 'all' && !states[filter].includes(state)) return false;
    const text = `${taskName} ${id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
