import type { AbsolutePath, AsyncReadable, RangeQuery } from 'zarrita';
import { AppError } from '../../src-shared/errors.ts';
import type { KeyedStore } from '../io/keyed-store.ts';
import { IndexCache } from './index-cache.ts';
import { parseMetadata } from './json.ts';

/** No metadata document is longer; consolidated ones of thousands of arrays come near. */
const maxMetadataBytes = 64 * 1_048_576;

/** A keyed store as zarrita reads it. Metadata are fetched once, and the absence of them is remembered too. */
export class KeyedReadable implements AsyncReadable {
  readonly store: KeyedStore;
  readonly #maxChunkBytes: number;
  readonly #startIndexed = new Set<string>();
  readonly #indexes = new IndexCache();
  readonly #metadata = new Map<string, Uint8Array | undefined>();

  readonly #isServer: boolean;
  /** The first metadata that a server refused: buckets that may not be listed refuse what they do not have. */
  refused: AppError | null = null;

  /** @param maxChunkBytes the longest object that is taken for a chunk */
  constructor(store: KeyedStore, maxChunkBytes: number, isServer: boolean) {
    this.store = store;
    this.#maxChunkBytes = maxChunkBytes;
    this.#isServer = isServer;
  }

  async get(key: AbsolutePath): Promise<Uint8Array | undefined> {
    if (!/\/(zarr\.json|\.zarray|\.zattrs|\.zgroup|\.zmetadata)$/.test(key))
      return this.store.get(key, this.#maxChunkBytes);
    if (!this.#metadata.has(key)) {
      const bytes = await this.#document(key);
      const json = bytes === undefined ? undefined : parseMetadata(bytes);
      this.#metadata.set(key, json === undefined ? bytes : new TextEncoder().encode(JSON.stringify(json)));
    }
    return this.#metadata.get(key);
  }

  async #document(key: string): Promise<Uint8Array | undefined> {
    return this.store.get(key, maxMetadataBytes).catch((cause: unknown) => {
      if (!this.#isServer || !(cause instanceof AppError) || cause.code !== 'denied') throw cause;
      this.refused ??= cause;
      return undefined;
    });
  }

  /** Says that the shards of an array have their index in front: zarrita asks for the last bytes whatever the metadata say. */
  indexesAtStart(path: string): void {
    this.#startIndexed.add(`/${path}/`);
  }

  async getRange(key: AbsolutePath, range: RangeQuery): Promise<Uint8Array | undefined> {
    return 'suffixLength' in range
      ? this.index(key, range.suffixLength)
      : this.store.getRange(key, range.offset, range.length);
  }

  /** The index of a shard, which is fetched once while it is kept. */
  async index(key: string, length: number): Promise<Uint8Array | undefined> {
    return this.#indexes.get(key, length, () => {
      const atStart = [...this.#startIndexed].some((prefix) => key.startsWith(prefix));
      return atStart ? this.store.getRange(key, 0, length) : this.store.getSuffix(key, length);
    });
  }

  /** How often an index was let go: what else remembers indexes should then forget them too. */
  get droppedIndexes(): number {
    return this.#indexes.dropped;
  }
}
