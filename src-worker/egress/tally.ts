/** Counts the bytes that come from outside, over all connections; past the limit nothing passes any more. */
export class Tally {
  readonly #maxBytes: number;
  readonly #cuts = new Set<() => void>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get spent(): boolean {
    return this.#bytes > this.#maxBytes;
  }

  /** Adds what has come; false when it must not be passed on. Cuts every connection when that is more than is allowed. */
  add(bytes: number): boolean {
    const before = this.spent;
    this.#bytes += bytes;
    if (this.spent && !before) for (const cut of [...this.#cuts]) cut();
    return !this.spent;
  }

  /** Calls back once the limit is passed; gives the function that ends this. */
  onCut(cut: () => void): () => void {
    this.#cuts.add(cut);
    return () => this.#cuts.delete(cut);
  }
}
