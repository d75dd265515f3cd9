import type { JobState } from '../../../src-shared/job.ts';

/** Groups of states that a person looks for. */
export const stateFilters = ['all', 'active', 'ended', 'succeeded', 'failed', 'cancelled'] as const;
export type StateFilter = (typeof stateFilters)[number];

const groups: Record<Exclude<StateFilter, 'all'>, readonly JobState[]> = {
  active: ['draft', 'awaiting_approval', 'queued', 'submitting', 'running', 'cancelling'],
  ended: ['succeeded', 'failed', 'timed_out', 'lost', 'cancelled'],
  succeeded: ['succeeded'],
  failed: ['failed', 'timed_out', 'lost'],
  cancelled: ['cancelled'],
};

/** What the engine is asked for. */
export interface JobsWanted {
  readonly q: string;
  readonly states?: JobState[];
}

/** The jobs of a group whose name or id holds all words of `search`; the engine looks for them. */
export function jobsWanted(filter: StateFilter, search: string): JobsWanted {
  const q = search.trim().replace(/\s+/g, ' ').slice(0, 200);
  return { q, ...(filter !== 'all' && { states: [...groups[filter]] }) };
}

/** How many jobs of a group there are, of those that were counted. */
export function countOf(counts: Readonly<Record<JobState, number>>, filter: StateFilter): number {
  const states = filter === 'all' ? [...groups.active, ...groups.ended] : groups[filter];
  return states.reduce((sum, state) => sum + counts[state], 0);
}
