import { RunningStats } from './stats.ts';

/** Statistics that also count how often each value occurs; for the classes of palette rasters (uint8 or uint16). */
export class ClassCounts extends RunningStats {
  readonly #counts = new Map<number, number>();

  override add(data: ArrayLike<number>, valid?: ((value: number) => boolean) | ArrayLike<number>): void {
    super.add(data, valid);
    for (let i = 0; i < data.length; i += 1) {
      const value = data[i] ?? NaN;
      if (typeof valid === 'function' ? !valid(value) : valid?.[i] === 0) continue;
      this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    }
  }

  /** [value, pixels] of every value that occurs, by value. */
  classes(): [value: number, count: number][] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }
}
