import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** Compressed tiles in a temporary file, found again by their number; the last write of a number counts. */
export class TileSpool {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #offsets: Float64Array;
  readonly #lengths: Uint32Array;
  #end = 0;

  private constructor(file: FileHandle, path: string, tiles: number) {
    this.#file = file;
    this.#path = path;
    this.#offsets = new Float64Array(tiles);
    this.#lengths = new Uint32Array(tiles);
  }

  static async open(path: string, tiles: number): Promise<TileSpool> {
    return new TileSpool(await open(path, 'w+', 0o600), path, tiles);
  }

  /** Bytes of a tile, 0 when it was never written. */
  length(tile: number): number {
    return this.#lengths[tile] ?? 0;
  }

  async write(tile: number, bytes: Uint8Array): Promise<void> {
    const offset = this.#end;
    this.#end += bytes.length;
    await writeFully(this.#file, bytes, offset);
    this.#offsets[tile] = offset;
    this.#lengths[tile] = bytes.length;
  }

  async read(tile: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(this.length(tile));
    const offset = this.#offsets[tile] ?? 0;
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, offset + done);
      if (bytesRead === 0) throw new Error(`${this.#path} was cut while it was in use`);
      done += bytesRead;
    }
    return bytes;
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}

/** Writes all bytes at a position; a single write may stop short. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
