import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ByteSource } from '../../src-raster/bytes/byte-source.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { Place } from '../run/places.ts';
import { openFileSource } from './file-source.ts';
import type { KeyedStore } from './keyed-store.ts';
import { keyParts, maxObjectBytes, tooLarge } from './object-key.ts';

/** A store in a local folder. Links that lead out of the folder are refused. */
export class FolderStore implements KeyedStore {
  readonly name: string;
  readonly #folder: string;
  readonly #ctx: ReadContext;

  private constructor(folder: string, name: string, ctx: ReadContext) {
    this.#folder = folder;
    this.name = name;
    this.#ctx = ctx;
  }

  static async open(place: Place, ctx: ReadContext): Promise<FolderStore> {
    const facts = await stat(place.href).catch(() => null);
    if (facts === null)
      throw new AppError('not_found', `There is no folder ${place.name}.`, {
        remedy: 'Check the name; a relative one is relative to the task file.',
      });
    if (!facts.isDirectory())
      throw new AppError('bad_data', `${place.name} is a file, not the folder of a store.`, {
        remedy: 'Name the folder that holds the store; unpack it first when it is an archive.',
      });
    return new FolderStore(await realpath(place.href), place.name, ctx);
  }

  async get(key: string, maxBytes: number = maxObjectBytes): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#with(key, async (source) => {
      if (source.size > maxBytes) throw tooLarge(`${this.name}/${key}`, maxBytes);
      return source.read(0, source.size, this.#ctx);
    });
  }

  async getRange(key: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#with(key, (source) => source.read(offset, length, this.#ctx));
  }

  async getSuffix(key: string, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#with(key, (source) => {
      const taken = Math.min(length, source.size);
      return source.read(source.size - taken, taken, this.#ctx);
    });
  }

  async size(key: string): Promise<number | undefined> {
    return this.#with(key, (source) => Promise.resolve(source.size));
  }

  async #with<T>(key: string, work: (source: ByteSource) => Promise<T>): Promise<T | undefined> {
    const path = await this.#resolve(key);
    if (path === undefined) return undefined;
    const source = await openFileSource(path, this.#ctx).catch((cause: unknown) => {
      if (cause instanceof AppError && cause.code === 'not_found') return undefined;
      throw this.#named(cause);
    });
    if (source === undefined) return undefined;
    try {
      return await work(source);
    } catch (cause) {
      throw this.#named(cause);
    } finally {
      await source.close();
    }
  }

  /** The real path of an object, or undefined where there is none or only a folder. */
  async #resolve(key: string): Promise<string | undefined> {
    const path = join(this.#folder, ...keyParts(key, this.name));
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || (await stat(real)).isDirectory()) return undefined;
    if (real.startsWith(this.#folder + sep)) return real;
    throw new AppError('denied', `${this.name}/${key} is a link to a file outside of its store.`, {
      remedy: 'Copy the store with the files its links point to.',
    });
  }

  /** The same error with the store's public name in place of its path. */
  #named(cause: unknown): unknown {
    if (!(cause instanceof AppError)) return cause;
    return AppError.fromData({
      ...cause.toData(),
      message: cause.message.replaceAll(this.#folder, this.name),
    });
  }
}
