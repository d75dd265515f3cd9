import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { StreamedEvent } from '../../../src-shared/api/contract.ts';
import { JobEvent, applyJobEvent } from '../../../src-shared/job-events.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { Job } from '../../../src-shared/job.ts';
import type { JobState } from '../../../src-shared/job.ts';
import type { ChainReading } from './chain.ts';
import type { Db } from './sqlite.ts';
import { openDatabase } from './sqlite.ts';

/** Raised with the tables: an index of another layout is thrown away and rebuilt from the records. */
const layout = 1;

const tables = `
  CREATE TABLE meta (layout INTEGER NOT NULL, epoch TEXT NOT NULL);
  CREATE TABLE jobs (id TEXT PRIMARY KEY, state TEXT NOT NULL, record_bytes INTEGER NOT NULL, job TEXT NOT NULL) STRICT;
  CREATE INDEX jobs_by_state ON jobs (state);
  CREATE TABLE events (cursor INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL, seq INTEGER NOT NULL, event TEXT NOT NULL,
    UNIQUE (job_id, seq)) STRICT;
`;

/** Losing the last commits in a power cut is harmless: the records have them. */
function configure(db: Db): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
}

/** The index of jobs and events in SQLite. It holds nothing that the records do not hold. */
export class JobIndex {
  readonly #db: Db;
  readonly epoch: string;

  private constructor(db: Db, epoch: string) {
    this.#db = db;
    this.epoch = epoch;
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
    db.prepare('INSERT INTO meta VALUES (?, ?)').run(layout, epoch);
    return new JobIndex(db, epoch);
  }

  /** Runs `work` as one transaction. */
  atomically(work: () => void): void {
    this.#db.transaction(work)();
  }

  /** Stores a job's row together with the event that made it. */
  put(job: Job, event: JobEvent, recordBytes: number): void {
    this.atomically(() => {
      this.#putJob(job, recordBytes);
      this.#putEvent(event);
    });
  }

  /** Puts a whole record in place of what is there for its job, or nothing when it does not fold. Returns its events' number. */
  replace(id: string, { events, goodBytes }: ChainReading<JobEvent>): number {
    // Folded first: half a record is never indexed.
    const job = events.reduce<Job | null>(applyJobEvent, null);
    this.atomically(() => {
      this.forget(id);
      if (job !== null) this.#putJob(job, goodBytes);
      for (const event of events) this.#putEvent(event);
    });
    return events.length;
  }

  #putJob(job: Job, recordBytes: number): void {
    this.#db
      .prepare(
        'INSERT INTO jobs VALUES (@id, @state, @recordBytes, @job) ON CONFLICT (id) DO UPDATE SET state = @state, record_bytes = @recordBytes, job = @job',
      )
      .run({ id: job.id, state: job.state, recordBytes, job: JSON.stringify(job) });
  }

  #putEvent(event: JobEvent): void {
    this.#db
      .prepare('INSERT INTO events (job_id, seq, event) VALUES (?, ?, ?)')
      .run(event.jobId, event.seq, JSON.stringify(event));
  }

  get(id: JobId): Job | null {
    const row = this.#db.prepare('SELECT job FROM jobs WHERE id = ?').get(id) as { job: string } | undefined;
    return row === undefined ? null : Job.parse(JSON.parse(row.job));
  }

  /** Jobs, newest first (a job id begins with its time). */
  list(filter: { state?: JobState | undefined; before?: JobId | undefined; limit: number }): Job[] {
    const rows = this.#db
      .prepare(
        'SELECT job FROM jobs WHERE (@state IS NULL OR state = @state) AND (@before IS NULL OR id < @before) ORDER BY id DESC LIMIT @limit',
      )
      .all({ state: filter.state ?? null, before: filter.before ?? null, limit: filter.limit }) as { job: string }[];
    return rows.map((row) => Job.parse(JSON.parse(row.job)));
  }

  count(state?: JobState): number {
    const row = this.#db
      .prepare('SELECT count(*) AS n FROM jobs WHERE @state IS NULL OR state = @state')
      .get({ state: state ?? null });
    return (row as { n: number }).n;
  }

  /** Jobs in one of these states, oldest first. */
  inStates(states: readonly JobState[]): Job[] {
    const rows = this.#db
      .prepare(`SELECT job FROM jobs WHERE state IN (${states.map(() => '?').join(', ')}) ORDER BY id`)
      .all(...states) as { job: string }[];
    return rows.map((row) => Job.parse(JSON.parse(row.job)));
  }

  /** Size of each job's record when it was indexed, to notice what was written since. */
  recordSizes(): Map<string, number> {
    const rows = this.#db.prepare('SELECT id, record_bytes AS bytes FROM jobs').all() as {
      id: string;
      bytes: number;
    }[];
    return new Map(rows.map((row) => [row.id, row.bytes]));
  }

  /** Forgets a job's row and events; the record is untouched. */
  forget(id: string): void {
    this.#db.prepare('DELETE FROM jobs WHERE id = ?').run(id);
    this.#db.prepare('DELETE FROM events WHERE job_id = ?').run(id);
  }

  eventsAfter(cursor: number, limit = 500): StreamedEvent[] {
    const rows = this.#db
      .prepare('SELECT cursor, event FROM events WHERE cursor > ? ORDER BY cursor LIMIT ?')
      .all(cursor, limit) as {
      cursor: number;
      event: string;
    }[];
    return rows.map((row) => ({ cursor: row.cursor, epoch: this.epoch, event: JobEvent.parse(JSON.parse(row.event)) }));
  }

  /** Position of the newest event; 0 when there is none. */
  lastCursor(): number {
    return (this.#db.prepare('SELECT coalesce(max(cursor), 0) AS cursor FROM events').get() as { cursor: number })
      .cursor;
  }

  close(): void {
    this.#db.close();
  }
}
