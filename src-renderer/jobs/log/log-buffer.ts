/** Lines that are kept; of a longer log the oldest are let go. */
export const mostLines = 500_000;
/** Characters of a line that are kept: a longer one would stop the page. */
const longestLine = 20_000;

export type LogLevel = 'info' | 'warn' | 'error';

/** One line of a log: `2026-11-22T01:40:09.600Z INFO  message`. A line of another form is all message. */
export interface LogLine {
  readonly time: string | null;
  readonly level: LogLevel | null;
  readonly message: string;
}

/**
 * A log as it arrives, as lines. Knows the byte to go on from after a break: whole characters arrive, so their lengths in
 * UTF-8 add up to the offset, unless the file holds what is not UTF-8.
 */
export class LogBuffer {
  #lines: string[] = [];
  #rest = '';
  #nextByte = 0;
  #isExact = true;
  #dropped = 0;
  #version = 0;
  readonly #listeners = new Set<() => void>();
  readonly #encoder = new TextEncoder();

  /** Grows whenever anything changes. */
  get version(): number {
    return this.#version;
  }

  /** Lines there are to show, the one that is being written among them. */
  get length(): number {
    return this.#lines.length + (this.#rest === '' ? 0 : 1);
  }

  /** Oldest lines that were let go. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The line at an index from the oldest that is kept. */
  line(index: number): string {
    return this.#lines[index] ?? (index === this.#lines.length ? this.#rest : '');
  }

  /** Byte to ask for next. What is not UTF-8 makes it unknown: then the log begins anew. */
  resumeAt(): number {
    if (!this.#isExact) this.clear();
    return this.#nextByte;
  }

  append(piece: string): void {
    if (piece === '') return;
    this.#nextByte += this.#encoder.encode(piece).length;
    // Whatever could not be decoded arrives as this sign, and had another length.
    if (piece.includes('\ufffd')) this.#isExact = false;
    const parts = (this.#rest + piece).split('\n');
    this.#rest = cut(parts.pop() ?? '');
    for (const part of parts) this.#lines.push(cut(part));
    const extra = this.#lines.length - mostLines;
    // In large steps: each moves all that is kept.
    if (extra > mostLines / 10) {
      this.#lines = this.#lines.slice(extra);
      this.#dropped += extra;
    }
    this.#changed();
  }

  clear(): void {
    this.#lines = [];
    this.#rest = '';
    this.#nextByte = 0;
    this.#isExact = true;
    this.#dropped = 0;
    this.#changed();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All lines as one text. */
  text(): string {
    return [...this.#lines, this.#rest].join('\n');
  }

  #changed(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}

function cut(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.length <= longestLine) return text;
  return `${text.slice(0, longestLine)} … ${text.length - longestLine} more characters`;
}

const form = /^(\d{4}-\d{2}-\d{2}T[\d:.]+Z) (INFO|WARN|ERROR) {1,2}(.*)$/s;

/** Takes a line apart. */
export function parseLogLine(line: string): LogLine {
  const [, time, level, message] = form.exec(line) ?? [];
  if (time === undefined || level === undefined || message === undefined)
    return { time: null, level: null, message: line };
  return { time, level: level.toLowerCase() as LogLevel, message };
}
