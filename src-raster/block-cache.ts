import type { PixelArray } from './types.ts';

/**
 * Decoded blocks of all open rasters together, the least recently used dropped first, so that memory is bounded by this
 * size and not by the number of rasters.
 */
export class BlockCache {
  readonly maxBytes: number;
  #bytes = 0;
  readonly #blocks = new Map<string, PixelArray>();
  readonly #ids = new WeakMap<object, number>();
  #nextId = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get(owner: object, block: number): PixelArray | undefined {
    const key = this.#key(owner, block);
    const values = this.#blocks.get(key);
    if (values !== undefined) {
      this.#blocks.delete(key);
      this.#blocks.set(key, values);
    }
    return values;
  }

  /** Keeps a block; one that alone takes more than half of the cache is not kept. */
  set(owner: object, block: number, values: PixelArray): void {
    if (values.byteLength > this.maxBytes / 2) return;
    this.#blocks.set(this.#key(owner, block), values);
    this.#bytes += values.byteLength;
    for (const [key, old] of this.#blocks) {
      if (this.#bytes <= this.maxBytes) break;
      this.#blocks.delete(key);
      this.#bytes -= old.byteLength;
    }
  }

  /** Forgets the blocks of an owner that is closed. */
  drop(owner: object): void {
    const prefix = `${this.#id(owner)}/`;
    for (const [key, values] of this.#blocks)
      if (key.startsWith(prefix)) {
        this.#blocks.delete(key);
        this.#bytes -= values.byteLength;
      }
  }

  #key(owner: object, block: number): string {
    return `${this.#id(owner)}/${block}`;
  }

  #id(owner: object): number {
    let id = this.#ids.get(owner);
    if (id === undefined) this.#ids.set(owner, (id = this.#nextId++));
    return id;
  }
}
