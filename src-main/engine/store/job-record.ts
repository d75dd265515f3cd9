import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../../src-shared/errors.ts';
import type { JobEventData } from '../../../src-shared/job-events.ts';
import { JobEvent } from '../../../src-shared/job-events.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { syncFolder, writeAll } from './files.ts';

const fileName = 'provenance.ndjson';
const firstPrev = '0'.repeat(64);

/** What a record file holds. An unfinished last line lies beyond `goodBytes`: it was never acknowledged to anybody. */
export interface RecordReading {
  readonly events: JobEvent[];
  readonly goodBytes: number;
}

/** The sha256 that chains a line to the one before: over the line's own text up to its `hash`, closed with a bracket. */
function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

/** A line's text without its hash, exactly as it was hashed. */
function bodyOf(line: string): string {
  return line.replace(/,"hash":"[0-9a-f]{64}"\}$/, '}');
}

export function recordPath(folder: string): string {
  return join(folder, fileName);
}

/** Reads and verifies a job's record. @throws AppError `bad_data` naming the first line that is damaged or out of order. */
export function readRecord(folder: string): RecordReading {
  const bytes = readFileSync(recordPath(folder));
  const end = bytes.lastIndexOf(0x0a) + 1;
  const events: JobEvent[] = [];
  let prev = firstPrev;
  for (const [index, line] of bytes.toString('utf8', 0, end).split('\n').slice(0, -1).entries()) {
    const event = parseLine(line);
    if (event === null || event.seq !== index + 1 || event.prev !== prev || event.hash !== hashOf(bodyOf(line)))
      throw new AppError('bad_data', `${recordPath(folder)}: line ${index + 1} was changed or damaged.`, {
        remedy: 'Restore the file from a backup. Transect leaves it as it is.',
      });
    prev = event.hash;
    events.push(event);
  }
  return { events, goodBytes: end };
}

function parseLine(line: string): JobEvent | null {
  try {
    return JobEvent.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** Appends events to one job's record; each is on disk before `append` returns. */
export class JobRecord {
  readonly #folder: string;
  readonly #jobId: JobId;
  #seq: number;
  #prev: string;
  #bytes: number;

  constructor(folder: string, jobId: JobId, reading?: RecordReading) {
    this.#folder = folder;
    this.#jobId = jobId;
    this.#seq = reading?.events.length ?? 0;
    this.#prev = reading?.events.at(-1)?.hash ?? firstPrev;
    this.#bytes = reading?.goodBytes ?? 0;
  }

  /** Size of the record in bytes after the last append. */
  get bytes(): number {
    return this.#bytes;
  }

  append(data: JobEventData, at: Date): JobEvent {
    const body = {
      v: 1 as const,
      seq: this.#seq + 1,
      at: at.toISOString(),
      jobId: this.#jobId,
      data,
      prev: this.#prev,
    };
    const text = JSON.stringify(body);
    const hash = hashOf(text);
    const line = Buffer.from(`${text.slice(0, -1)},"hash":"${hash}"}\n`);
    // Through the schema: an event that could not be read again is never written.
    const event = JobEvent.parse({ ...body, hash });
    const fresh = this.#bytes === 0;
    if (fresh) mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const fd = openSync(recordPath(this.#folder), fresh ? 'w' : 'r+', 0o600);
    try {
      // Cuts off a torn line that a crash or a full disk left behind.
      ftruncateSync(fd, this.#bytes);
      writeAll(fd, line, this.#bytes);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (fresh) {
      syncFolder(this.#folder);
      syncFolder(dirname(this.#folder));
    }
    this.#seq = event.seq;
    this.#prev = event.hash;
    this.#bytes += line.length;
    return event;
  }
}
