import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { Artefact } from '../../src-shared/job.ts';
import { mediaTypeOf } from '../../src-shared/media-types.ts';
import { temporaryPath } from './atomic-write.ts';
import { sha256, sha256OfFile } from './sha256.ts';

/** More files than any analysis writes over as many items as a task may ask for, and no more than a folder can bear. */
const mostFiles = 20_000;

/** Where an analysis puts its artefacts. Every file is whole when it appears, hashed, and counted against the limit. */
export class Outputs {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  readonly #announce: (artefact: Artefact) => void;
  readonly #paths = new Set<string>();
  #bytes = 0;

  constructor(folder: string, maxBytes: number, announce: (artefact: Artefact) => void, maxFiles = mostFiles) {
    this.#maxFiles = maxFiles;
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#announce = announce;
  }

  /** Writes a small file. `path` is relative, such as `tables/items.csv`, made of names from `FileNames` or constants. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#count(path, bytes.length);
    const place = this.#place(path);
    await makeFolder(dirname(place));
    await writeFile(temporaryPath(place), bytes, { flush: true });
    await rename(temporaryPath(place), place);
    this.#announce({ path, bytes: bytes.length, sha256: sha256(bytes), mediaType: mediaTypeOf(path) });
  }

  /** Lets `make` write a large file at the path it is given, then takes it in. A file that fails is removed. */
  async add<T>(path: string, make: (absolutePath: string) => Promise<T>): Promise<T> {
    const place = this.#place(path);
    await makeFolder(dirname(place));
    try {
      const made = await make(place);
      this.#count(path, (await stat(place)).size);
      this.#announce({ path, ...(await sha256OfFile(place)), mediaType: mediaTypeOf(path) });
      return made;
    } catch (cause) {
      await rm(place, { force: true });
      throw cause;
    }
  }

  #place(path: string): string {
    if (this.#paths.has(path)) throw new AppError('internal', `The output ${path} was written twice.`);
    if (!/^(figures|tables|maps)\/[A-Za-z0-9][A-Za-z0-9._-]*$/.test(path))
      throw new AppError('internal', `The output path ${path} is not plain.`);
    if (this.#paths.size === this.#maxFiles)
      throw new AppError('over_limit', `This run would write more than ${this.#maxFiles} files.`, {
        remedy: 'Choose fewer items, or divide the task.',
        details: { limit: 'files', allowed: this.#maxFiles },
      });
    this.#paths.add(path);
    return join(this.#folder, path);
  }

  #count(path: string, bytes: number): void {
    const asked = this.#bytes + bytes;
    if (asked > this.#maxBytes)
      throw new AppError(
        'over_limit',
        `Writing ${path} would bring the outputs to ${asked} bytes; limits.max_output_bytes allows ${this.#maxBytes}.`,
        {
          remedy: 'Choose a smaller area, fewer items or a coarser grid, or raise limits.max_output_bytes in the task.',
          details: { limit: 'max_output_bytes', asked, allowed: this.#maxBytes },
        },
      );
    this.#bytes = asked;
  }
}
