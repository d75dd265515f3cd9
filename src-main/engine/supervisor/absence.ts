import type { LedgerEntry } from '../../../src-shared/ledger.ts';

/** Two listings must lack what was there once, so far apart, s: one may have been made before it was complete. */
export const graceSec = 10;
/** How long after its launch is over something that was never seen may still appear, s; its bound is kept under the caps until then. */
const lateSec = 3_600;

interface Lack {
  /** When the first listing that lacked it was asked for, by the monotonic clock, ms. */
  readonly since: number;
  /** What its meter said then: what it cost, if that listing was right. */
  readonly meteredMicroUsd: number;
}

/** Remembers since when listings lack entries, and says when that means that they are gone. */
export class Absence {
  readonly #lacks = new Map<string, Lack>();

  /** Whether the last listing lacked it. */
  has(entryId: string): boolean {
    return this.#lacks.has(entryId);
  }

  seen(entryId: string): void {
    this.#lacks.delete(entryId);
  }

  /**
   * A completed listing lacks it.
   * @param askedAt when that listing was asked for, by the monotonic clock, ms
   * @param overSec how long its job has been over; null while it may still launch something
   * @returns why it is gone, in words, and what it cost; null while that is not certain
   */
  lacks(
    entry: LedgerEntry,
    askedAt: number,
    overSec: number | null,
  ): { readonly found: string; readonly meteredMicroUsd: number } | null {
    const lack = this.#lacks.get(entry.id);
    if (lack === undefined) {
      this.#lacks.set(entry.id, { since: askedAt, meteredMicroUsd: entry.meteredMicroUsd });
      return null;
    }
    if (askedAt - lack.since < graceSec * 1_000) return null;
    if (entry.resourceId !== null)
      return { found: 'Two lists of what is there lack it.', meteredMicroUsd: lack.meteredMicroUsd };
    if (overSec === null || overSec < lateSec) return null;
    return { found: 'Its launch is over, and nothing of it has appeared.', meteredMicroUsd: 0 };
  }
}
