import { join } from 'node:path';
import type { JobEventData } from '../../../src-shared/job-events.ts';
import { JobEvent, applyJobEvent } from '../../../src-shared/job-events.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job } from '../../../src-shared/job.ts';
import type { ChainReading } from './chain.ts';
import { Chain, parseLink, readChain, readLinks } from './chain.ts';

export function recordPath(folder: string): string {
  return join(folder, 'provenance.ndjson');
}

/** Reads and verifies a job's record. @throws AppError `bad_data` naming the first line that is damaged or out of order. */
export function readRecord(folder: string): ChainReading<JobEvent> {
  return readChain(recordPath(folder), JobEvent);
}

/** The events of a job's record from one number to another, both included. @throws AppError `bad_data` */
export function readEvents(folder: string, from: number, to: number): JobEvent[] {
  const path = recordPath(folder);
  const { lines } = readLinks(path);
  return lines.slice(from - 1, to).map((line, index) => parseLink(line, from - 1 + index, path, JobEvent));
}

/** What the index needs to know of a job. */
export interface RecordFacts {
  readonly job: Pick<Job, 'id' | 'state' | 'taskName' | 'backend'>;
  readonly events: number;
  readonly goodBytes: number;
}

/** Events that change nothing of what the index knows, and are most of a record's bytes. */
const heavy: readonly string[] = ['job.launching', 'job.launched', 'job.attached', 'job.gate', 'job.result'];

/**
 * Reads of a record what the index needs, about five times as fast as the whole: every line is verified, and the heavy ones are
 * not taken apart. Null for a record without an event.
 * @throws AppError `bad_data` for a damaged record, `conflict` for a move that the table forbids
 */
export function readFacts(folder: string): RecordFacts | null {
  const path = recordPath(folder);
  const { lines, goodBytes } = readLinks(path);
  let job: Job | null = null;
  for (const [index, line] of lines.entries()) {
    const type = /"data":\{"type":"([a-z.]+)"/.exec(line)?.[1];
    if (job !== null && type !== undefined && heavy.includes(type)) continue;
    job = applyJobEvent(job, parseLink(line, index, path, JobEvent));
  }
  return job && { job, events: lines.length, goodBytes };
}

/** Appends events to one job's record; each is on disk before `append` returns. */
export class JobRecord {
  readonly #chain: Chain<JobEvent>;
  readonly #jobId: JobId;

  constructor(folder: string, jobId: JobId, reading?: ChainReading<JobEvent>) {
    this.#chain = new Chain(recordPath(folder), JobEvent, reading);
    this.#jobId = jobId;
  }

  /** Size of the record in bytes after the last append. */
  get bytes(): number {
    return this.#chain.bytes;
  }

  append(data: JobEventData, at: Date): JobEvent {
    return this.#chain.append(({ seq, prev }) => ({
      v: 1,
      seq,
      at: at.toISOString(),
      jobId: this.#jobId,
      data,
      prev,
    }));
  }
}
