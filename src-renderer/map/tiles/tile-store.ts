/** What is kept of a tile; `free` gives its memory back. */
export interface Stored<T> {
  readonly value: T;
  readonly bytes: number;
  readonly free: () => void;
}

/** Tiles of all layers by key, bounded in bytes: the least recently used go first, but none that is in use. */
export class TileStore<T> {
  readonly maxBytes: number;
  readonly #tiles = new Map<string, Stored<T>>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(key: string): boolean {
    return this.#tiles.has(key);
  }

  /** The tile, which counts as used now. */
  get(key: string): T | undefined {
    const tile = this.#tiles.get(key);
    if (tile === undefined) return undefined;
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    return tile.value;
  }

  /** Keeps a tile and drops others until the rest fits; `isNeeded` tells which may not go. */
  set(key: string, tile: Stored<T>, isNeeded: (key: string) => boolean): void {
    this.delete(key);
    this.#tiles.set(key, tile);
    this.#bytes += tile.bytes;
    for (const old of [...this.#tiles.keys()]) {
      if (this.#bytes <= this.maxBytes) break;
      if (old !== key && !isNeeded(old)) this.delete(old);
    }
  }

  delete(key: string): void {
    const tile = this.#tiles.get(key);
    if (tile === undefined) return;
    this.#tiles.delete(key);
    this.#bytes -= tile.bytes;
    tile.free();
  }

  deleteAll(prefix = ''): void {
    for (const key of [...this.#tiles.keys()]) if (key.startsWith(prefix)) this.delete(key);
  }
}
