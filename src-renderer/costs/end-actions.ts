import type { JobId } from '../../src-shared/job-id.ts';
import type { BackendId } from '../../src-shared/job.ts';
import { isFinal } from '../../src-shared/job.ts';
import type { MicroUsd } from '../../src-shared/money/micro-usd.ts';
import type { EndHow } from '../../src-shared/money/price.ts';
import { api, queryClient } from '../app/api.ts';
import { asOwner } from '../app/owner.ts';

/** Something that is to be ended. */
export interface Target {
  readonly backend: BackendId;
  /** Null until its back end has shown it. */
  readonly resourceId: string | null;
  readonly jobId: JobId | null;
  readonly name: string;
  /** In words: `2 × m6i.large, us-east-1`. */
  readonly what: string;
  readonly hourlyMicroUsd: MicroUsd | null;
  /** False for what is somebody else’s. */
  readonly isOurs: boolean;
}

/**
 * Asks for the end of something. A run that goes on is cancelled as a job, so that its record says why it ended; for anything else the
 * owner speaks.
 */
export async function endTarget({ backend, resourceId, jobId }: Target, how: EndHow): Promise<void> {
  const job = how === 'cancel' && jobId !== null ? await api('getJob', { jobId }) : null;
  if (job !== null && !isFinal(job.state)) await api('cancelJob', { jobId: job.id });
  else if (resourceId !== null) await asOwner(() => api('endResource', { backend, resourceId, how }));
  await refreshCosts();
}

/** Has everything on this place asked for again. */
export async function refreshCosts(): Promise<void> {
  const names = new Set<unknown>(['spending', 'resources', 'ledger', 'conditions']);
  await queryClient.invalidateQueries({ predicate: ({ queryKey: [name] }) => names.has(name) });
}
