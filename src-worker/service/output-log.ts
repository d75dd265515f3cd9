import type { Artefact } from '../../src-shared/job.ts';
import { join } from 'node:path';
import { mediaTypeOf } from '../../src-shared/media-types.ts';
import { serviceLog } from '../../src-shared/service-protocol.ts';
import { CappedFile } from '../run/capped-file.ts';
import { sha256OfFile } from '../run/sha256.ts';

/** Lines that the report shows. */
const shownLines = 40;
const shownLetters = 300;
const caps = { headBytes: 8 * 1_048_576, segmentBytes: 2 * 1_048_576 };

/** `output.log`: what a service printed, word for word but for secrets. It keeps its beginning and its end. */
export class OutputLog {
  readonly #folder: string;
  readonly #file: CappedFile;
  readonly #last: string[] = [];
  #lines = 0;

  constructor(folder: string) {
    this.#folder = folder;
    const words = {
      held: () => '[there is very much output: what follows is held back, and its last part stands here at the end]\n',
      cut: (lines: number, bytes: number) => `[${lines} lines (${bytes} bytes) were left out here]\n`,
    };
    this.#file = new CappedFile(folder, serviceLog, words, caps);
  }

  get lines(): number {
    return this.#lines;
  }

  /** The last lines, shortened, for the report. */
  get last(): readonly string[] {
    return this.#last;
  }

  append(line: string): void {
    this.#file.append(() => `${line}\n`);
    this.#lines += 1;
    this.#last.push(line.length > shownLetters ? `${line.slice(0, shownLetters)}…` : line);
    if (this.#last.length > shownLines) this.#last.shift();
  }

  /** Closes the file and gives it as an artefact. */
  async finish(): Promise<Artefact> {
    this.#file.finish();
    this.#file.close();
    return {
      path: serviceLog,
      ...(await sha256OfFile(join(this.#folder, serviceLog))),
      mediaType: mediaTypeOf(serviceLog),
    };
  }
}
