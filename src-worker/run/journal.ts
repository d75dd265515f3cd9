import type { Artefact, JobState, Progress, Validity } from '../../src-shared/job.ts';
import { maskSecrets } from '../../src-shared/task/secrets.ts';
import type { WorkerEvent } from '../../src-shared/worker-protocol.ts';
import { workerFiles } from '../../src-shared/worker-protocol.ts';
import type { Caps } from './capped-file.ts';
import { CappedFile } from './capped-file.ts';
import { runTime } from './run-time.ts';

export type LogLevel = 'info' | 'warn' | 'error';

type EventBody<E = WorkerEvent> = E extends WorkerEvent ? Omit<E, 'seq' | 'at'> : never;

const longestMessage = 4_000;

export interface JournalParts {
  /** Prints a line for whoever started the worker without a folder to look into. */
  readonly echo: (line: string) => void;
  /** Hears once that the journal could not be written. */
  readonly onFailure: (cause: unknown) => void;
  /** Takes the run's secrets out of a text. */
  readonly mask: (text: string) => string;
  readonly caps?: Caps;
}

/**
 * logs.txt and events.ndjson of a run. Every line is written at once, so that what was said before a crash is on disk. Both
 * are bounded: of very much they keep the beginning and the end. A failing disk must not throw into whoever logs.
 */
export class Journal {
  readonly #logs: CappedFile;
  readonly #events: CappedFile;
  readonly #parts: JournalParts;
  #seq = 0;
  /** Of the first event that was not written into the head: where something is left out, that event is. */
  #heldSeq = 0;
  #failed = false;

  constructor(folder: string, parts: JournalParts) {
    const { caps } = parts;
    this.#parts = parts;
    const logWords = {
      held: () => logLine('warn', heldWords),
      cut: (...cut: Cut) => logLine('warn', cutWords(...cut)),
    };
    this.#logs = new CappedFile(folder, workerFiles.logs, logWords, caps);
    const warning = (seq: number, message: string) => eventLine(seq, { type: 'log', level: 'warn', message });
    const eventWords = {
      held: () => {
        // The event that found no room gives its number to this line and takes the next: numbers only rise.
        const seq = this.#seq;
        this.#seq += 1;
        this.#heldSeq = this.#seq;
        return warning(seq, heldWords);
      },
      cut: (...cut: Cut) => warning(this.#heldSeq, cutWords(...cut)),
    };
    this.#events = new CappedFile(folder, workerFiles.events, eventWords, caps);
  }

  log(level: LogLevel, text: string): void {
    const message = oneLine(this.#parts.mask(text));
    const line = logLine(level, message);
    const echoed = this.#logs.inHead;
    this.#guarded(() => this.#logs.append(() => line));
    if (echoed) this.#parts.echo(line);
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

  /** Brings what was held back into the files. Called when the run's last line is written, before its final status. */
  finish(): void {
    this.#guarded(() => this.#logs.finish());
    this.#guarded(() => this.#events.finish());
  }

  close(): void {
    this.finish();
    this.#logs.close();
    this.#events.close();
  }

  #event(body: EventBody): void {
    this.#seq += 1;
    this.#guarded(() => this.#events.append(() => eventLine(this.#seq, body)));
  }

  #guarded(write: () => void): void {
    try {
      write();
    } catch (cause) {
      if (this.#failed) return;
      this.#failed = true;
      this.#parts.onFailure(cause);
    }
  }
}

const heldWords =
  'There is very much to say: what follows is held back, and its last part stands here when the run has ended.';

type Cut = readonly [lines: number, bytes: number];

function cutWords(lines: number, bytes: number): string {
  return `${lines} lines (${bytes} bytes) were left out here.`;
}

function logLine(level: LogLevel, message: string): string {
  return `${runTime().toISOString()} ${level.toUpperCase().padEnd(5)} ${message}\n`;
}

function eventLine(seq: number, body: EventBody): string {
  return `${JSON.stringify({ seq, at: runTime().toISOString(), ...body })}\n`;
}

/** One masked line: control characters would let a hostile name forge log lines or drive a terminal. */
function oneLine(text: string): string {
  const plain = maskSecrets(text)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return plain.length > longestMessage ? `${plain.slice(0, longestMessage)}…` : plain;
}
