import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerStatus } from '../../src-shared/worker-protocol.ts';
import { heartbeatMs, workerFiles } from '../../src-shared/worker-protocol.ts';
import { jsonText, writeAtomic } from './atomic-write.ts';
import { runTime } from './run-time.ts';

/** status.json: rewritten at every beat of the heart and for the last time at the end. */
export class StatusFile {
  readonly #path: string;
  readonly #onFailure: (cause: unknown) => void;
  #status: WorkerStatus;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string, first: WorkerStatus, onFailure: (cause: unknown) => void) {
    this.#path = join(folder, workerFiles.status);
    this.#status = first;
    this.#onFailure = onFailure;
  }

  get status(): WorkerStatus {
    return this.#status;
  }

  /** Writes the first status; throws if that fails. Then it keeps the heart beating. */
  async start(): Promise<void> {
    await writeAtomic(this.#path, jsonText(this.#status));
    this.#timer = setInterval(() => {
      this.#writing = this.#writing
        .then(() => this.#write({ heartbeatAt: runTime().toISOString() }))
        .catch(this.#onFailure);
    }, heartbeatMs);
  }

  /** Noted now, written with the next heartbeat. */
  note(change: Partial<WorkerStatus>): void {
    this.#status = { ...this.#status, ...change };
  }

  /** Writes the last status. Nothing is written after it. */
  async end(change: Partial<WorkerStatus>): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.#write({ ...change, heartbeatAt: runTime().toISOString() }).catch(async () => {
      // A full disk: the old file's own blocks are the last place there is.
      await writeInPlace(this.#path, jsonText(this.#status));
    });
  }

  async #write(change: Partial<WorkerStatus>): Promise<void> {
    this.note(change);
    await writeAtomic(this.#path, jsonText(this.#status));
  }
}

/** Not atomic. Longer or shorter than the old text, the file ends with the new one. */
async function writeInPlace(path: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  await using file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, 0);
  await file.truncate(bytes.length);
  await file.sync();
}
