import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Python of the test environment, or null where it was not set up. */
export const python = [join(import.meta.dirname, '../../.cache/venv/bin/python')].find(existsSync) ?? null;

/** Milliseconds of each of some runs of `work`. */
export async function times(runs: number, work: (run: number) => unknown): Promise<number[]> {
  const taken: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await work(run);
    taken.push(performance.now() - start);
  }
  return taken;
}

/** The best of some runs, ms. */
export async function best(runs: number, work: (run: number) => unknown): Promise<number> {
  return Math.min(...(await times(runs, work)));
}

/** The middle of some values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** A value with at most this many decimals. */
export function round(value: number, decimals = 0): number {
  return Number(value.toFixed(decimals));
}

/** Our time over a peer's: below 1 we are faster. Null without a peer. */
export function ratio(own: number, other: number | undefined): number | null {
  return other === undefined ? null : round(own / other, 2);
}
