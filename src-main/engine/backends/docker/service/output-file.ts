import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { ServicePiece } from '../../../../../src-shared/service-protocol.ts';
import { serviceLine, serviceOutputBytes, servicePiece } from '../../../../../src-shared/service-protocol.ts';

/** Enough to hold the last piece: container engines cut lines at 16 KiB. */
const lastBytes = 256 * 1024;

/** Stands for the time of a line of our own, which no piece has. */
const noTime = '1970-01-01T00:00:00.000000000Z';

/**
 * The file in which an engine takes down what a service prints. The time of each piece stands in it, so that another engine
 * goes on where this one stopped, with no piece missing and none twice.
 */
export class OutputFile {
  readonly #file: FileHandle;
  #bytes: number;
  /** Time of the last piece, and how many of that very time there are. */
  #last: string | null;
  #alike: number;
  /** How many pieces of the last time are still to be passed over. */
  #toSkip = 0;

  private constructor(file: FileHandle, bytes: number, last: string | null, alike: number) {
    this.#file = file;
    this.#bytes = bytes;
    this.#last = last;
    this.#alike = alike;
  }

  /** Opens it, and cuts off a line that a killed engine left unfinished. */
  static async open(path: string): Promise<OutputFile> {
    // The supervising worker may write beside it: what is no plain file is not ours.
    const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size } = await file.stat();
    const from = Math.max(0, size - lastBytes);
    const tail = Buffer.alloc(size - from);
    await file.read(tail, 0, tail.length, from);
    const end = from + tail.lastIndexOf(0x0a) + 1;
    await file.truncate(end);
    const times = tail
      .subarray(0, end - from)
      .toString('utf8')
      .split('\n')
      .flatMap((line) => servicePiece(line)?.at ?? [])
      .filter((at) => at !== noTime);
    const last = times.at(-1) ?? null;
    return new OutputFile(file, end, last, times.filter((at) => at === last).length);
  }

  /** From where on pieces are still needed; null: from the beginning. Those of that very time come again. */
  resumeAfter(): string | null {
    this.#toSkip = this.#alike;
    return this.#last;
  }

  get isFull(): boolean {
    return this.#bytes >= serviceOutputBytes;
  }

  /** Takes down pieces in their order; those that are there already are passed over. */
  async append(pieces: readonly ServicePiece[]): Promise<void> {
    const before = this.#last;
    const fresh = pieces.filter(({ at }) => this.#isFresh(at));
    const [first] = fresh;
    if (first === undefined) return;
    // What was there before should have come again: the container engine no longer had it, and what followed it.
    if (this.#toSkip > 0 && before !== null && first.at > before) {
      this.#toSkip = 0;
      await this.#note('[some output was lost here: nobody took it down in time]');
    }
    await this.#write(fresh.map(serviceLine).join(''));
  }

  /** Takes down the end of an output that was too much: what is not there yet, and that something is missing before it. */
  async appendEnd(pieces: readonly ServicePiece[]): Promise<void> {
    const last = this.#last;
    const later = last === null ? pieces : pieces.filter(({ at }) => at > last);
    if (later.length === pieces.length)
      await this.#note('[more was printed than is kept: what stands between here and the last lines was left out]');
    await this.#write(later.map(serviceLine).join(''));
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** A line of our own. */
  #note(text: string): Promise<void> {
    return this.#write(serviceLine({ at: noTime, stream: 'out', whole: true, text }));
  }

  async #write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    await this.#file.write(bytes, 0, bytes.length, this.#bytes);
    this.#bytes += bytes.length;
  }

  #isFresh(at: string): boolean {
    if (this.#last !== null && at < this.#last) return false;
    if (at === this.#last && this.#toSkip > 0) {
      this.#toSkip -= 1;
      return false;
    }
    this.#alike = at === this.#last ? this.#alike + 1 : 1;
    this.#last = at;
    return true;
  }
}
