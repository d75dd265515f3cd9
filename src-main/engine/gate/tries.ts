/** Does several things of which none must keep the others from being done. */
export class Tries {
  readonly #failures: unknown[] = [];

  do(work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.#failures.push(cause);
    }
  }

  /** @throws what failed first, if anything did */
  end(): void {
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}
