import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../../../src-shared/errors.ts';
import { writeFully } from '../../raster/cog/tile-spool.ts';

/**
 * Observations of one part of a grid in a temporary file: a slot for each layer of each scene, NaN where there is none. Scenes
 * are then read once however many they are, and memory holds only the rows that are being reduced.
 */
export class StackSpool {
  readonly #file: FileHandle;
  readonly #path: string;
  #pixels = 0;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  static async open(path: string): Promise<StackSpool> {
    return new StackSpool(await open(path, 'w+', 0o600), path);
  }

  /** Begins anew with slots of so many pixels. */
  begin(pixels: number): void {
    this.#pixels = pixels;
  }

  /** Stores the valid values of a slot; the others become NaN in `data` too. */
  async write(slot: number, data: Float64Array, valid: ArrayLike<number>): Promise<void> {
    for (let i = 0; i < data.length; i += 1) if (valid[i] !== 1) data[i] = NaN;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    await writeFully(this.#file, bytes, slot * this.#pixels * 8);
  }

  /** Fills `into` with the pixels of a slot from `first` on. */
  async read(slot: number, first: number, into: Float64Array): Promise<void> {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    const position = (slot * this.#pixels + first) * 8;
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, position + done);
      if (bytesRead === 0) throw new AppError('internal', 'The spool of observations was cut while it was in use.');
      done += bytesRead;
    }
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}
