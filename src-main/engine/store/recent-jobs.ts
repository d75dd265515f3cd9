import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job } from '../../../src-shared/job.ts';

/** Together they may list this many outputs; each job counts as some more. About 60 MB. */
const mostOutputs = 200_000;
const jobWeight = 20;
const weightOf = (job: Job) => jobWeight + (job.result?.outputs.length ?? 0);

/** Ended jobs as their records tell them, the last ones asked for kept: a record does not change after its job has ended. */
export class RecentJobs {
  readonly #read: (id: JobId) => Job | null;
  /** The one that was not asked for the longest comes first. */
  readonly #jobs = new Map<JobId, Job>();
  #weight = 0;

  constructor(read: (id: JobId) => Job | null) {
    this.#read = read;
  }

  /** @throws AppError `bad_data` and what the disk says */
  get(id: JobId): Job | null {
    const job = this.#jobs.get(id) ?? this.#read(id);
    if (job === null) return null;
    this.forget(id);
    this.#jobs.set(id, job);
    this.#weight += weightOf(job);
    for (const oldest of this.#jobs.keys()) {
      if (this.#weight <= mostOutputs || oldest === id) break;
      this.forget(oldest);
    }
    return job;
  }

  /** Its record has changed after all. */
  forget(id: JobId): void {
    const job = this.#jobs.get(id);
    if (job !== undefined) this.#weight -= weightOf(job);
    this.#jobs.delete(id);
  }

  clear(): void {
    this.#weight = 0;
    this.#jobs.clear();
  }
}
