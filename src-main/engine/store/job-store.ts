import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JobPage, ReindexReport, StreamedEvent } from '../../../src-shared/api/contract.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { JobEvent, JobEventData } from '../../../src-shared/job-events.ts';
import { applyJobEvent } from '../../../src-shared/job-events.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import type { Job, JobState } from '../../../src-shared/job.ts';
import { isFinal, jobStates } from '../../../src-shared/job.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { JobIndex } from './job-index.ts';
import type { JobQuery } from './job-query.ts';
import { JobRecord, readEvents, readFacts, readRecord, recordPath } from './job-record.ts';
import { RecentJobs } from './recent-jobs.ts';

/** Called when the index has something new. */
type Listener = () => void;

/** One job as the engine works on it: its record, its row, and the events that the index has not taken yet. */
interface LiveJob {
  readonly record: JobRecord;
  job: Job | null;
  readonly pending: { readonly job: Job; readonly event: JobEvent; readonly recordBytes: number }[];
}

/** How many events are read at once, about. */
const eventsAtOnce = 500;

/**
 * Jobs and their events. The records are the truth and the index is a projection: an event is recorded first, and an index
 * that cannot be written now is caught up later, so the record never depends on it. Jobs that go on are kept at hand; ended
 * ones are read when they are asked for. Listeners hear every indexed event.
 */
export class JobStore {
  readonly #root: DataRoot;
  readonly #now: () => Date;
  readonly #onIndexProblem: (cause: unknown) => void;
  readonly #onRecordProblem: (id: JobId, cause: unknown) => void;
  readonly #live = new Map<JobId, LiveJob>();
  readonly #recent: RecentJobs;
  readonly #listeners = new Set<Listener>();
  #index: JobIndex;

  private constructor(root: DataRoot, index: JobIndex, options: JobStoreOptions) {
    this.#root = root;
    this.#index = index;
    this.#recent = new RecentJobs((id) =>
      readRecord(root.jobRecords(id)).events.reduce<Job | null>(applyJobEvent, null),
    );
    this.#now = options.now ?? (() => new Date());
    this.#onIndexProblem = options.onIndexProblem ?? (() => undefined);
    this.#onRecordProblem = options.onRecordProblem ?? (() => undefined);
  }

  /** Opens the store and brings the index up to the records: whole when it is fresh, else only what has changed since. */
  static open(root: DataRoot, options: JobStoreOptions = {}): { store: JobStore; report: ReindexReport } {
    const { index } = JobIndex.open(root.indexFile);
    const store = new JobStore(root, index, options);
    return { store, report: store.#catchUp() };
  }

  get epoch(): string {
    return this.#index.epoch;
  }

  /** Position of the newest event on the stream of all jobs. */
  get cursor(): number {
    return this.#index.lastCursor();
  }

  /**
   * Records an event, then projects it.
   * @throws AppError `conflict` for a forbidden move, `bad_data` for a damaged record, `storage`; nothing is recorded then
   */
  append(id: JobId, data: JobEventData): Job {
    const live = this.#liveJob(id);
    try {
      const at = this.#now();
      // The move is tried before it is written: a record never holds a forbidden one.
      applyJobEvent(live.job, { v: 1, seq: 1, at: at.toISOString(), jobId: id, data, prev: '', hash: '' });
      const event = live.record.append(data, at);
      const job = applyJobEvent(live.job, event);
      live.job = job;
      this.#recent.forget(id);
      live.pending.push({ job, event, recordBytes: live.record.bytes });
      this.#project(live);
      return job;
    } finally {
      // Kept only while it goes on, or while the index has not heard of its end.
      if (live.pending.length === 0 && (live.job === null || isFinal(live.job.state))) this.#live.delete(id);
    }
  }

  /** Moves a job along the table. */
  move(id: JobId, to: JobState, reason?: string): Job {
    const { state } = this.require(id);
    return this.append(id, { type: 'job.state', from: state, to, ...(reason !== undefined && { reason }) });
  }

  /** @throws AppError `not_found`, or `bad_data` when its record was damaged since it was indexed */
  require(id: JobId): Job {
    const live = this.#live.get(id)?.job ?? null;
    const job = live ?? (this.#index.has(id) ? this.#recent.get(id) : null);
    if (job === null)
      throw new AppError('not_found', `There is no job ${id} here.`, { remedy: 'List the jobs: transect jobs' });
    return job;
  }

  /** A page of the jobs, newest first. One whose record cannot be read now is left out and reported. */
  list(query: JobQuery): JobPage {
    const counts = this.#index.counts(query);
    const total = (query.states ?? jobStates).reduce((sum, state) => sum + counts[state], 0);
    const place = query.find === undefined ? null : this.#index.place(query, query.find);
    // One more than wanted tells whether there is a next page.
    const found = this.#index.list({ ...query, limit: query.limit + 1 });
    const ids = found.slice(0, query.limit);
    const next = found.length > ids.length ? (ids.at(-1) ?? null) : null;
    const jobs = ids.flatMap((id) => {
      try {
        return [this.require(id)];
      } catch (cause) {
        this.#onRecordProblem(id, cause);
        // As at a start: nobody works with a record that cannot be trusted. The next answer counts without it.
        if (cause instanceof AppError && cause.code === 'bad_data') this.#index.forget(id);
        return [];
      }
    });
    return { jobs, total, counts, next, place };
  }

  /** Jobs that go on and are in one of these states, oldest first. */
  inStates(...states: JobState[]): Job[] {
    return [...this.#live.values()]
      .flatMap(({ job }) => (job !== null && states.includes(job.state) ? [job] : []))
      .sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1));
  }

  /** The state of every job, also of those that ended. */
  states(): ReadonlyMap<string, JobState> {
    return this.#index.states();
  }

  /** The verified events of one job. */
  events(id: JobId): JobEvent[] {
    this.require(id);
    return readRecord(this.#root.jobRecords(id)).events;
  }

  /** Some of the events after a position on the stream of all jobs; none when there are none. */
  eventsAfter(cursor: number): StreamedEvent[] {
    const found: StreamedEvent[] = [];
    for (let at = cursor; found.length < eventsAtOnce;) {
      const before = at;
      for (const run of this.#index.eventsAfter(at, 100)) {
        const last = run.cursor + run.n - 1;
        if (last <= at) continue;
        const from = Math.max(run.seq, run.seq + at + 1 - run.cursor);
        for (const event of this.#eventsOf(run.jobId, from, run.seq + run.n - 1))
          found.push({ cursor: run.cursor + event.seq - run.seq, epoch: this.epoch, event });
        at = last;
        if (found.length >= eventsAtOnce) break;
      }
      if (at === before) break;
    }
    return found;
  }

  /** A record that can no longer be read has no events for anybody, and must not end the stream. */
  #eventsOf(id: JobId, from: number, to: number): JobEvent[] {
    try {
      return readEvents(this.#root.jobRecords(id), from, to);
    } catch (cause) {
      this.#onRecordProblem(id, cause);
      return [];
    }
  }

  /** Calls `listener` whenever the index has something new. Returns the way to stop. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Throws the index away and rebuilds it from the records. */
  rebuild(): ReindexReport {
    this.#index.close();
    this.#live.clear();
    this.#recent.clear();
    this.#index = JobIndex.create(this.#root.indexFile);
    const report = this.#catchUp();
    for (const listener of this.#listeners) listener();
    return report;
  }

  close(): void {
    this.#index.close();
  }

  /** The job as its record tells it, read once and kept until the job has ended. */
  #liveJob(id: JobId): LiveJob {
    let live = this.#live.get(id);
    if (live === undefined) {
      const folder = this.#root.jobRecords(id);
      const reading = existsSync(recordPath(folder)) ? readRecord(folder) : undefined;
      const job = reading?.events.reduce<Job | null>(applyJobEvent, null) ?? null;
      live = { record: new JobRecord(folder, id, reading), job, pending: [] };
      this.#live.set(id, live);
    }
    return live;
  }

  #project(live: LiveJob): void {
    try {
      for (let next = live.pending[0]; next !== undefined; next = live.pending[0]) {
        this.#index.put(next.job, next.event.seq, next.recordBytes);
        live.pending.shift();
      }
    } catch (cause) {
      // A full disk, say. The record holds the event; the next append or the next start brings the index up to it.
      this.#onIndexProblem(cause);
      return;
    }
    for (const listener of this.#listeners) listener();
  }

  #catchUp(): ReindexReport {
    const known = this.#index.recordSizes();
    const problems: ReindexReport['problems'] = [];
    // Nobody works on a job whose record cannot be trusted, and it is reported at every start.
    const unusable = (name: string, cause: unknown) => {
      this.#index.forget(name);
      problems.push({ path: `records/jobs/${name}`, message: (cause as Error).message });
    };
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
          const facts = readFacts(folder);
          if (facts === null) continue;
          if (facts.job.id !== id.data) throw new AppError('bad_data', `is the record of ${facts.job.id}`);
          this.#index.bring(facts);
          events += facts.events;
          jobs += 1;
        } catch (cause) {
          unusable(name, cause);
        }
      }
      for (const gone of known.keys()) this.#index.forget(gone);
      // What will be worked on is read whole, also where its size is as before.
      for (const id of this.#index.inStates(jobStates.filter((state) => !isFinal(state)))) {
        try {
          this.#liveJob(id);
        } catch (cause) {
          unusable(id, cause);
        }
      }
    });
    return { jobs, events, problems };
  }
}

interface JobStoreOptions {
  readonly now?: () => Date;
  /** Told when the index could not be written; the record was. */
  readonly onIndexProblem?: (cause: unknown) => void;
  /** Told when the record of an ended job can no longer be read. */
  readonly onRecordProblem?: (id: JobId, cause: unknown) => void;
}
