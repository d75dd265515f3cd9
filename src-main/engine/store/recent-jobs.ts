import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job } from '../../../src-shared/job.ts';

/** A job takes some kilobytes. */
const most = 500;

/** Ended jobs as their records tell them, the last ones asked for kept: a record does not change after its job has ended. */
export class RecentJobs {
  readonly #read: (id: JobId) => Job | null;
  /** The one that was not asked for the longest comes first. */
  readonly #jobs = new Map<JobId, Job>();

  constructor(read: (id: JobId) => Job | null) {
    this.#read = read;
  }

  /** @throws AppError `bad_data` and what the disk says */
  get(id: JobId): Job | null {
    const job = this.#jobs.get(id) ?? this.#read(id);
    if (job === null) return null;
    this.#jobs.delete(id);
    this.#jobs.set(id, job);
    const [oldest] = this.#jobs.keys();
    if (this.#jobs.size > most && oldest !== undefined) this.#jobs.delete(oldest);
    return job;
  }

  /** Its record has changed after all. */
  forget(id: JobId): void {
    this.#jobs.delete(id);
  }

  clear(): void {
    this.#jobs.clear();
  }
}
