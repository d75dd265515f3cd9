import { AppError } from '../../../src-shared/errors.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job, JobState } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import type { JobStore } from '../store/job-store.ts';
import type { JobEnd, SupervisedJobs } from '../supervisor/parts.ts';
import type { JobQueue } from './job-queue.ts';

/** Jobs as the supervisor sees them. */
export class SupervisedJobsOfStore implements SupervisedJobs {
  readonly #store: JobStore;
  readonly #queue: JobQueue;

  constructor(store: JobStore, queue: JobQueue) {
    this.#store = store;
    this.#queue = queue;
  }

  state(id: JobId): JobState | null {
    return this.#job(id)?.state ?? null;
  }

  endedAt(id: JobId): string | null {
    const job = this.#job(id);
    return job === null || !isFinal(job.state) ? null : (job.result?.phases.ended ?? job.updatedAt);
  }

  launched(id: JobId): boolean {
    try {
      return this.#store.events(id).some(({ data }) => data.type === 'job.launched');
    } catch {
      return false;
    }
  }

  cancel(id: JobId, { state, words }: JobEnd): void {
    this.#queue.end(id, { state, error: new AppError(state, words) });
  }

  #job(id: JobId): Job | null {
    try {
      return this.#store.require(id);
    } catch {
      // A record that is gone or damaged says nothing about what it began.
      return null;
    }
  }
}
