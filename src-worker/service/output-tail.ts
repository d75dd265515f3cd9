import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { servicePiece } from '../../src-shared/service-protocol.ts';

/** Bytes that are read at once. */
const pieceBytes = 256 * 1024;
/** A line that is longer is passed on in parts. */
const longestLine = 16_384;

/** Follows the file in which the engine puts what a service prints, and gives it line by line. */
export class OutputTail {
  readonly #path: string;
  readonly #onLine: (line: string, stream: 'out' | 'err') => void;
  readonly #decoder = new StringDecoder('utf8');
  readonly #unfinished = { out: '', err: '' };
  #file: FileHandle | null = null;
  #offset = 0;
  #rest = '';

  constructor(path: string, onLine: (line: string, stream: 'out' | 'err') => void) {
    this.#path = path;
    this.#onLine = onLine;
  }

  /** Passes on what has come since the last time, at most `most` bytes. False when there was nothing. */
  async read(most = 4 * 1_048_576): Promise<boolean> {
    this.#file ??= await open(this.#path, 'r').catch(() => null);
    if (this.#file === null) return false;
    const begun = this.#offset;
    const buffer = Buffer.allocUnsafe(pieceBytes);
    while (this.#offset - begun < most) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#offset);
      if (bytesRead === 0) break;
      this.#offset += bytesRead;
      const lines = (this.#rest + this.#decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#piece(line);
    }
    return this.#offset > begun;
  }

  /** Passes on what is left: the last line need not have an end. */
  async finish(): Promise<void> {
    while (await this.read());
    for (const stream of ['out', 'err'] as const) this.#flush(stream);
    await this.#file?.close();
    this.#file = null;
  }

  #piece(line: string): void {
    const piece = servicePiece(line);
    if (piece === null) return;
    const { stream, whole, text } = piece;
    this.#unfinished[stream] += text;
    if (whole) this.#onLine(this.#taken(stream), stream);
    else if (this.#unfinished[stream].length > longestLine) this.#flush(stream);
  }

  #flush(stream: 'out' | 'err'): void {
    const line = this.#taken(stream);
    if (line !== '') this.#onLine(line, stream);
  }

  #taken(stream: 'out' | 'err'): string {
    const text = this.#unfinished[stream];
    this.#unfinished[stream] = '';
    return text;
  }
}
