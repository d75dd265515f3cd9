import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ReindexReport, StreamedEvent } from '../../../src-shared/api/contract.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { JobEvent, JobEventData } from '../../../src-shared/job-events.ts';
import { applyJobEvent } from '../../../src-shared/job-events.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import type { Job, JobState } from '../../../src-shared/job.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { JobIndex } from './job-index.ts';
import { JobRecord, readRecord, recordPath } from './job-record.ts';

type Listener = (event: StreamedEvent) => void;

/** Jobs and their events: the records are the truth, the index is a projection, listeners hear every new event. */
export class JobStore {
  readonly #root: DataRoot;
  readonly #now: () => Date;
  readonly #records = new Map<JobId, JobRecord>();
  readonly #listeners = new Set<Listener>();
  #index: JobIndex;

  private constructor(root: DataRoot, index: JobIndex, now: () => Date) {
    this.#root = root;
    this.#index = index;
    this.#now = now;
  }

  /** Opens the store and brings the index up to the records: whole when it is fresh, else only what has changed since. */
  static open(root: DataRoot, now: () => Date = () => new Date()): { store: JobStore; report: ReindexReport } {
    const { index } = JobIndex.open(root.indexFile);
    const store = new JobStore(root, index, now);
    return { store, report: store.#catchUp() };
  }

  get epoch(): string {
    return this.#index.epoch;
  }

  /** Records an event, then projects it. @throws AppError `conflict` for a forbidden move; nothing is written then. */
  append(id: JobId, data: JobEventData): Job {
    const at = this.#now();
    const before = this.#index.get(id);
    // The move is tried before it is written: a record never holds a forbidden one.
    applyJobEvent(before, { v: 1, seq: 1, at: at.toISOString(), jobId: id, data, prev: '', hash: '' });
    const record = this.#recordOf(id);
    const event = record.append(data, at);
    const job = applyJobEvent(before, event);
    const streamed = this.#index.put(job, event, record.bytes);
    for (const listener of this.#listeners) listener(streamed);
    return job;
  }

  /** Moves a job along the table. */
  move(id: JobId, to: JobState, reason?: string): Job {
    return this.append(id, {
      type: 'job.state',
      from: this.require(id).state,
      to,
      ...(reason !== undefined && { reason }),
    });
  }

  /** @throws AppError `not_found` */
  require(id: JobId): Job {
    const job = this.#index.get(id);
    if (job === null)
      throw new AppError('not_found', `There is no job ${id} here.`, { remedy: 'List the jobs: transect jobs' });
    return job;
  }

  list(filter: { state?: JobState | undefined; before?: JobId | undefined; limit: number }): {
    jobs: Job[];
    total: number;
  } {
    return { jobs: this.#index.list(filter), total: this.#index.count() };
  }

  inStates(...states: JobState[]): Job[] {
    return this.#index.inStates(states);
  }

  /** The verified events of one job. */
  events(id: JobId): JobEvent[] {
    this.require(id);
    return readRecord(this.#root.jobRecords(id)).events;
  }

  eventsAfter(cursor: number): StreamedEvent[] {
    return this.#index.eventsAfter(cursor);
  }

  /** Calls `listener` on every event from now on. Returns the way to stop. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Throws the index away and rebuilds it from the records. */
  rebuild(): ReindexReport {
    this.#index.close();
    this.#records.clear();
    this.#index = JobIndex.create(this.#root.indexFile);
    return this.#catchUp();
  }

  close(): void {
    this.#index.close();
  }

  #recordOf(id: JobId): JobRecord {
    let record = this.#records.get(id);
    if (record === undefined) {
      const folder = this.#root.jobRecords(id);
      record = new JobRecord(folder, id, existsSync(recordPath(folder)) ? readRecord(folder) : undefined);
      this.#records.set(id, record);
    }
    return record;
  }

  #catchUp(): ReindexReport {
    const known = this.#index.recordSizes();
    const problems: ReindexReport['problems'] = [];
    let jobs = 0;
    let events = 0;
    this.#index.atomically(() => {
      for (const name of readdirSync(join(this.#root.records, 'jobs')).sort()) {
        const id = JobId.safeParse(name);
        if (!id.success) {
          problems.push({ path: `records/jobs/${name}`, message: 'is not the record of a job' });
          continue;
        }
        const folder = this.#root.jobRecords(id.data);
        const bytes = statSync(recordPath(folder), { throwIfNoEntry: false })?.size ?? 0;
        const indexed = known.get(name);
        known.delete(name);
        // A job whose creation was cut short has no record yet; nobody was told of it.
        if (bytes === indexed || bytes === 0) continue;
        try {
          const reading = readRecord(folder);
          this.#index.forget(name);
          let job: Job | null = null;
          for (const event of reading.events) {
            job = applyJobEvent(job, event);
            this.#index.put(job, event, reading.goodBytes);
          }
          jobs += 1;
          events += reading.events.length;
        } catch (cause) {
          problems.push({ path: `records/jobs/${name}`, message: (cause as Error).message });
        }
      }
      for (const gone of known.keys()) this.#index.forget(gone);
    });
    return { jobs, events, problems };
  }
}
