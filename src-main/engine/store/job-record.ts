import { join } from 'node:path';
import type { JobEventData } from '../../../src-shared/job-events.ts';
import { JobEvent } from '../../../src-shared/job-events.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { ChainReading } from './chain.ts';
import { Chain, readChain } from './chain.ts';

export function recordPath(folder: string): string {
  return join(folder, 'provenance.ndjson');
}

/** Reads and verifies a job's record. @throws AppError `bad_data` naming the first line that is damaged or out of order. */
export function readRecord(folder: string): ChainReading<JobEvent> {
  return readChain(recordPath(folder), JobEvent);
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
