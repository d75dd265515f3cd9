import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../src-shared/errors.ts';
import type { Artefact, JobState, Progress, Validity } from '../../src-shared/job.ts';
import { maskSecrets } from '../../src-shared/task/secrets.ts';
import type { WorkerEvent } from '../../src-shared/worker-protocol.ts';
import { workerFiles } from '../../src-shared/worker-protocol.ts';

export type LogLevel = 'info' | 'warn' | 'error';

type EventBody<E = WorkerEvent> = E extends WorkerEvent ? Omit<E, 'seq' | 'at'> : never;

const longestMessage = 4_000;

/**
 * logs.txt and events.ndjson of a run. Every line is written at once, so that what was said before a crash is on disk.
 * A failing disk must not throw into whoever logs: `onFailure` hears of it once.
 */
export class Journal {
  readonly #logs: number;
  readonly #events: number;
  readonly #onFailure: (cause: unknown) => void;
  readonly #echo: (line: string) => void;
  #seq = 0;
  #failed = false;

  constructor(folder: string, echo: (line: string) => void, onFailure: (cause: unknown) => void) {
    this.#logs = openSync(join(folder, workerFiles.logs), 'a');
    this.#events = openSync(join(folder, workerFiles.events), 'a');
    this.#echo = echo;
    this.#onFailure = onFailure;
  }

  log(level: LogLevel, text: string): void {
    const message = oneLine(text);
    const line = `${new Date().toISOString()} ${level.toUpperCase().padEnd(5)} ${message}\n`;
    this.#write(this.#logs, line);
    this.#echo(line);
    this.#event({ type: 'log', level, message });
  }

  state(state: JobState, validity: Validity[]): void {
    this.#event({ type: 'state', state, validity });
  }

  progress(progress: Progress): void {
    this.#event({ type: 'progress', progress });
  }

  artefact(artefact: Artefact): void {
    this.#event({ type: 'artefact', artefact });
  }

  close(): void {
    closeSync(this.#logs);
    closeSync(this.#events);
  }

  #event(body: EventBody): void {
    this.#seq += 1;
    this.#write(this.#events, `${JSON.stringify({ seq: this.#seq, at: new Date().toISOString(), ...body })}\n`);
  }

  #write(file: number, line: string): void {
    try {
      const bytes = Buffer.from(line);
      const written = writeSync(file, bytes);
      if (written === bytes.length) return;
      // A disk that has just filled up takes a part: half a line would spoil the next one.
      ftruncateSync(file, fstatSync(file).size - written);
      throw new AppError('storage', 'The disk is full: a line of the journal could not be written.', {
        remedy: 'Free some space and run it again.',
      });
    } catch (cause) {
      if (this.#failed) return;
      this.#failed = true;
      this.#onFailure(cause);
    }
  }
}

/** One masked line: control characters would let a hostile name forge log lines or drive a terminal. */
function oneLine(text: string): string {
  const plain = maskSecrets(text)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return plain.length > longestMessage ? `${plain.slice(0, longestMessage)}…` : plain;
}
