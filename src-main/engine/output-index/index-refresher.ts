import type { Logger } from 'pino';
import type { DataRoot } from '../../client/data-root.ts';
import { writeOutputIndex } from './write-output-index.ts';

/** Keeps `outputs/index.html` current: requests that come while it is being written are served by one more writing. */
export class IndexRefresher {
  readonly #root: DataRoot;
  readonly #log: Logger;
  #writing: Promise<void> = Promise.resolve();
  #waiting = false;

  constructor(root: DataRoot, log: Logger) {
    this.#root = root;
    this.#log = log;
  }

  request(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#writing = this.#writing.then(async () => {
      this.#waiting = false;
      try {
        await writeOutputIndex(this.#root);
      } catch (cause) {
        this.#log.error({ cause }, 'outputs/index.html could not be written');
      }
    });
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#writing;
  }
}
