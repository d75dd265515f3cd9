import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { JobState } from '../../../src-shared/job.ts';
import { jobStates } from '../../../src-shared/job.ts';
import type { JobFilter, JobQuery } from './job-query.ts';
import { searchText, whereOf } from './job-query.ts';
import type { RecordFacts } from './job-record.ts';
import type { Db } from './sqlite.ts';
import { openDatabase } from './sqlite.ts';

/** Raised with the tables: an index of another layout is thrown away and rebuilt from the records. */
const layout = 2;

// Events are kept as runs of one job: `n` events from `seq` on have the positions from `cursor` on.
const tables = `
  CREATE TABLE meta (layout INTEGER NOT NULL, epoch TEXT NOT NULL, cursor INTEGER NOT NULL) STRICT;
  CREATE TABLE jobs (id TEXT PRIMARY KEY, state TEXT NOT NULL, backend TEXT NOT NULL, words TEXT NOT NULL,
    record_bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE events (cursor INTEGER PRIMARY KEY, job_id TEXT NOT NULL, seq INTEGER NOT NULL, n INTEGER NOT NULL) STRICT;
  CREATE INDEX events_by_job ON events (job_id);
`;

/** Some events of one job, in order, on the stream of all jobs. */
export interface EventRun {
  readonly cursor: number;
  readonly jobId: JobId;
  readonly seq: number;
  readonly n: number;
}

/** Losing the last commits in a power cut is harmless: the records have them. */
function configure(db: Db): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
}

/**
 * The index of jobs and events in SQLite: what is needed to find jobs, and nothing that the records do not hold. What a job
 * is otherwise is read from its record, so that the index of 10,000 jobs has some megabytes and is made in a second.
 */
export class JobIndex {
  readonly #db: Db;
  readonly epoch: string;
  readonly #statements: ReturnType<typeof prepare>;

  private constructor(db: Db, epoch: string) {
    this.#db = db;
    this.epoch = epoch;
    this.#statements = prepare(db);
  }

  /** Opens the index, or an empty one when the file is missing, damaged or of another layout (then `fresh`). */
  static open(path: string): { index: JobIndex; fresh: boolean } {
    try {
      const db = openDatabase(path);
      try {
        configure(db);
        const meta = db.prepare('SELECT layout, epoch FROM meta').get() as
          { layout: number; epoch: string } | undefined;
        if (meta?.layout === layout && db.pragma('quick_check', { simple: true }) === 'ok')
          return { index: new JobIndex(db, meta.epoch), fresh: false };
      } catch {
        // Not an index of ours: replaced below.
      }
      db.close();
    } catch {
      // Not a database: replaced below.
    }
    return { index: JobIndex.create(path), fresh: true };
  }

  /** Makes an empty index in place of whatever is there. */
  static create(path: string): JobIndex {
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    const db = openDatabase(path);
    configure(db);
    const epoch = randomUUID();
    db.exec(tables);
    db.prepare('INSERT INTO meta VALUES (?, ?, 0)').run(layout, epoch);
    return new JobIndex(db, epoch);
  }

  /** Runs `work` as one transaction. */
  atomically(work: () => void): void {
    this.#db.transaction(work)();
  }

  /** Stores a job's row together with the event that made it. */
  put(job: RecordFacts['job'], seq: number, recordBytes: number): void {
    this.atomically(() => {
      this.#putJob(job, recordBytes);
      this.#putEvents(job.id, seq, 1);
    });
  }

  /** Brings a job to what its record says now. Events that were indexed keep their positions. */
  bring({ job, events, goodBytes }: RecordFacts): void {
    this.atomically(() => {
      const had = this.#statements.countEvents.get(job.id) as number;
      // A record that lost events was put in place of another: nothing that was known of it holds.
      const known = had > events ? 0 : had;
      if (known < had) this.#statements.forgetEvents.run(job.id);
      this.#putJob(job, goodBytes);
      if (events > known) this.#putEvents(job.id, known + 1, events - known);
    });
  }

  #putJob(job: RecordFacts['job'], recordBytes: number): void {
    this.#statements.putJob.run(job.id, job.state, job.backend, searchText(job), recordBytes);
  }

  #putEvents(id: JobId, seq: number, n: number): void {
    this.#statements.putEvents.run(this.lastCursor() + 1, id, seq, n);
    this.#statements.moveCursor.run(n);
  }

  has(id: JobId): boolean {
    return this.#statements.has.get(id) !== undefined;
  }

  /** The ids of a page of the jobs that match, newest first (a job id begins with its time). */
  list({ before, skip = 0, limit, ...filter }: JobQuery): JobId[] {
    const { sql, values } = whereOf(filter);
    const older = before === undefined ? { sql: '', values: [] } : { sql: 'AND id < ?', values: [before] };
    return this.#db
      .prepare(`SELECT id FROM jobs WHERE ${sql} ${older.sql} ORDER BY id DESC LIMIT ? OFFSET ?`)
      .pluck()
      .all(...values, ...older.values, limit, skip) as JobId[];
  }

  /** How many jobs match, by state; the filter's own states do not count. */
  counts(filter: JobFilter): Record<JobState, number> {
    const { sql, values } = whereOf({ ...filter, states: undefined });
    const rows = this.#db
      .prepare(`SELECT state, count(*) AS n FROM jobs WHERE ${sql} GROUP BY state`)
      .all(...values) as { state: JobState; n: number }[];
    const none = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;
    return rows.reduce((all, { state, n }) => ({ ...all, [state]: n }), none);
  }

  /** How many jobs of those that match are newer than this one; null when it is none of them. */
  place(filter: JobFilter, id: JobId): number | null {
    const { sql, values } = whereOf(filter);
    const row = this.#db
      .prepare(
        `SELECT coalesce(sum(id > ?), 0) AS newer, coalesce(sum(id = ?), 0) AS itself FROM jobs WHERE ${sql} AND id >= ?`,
      )
      .get(id, id, ...values, id) as { newer: number; itself: number };
    return row.itself === 0 ? null : row.newer;
  }

  /** Jobs that are in one of these states, oldest first. */
  inStates(states: readonly JobState[]): JobId[] {
    const { sql, values } = whereOf({ states });
    return this.#db
      .prepare(`SELECT id FROM jobs WHERE ${sql} ORDER BY id`)
      .pluck()
      .all(...values) as JobId[];
  }

  /** The state of every job. */
  states(): Map<string, JobState> {
    return new Map(this.#statements.states.all() as [string, JobState][]);
  }

  /** Size of each job's record when it was indexed, to notice what was written since. */
  recordSizes(): Map<string, number> {
    return new Map(this.#statements.sizes.all() as [string, number][]);
  }

  /** Forgets a job's row and events; the record is untouched. */
  forget(id: string): void {
    this.#statements.forgetJob.run(id);
    this.#statements.forgetEvents.run(id);
  }

  /** Runs of events that hold positions after `cursor`, in order; the first may begin before it. */
  eventsAfter(cursor: number, limit: number): EventRun[] {
    return this.#statements.eventsAfter.all(cursor + 1, limit) as EventRun[];
  }

  /** Position of the newest event there ever was; 0 when there was none. */
  lastCursor(): number {
    return this.#statements.cursor.get() as number;
  }

  close(): void {
    this.#db.close();
  }
}

function prepare(db: Db) {
  return {
    putJob: db.prepare(
      `INSERT INTO jobs VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
        state = excluded.state, backend = excluded.backend, words = excluded.words, record_bytes = excluded.record_bytes`,
    ),
    putEvents: db.prepare('INSERT INTO events VALUES (?, ?, ?, ?)'),
    countEvents: db.prepare('SELECT coalesce(sum(n), 0) FROM events WHERE job_id = ?').pluck(),
    moveCursor: db.prepare('UPDATE meta SET cursor = cursor + ?'),
    cursor: db.prepare('SELECT cursor FROM meta').pluck(),
    has: db.prepare('SELECT 1 FROM jobs WHERE id = ?'),
    states: db.prepare('SELECT id, state FROM jobs').raw(),
    sizes: db.prepare('SELECT id, record_bytes FROM jobs').raw(),
    forgetJob: db.prepare('DELETE FROM jobs WHERE id = ?'),
    forgetEvents: db.prepare('DELETE FROM events WHERE job_id = ?'),
    eventsAfter: db.prepare(
      `SELECT cursor, job_id AS jobId, seq, n FROM events
        WHERE cursor >= coalesce((SELECT max(cursor) FROM events WHERE cursor <= ?), 0) ORDER BY cursor LIMIT ?`,
    ),
  };
}
