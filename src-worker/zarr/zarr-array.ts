import type { Array as Reader, DataType, Readable } from 'zarrita';
import { AppError } from '../../src-shared/errors.ts';
import type { NumberType } from './dtype.ts';
import { bytesOf } from './dtype.ts';
import { indexCacheBytes, keptBytes } from './index-cache.ts';
import type { KeyedReadable } from './keyed-readable.ts';
import type { ArrayFacts } from './metadata.ts';
import { withoutChecksum } from './crc32c.ts';
import { reason } from './reason.ts';

/** The values of one chunk as stored, whole also at the array's edge: that of an index is at the sum of index * stride. */
export interface ChunkValues {
  readonly data: ArrayLike<number>;
  readonly stride: readonly number[];
}

/** Makes zarrita's array, which remembers every shard index it saw, afresh. */
type Opening = () => Promise<Reader<DataType, Readable>>;

/** An array of numbers in a store. */
export class ZarrArray {
  readonly path: string;
  readonly facts: ArrayFacts & { readonly dtype: NumberType };
  readonly #storeName: string;
  readonly #open: Opening;
  #reader: ReturnType<Opening>;
  /** Indexes that had been let go when the reader was made. */
  #dropped: number;
  readonly #objects: KeyedReadable;

  private constructor(
    storeName: string,
    path: string,
    facts: ArrayFacts & { readonly dtype: NumberType },
    open: Opening,
    objects: KeyedReadable,
  ) {
    this.#storeName = storeName;
    this.path = path;
    this.facts = facts;
    this.#open = open;
    this.#reader = open();
    this.#objects = objects;
    this.#dropped = objects.droppedIndexes;
  }

  /** @throws what zarrita throws where its metadata say what it does not understand */
  static async open(
    storeName: string,
    path: string,
    facts: ArrayFacts & { readonly dtype: NumberType },
    open: Opening,
    objects: KeyedReadable,
  ): Promise<ZarrArray> {
    const array = new ZarrArray(storeName, path, facts, open, objects);
    await array.#reader;
    return array;
  }

  /** Values of a chunk. */
  get chunkValues(): number {
    return this.facts.chunks.reduce((product, side) => product * side, 1);
  }

  /** Bytes that reading a chunk takes: packed, unpacked, and as numbers. */
  get chunkBytes(): number {
    const { dtype } = this.facts;
    const asNumbers = dtype === 'int64' || dtype === 'uint64' ? 8 : 0;
    return this.chunkValues * (2 * bytesOf(dtype) + asNumbers);
  }

  /** Bytes that shard indexes take at most, once as kept and once as zarrita has them; 0 without shards. */
  get indexBytes(): number {
    const { index, shards, shape } = this.facts;
    if (index === null || shards === null) return 0;
    const objects = shards.reduce((product, side, axis) => product * Math.ceil((shape[axis] ?? 0) / side), 1);
    return 2 * Math.max(keptBytes(index), Math.min(indexCacheBytes, objects * keptBytes(index)));
  }

  /** Reads a chunk by its position in the grid of chunks. One that is not stored holds the fill value. */
  async chunk(position: readonly number[]): Promise<ChunkValues> {
    const { data, stride } = await this.#decode(position);
    const wanted = this.chunkValues;
    const { length } = data as { length: number };
    if (length !== wanted) throw this.#damaged(position, `it has ${length} values instead of ${wanted}`);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array)
      return { data: Float64Array.from(data, Number), stride };
    return { data: data as unknown as ArrayLike<number>, stride };
  }

  /** Key of the object that holds a chunk, below the store. */
  objectOf(position: readonly number[]): string {
    const { shards, chunks, keyOf } = this.facts;
    const object =
      shards === null
        ? position
        : position.map((at, axis) => Math.floor((at * (chunks[axis] ?? 1)) / (shards[axis] ?? 1)));
    return [...this.path.split('/').filter((part) => part !== ''), keyOf(object)].join('/');
  }

  /** Bytes of an object of the store; undefined where there is none. */
  async sizeOf(key: string): Promise<number | undefined> {
    return this.#objects.store.size(key);
  }

  /**
   * How many of some chunks of the shard that holds `first` are stored, and their bytes, from its index. Null when the index
   * is packed in a way that is not understood here.
   */
  async storedInShard(
    first: readonly number[],
    positions: Iterable<readonly number[]>,
  ): Promise<{ readonly chunks: number; readonly bytes: number } | null> {
    const { index, shards, chunks } = this.facts;
    if (index === null || index.bytes === null || shards === null) return null;
    const bytes = await this.#objects.index(`/${this.objectOf(first)}`, index.bytes);
    const stored = { chunks: 0, bytes: 0 };
    if (bytes === undefined) return stored;
    const content = index.bytes % 16 === 4 ? withoutChecksum(bytes) : bytes;
    const table = new DataView(content.buffer, content.byteOffset, content.byteLength);
    for (const position of positions) {
      const at = position.reduce((sum, one, axis) => {
        const across = (shards[axis] ?? 1) / (chunks[axis] ?? 1);
        return sum * across + (one % across);
      }, 0);
      const length = table.getBigUint64(at * 16 + 8, true);
      if (length === 0xffff_ffff_ffff_ffffn) continue;
      stored.chunks += 1;
      stored.bytes += Number(length);
    }
    return stored;
  }

  async #decode(position: readonly number[]) {
    try {
      if (this.#dropped !== this.#objects.droppedIndexes) {
        this.#dropped = this.#objects.droppedIndexes;
        this.#reader = this.#open();
      }
      const reader = await this.#reader;
      return await reader.getChunk([...position]);
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      if (cause instanceof Error && cause.cause instanceof AppError) throw cause.cause;
      throw this.#damaged(position, reason(cause), cause);
    }
  }

  #damaged(position: readonly number[], why: string, cause?: unknown): AppError {
    const unknown = /^Unknown codec: (.*)$/.exec(why)?.[1];
    return new AppError(
      'bad_data',
      unknown === undefined
        ? `A chunk of ${this.#storeName} can’t be read: ${this.objectOf(position)} (${why}).`
        : `The array ${this.path} of ${this.#storeName} is compressed with ${unknown}, which is not read.`,
      {
        remedy:
          unknown === undefined
            ? 'The store was not fully copied, or is damaged. Fetch it again.'
            : 'Write it again with blosc, zstd, gzip or lz4, for example with xarray: ds.to_zarr(path, encoding={name: {"compressors": …}}).',
        cause,
      },
    );
  }
}
