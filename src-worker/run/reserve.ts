import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Enough for the documents of a run that failed. */
const reserveBytes = 65_536;

/** Room on the disk that is held from the start of a run, so that its end can be told even when the disk is full. */
export class Reserve {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, '.reserve');
  }

  /** Writes the ballast. @throws the system's error when there is no room; nothing is left then */
  async hold(): Promise<void> {
    try {
      await using file = await open(this.#path, 'w');
      // Not zeros: a disk that compresses would hold nothing.
      const noise = Uint32Array.from({ length: reserveBytes / 4 }, (_, i) => Math.imul(i + 1, 2_654_435_761));
      await file.writeFile(new Uint8Array(noise.buffer));
      await file.sync();
    } catch (cause) {
      await this.release();
      throw cause;
    }
  }

  async release(): Promise<void> {
    await rm(this.#path, { force: true }).catch(() => undefined);
  }
}
