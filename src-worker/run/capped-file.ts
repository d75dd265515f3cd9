import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../src-shared/errors.ts';
import { journalLimits, segmentName } from '../../src-shared/worker-protocol.ts';

export interface Caps {
  readonly headBytes: number;
  readonly segmentBytes: number;
}

/** What is said where lines are missing; each gives a whole line. */
export interface CapWords {
  /** Stands at the end of the head, once what follows is held back. */
  held(): string;
  /** Stands where lines were left out. */
  cut(lines: number, bytes: number): string;
}

interface Segment {
  readonly index: number;
  readonly fd: number;
  lines: number;
  bytes: number;
}

/**
 * A file of lines that keeps its beginning and its end. Every line is on disk when `append` returns: the beginning in the file
 * itself, what follows in segments beside it, of which the last two are kept and appended by `finish`.
 */
export class CappedFile {
  readonly #folder: string;
  readonly #name: string;
  readonly #words: CapWords;
  readonly #caps: Caps;
  readonly #main: number;
  #mainBytes = 0;
  #segment: Segment | null = null;
  /** Of all segments before the present one. */
  #earlier = { lines: 0, bytes: 0 };
  #finished = false;

  constructor(folder: string, name: string, words: CapWords, caps: Caps = journalLimits) {
    this.#folder = folder;
    this.#name = name;
    this.#words = words;
    this.#caps = caps;
    this.#main = openSync(join(folder, name), 'a');
  }

  /** Whether lines still go into the file itself. */
  get inHead(): boolean {
    return this.#segment === null;
  }

  /**
   * Appends one line. `line` is asked again when something was said before it.
   * @throws the system's error, and AppError `storage` when the disk took only a part of it
   */
  append(line: () => string): void {
    let bytes = Buffer.from(line());
    if (this.#finished || (this.#segment === null && this.#mainBytes + bytes.length <= this.#caps.headBytes)) {
      writeWhole(this.#main, bytes);
      this.#mainBytes += bytes.length;
      return;
    }
    if (this.#segment === null) {
      const segment = this.#open(0, '\n');
      writeWhole(this.#main, Buffer.from(this.#words.held()));
      this.#segment = segment;
      bytes = Buffer.from(line());
    } else if (this.#segment.bytes + bytes.length > this.#caps.segmentBytes) this.#segment = this.#next(this.#segment);
    writeWhole(this.#segment.fd, bytes);
    this.#segment.bytes += bytes.length;
    this.#segment.lines += 1;
  }

  /** Brings the kept segments into the file. What is appended after this goes there directly. */
  finish(): void {
    this.#finished = true;
    if (this.#segment === null) return;
    const { index: last, fd } = this.#segment;
    closeSync(fd);
    this.#segment = null;
    const first = Math.max(0, last - journalLimits.segments + 1);
    const paths: string[] = [];
    for (let index = first; index <= last; index += 1) paths.push(this.#path(index));
    try {
      writeWhole(this.#main, joinSegments(paths.map((path) => readFileSync(path))));
    } catch (cause) {
      // A full disk. The older segment makes room for the newer one, whose first line counts what is then missing.
      if (paths.length > 1) rmSync(paths.shift() ?? '');
      else throw cause;
      writeWhole(this.#main, joinSegments(paths.map((path) => readFileSync(path))));
    }
    for (const path of paths) rmSync(path);
  }

  close(): void {
    if (this.#segment !== null) closeSync(this.#segment.fd);
    this.#segment = null;
    closeSync(this.#main);
  }

  /** Throws before anything is given up: a disk without room for a new segment leaves the present one in use. */
  #next({ index, fd, lines, bytes }: Segment): Segment {
    const earlier = { lines: this.#earlier.lines + lines, bytes: this.#earlier.bytes + bytes };
    const next = this.#open(index + 1, this.#words.cut(earlier.lines, earlier.bytes));
    this.#earlier = earlier;
    closeSync(fd);
    rmSync(this.#path(index + 1 - journalLimits.segments), { force: true });
    return next;
  }

  #open(index: number, firstLine: string): Segment {
    const fd = openSync(this.#path(index), 'w');
    writeWhole(fd, Buffer.from(firstLine));
    return { index, fd, lines: 0, bytes: 0 };
  }

  #path(index: number): string {
    return join(this.#folder, segmentName(this.#name, index));
  }
}

/** Segments in one: the first line of the first tells of what is missing before it; the others follow on one another. */
function joinSegments(segments: readonly Buffer[]): Buffer {
  const [first = Buffer.alloc(0), ...others] = segments;
  const bodyOf = (segment: Buffer) => segment.subarray(segment.indexOf(0x0a) + 1);
  return Buffer.concat([first.at(0) === 0x0a ? bodyOf(first) : first, ...others.map(bodyOf)]);
}

/** A disk that has just filled up takes a part: half a line would spoil the next one, so it is taken back. */
function writeWhole(fd: number, bytes: Uint8Array): void {
  const written = writeSync(fd, bytes);
  if (written === bytes.length) return;
  ftruncateSync(fd, fstatSync(fd).size - written);
  throw new AppError('storage', 'The disk is full: a line of the journal could not be written.', {
    remedy: 'Free some space and run it again.',
  });
}
