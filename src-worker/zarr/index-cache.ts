import type { ShardIndex } from './metadata.ts';

/** What is kept of shard indexes. */
export const indexCacheBytes = 16 * 1_048_576;

/** A key and a place in the map, also of a shard that is not stored. */
const entryBytes = 256;

/** Bytes that one index takes in the cache. */
export function keptBytes({ bytes }: Pick<ShardIndex, 'bytes'>): number {
  return (bytes ?? 0) + entryBytes;
}

/** Indexes of shards as read; those that were used longest ago are let go when all take too much. */
export class IndexCache {
  readonly #kept = new Map<string, { readonly bytes: number; readonly index: Promise<Uint8Array | undefined> }>();
  readonly #most: number;
  #bytes = 0;
  /** How often an index was let go. */
  dropped = 0;

  /** @param most bytes of all that are kept */
  constructor(most: number = indexCacheBytes) {
    this.#most = most;
  }

  /** The index of a shard, read when it is not kept. @param length its bytes */
  async get(key: string, length: number, read: () => Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    const known = this.#kept.get(key);
    this.#kept.delete(key);
    const entry = known ?? { bytes: keptBytes({ bytes: length }), index: read() };
    this.#kept.set(key, entry);
    if (known === undefined) {
      this.#bytes += entry.bytes;
      entry.index.catch(() => {
        if (this.#kept.get(key) === entry) this.#drop(key);
      });
      this.#trim();
    }
    return entry.index;
  }

  /** The newest stays, however long it is. */
  #trim(): void {
    for (const key of this.#kept.keys()) {
      if (this.#bytes <= this.#most || this.#kept.size === 1) return;
      this.#drop(key);
      this.dropped += 1;
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
