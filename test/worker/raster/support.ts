import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ReadBudget } from '../../../src-raster/bytes/read-context.ts';
import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';
import { askPython } from '../../helpers/python.ts';

// Child processes and the browser's tests load this file too, so that nothing here needs the test runner.
export { hasOracle } from '../../helpers/python.ts';

const root = resolve(import.meta.dirname, '../../..');

export const sharedData = resolve(root, '../shared/data');
export const hasSharedData = existsSync(sharedData);
if (!hasSharedData) console.warn('Skipping the tests on real rasters: ../shared/data is absent.');

export interface OracleStats {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}

/** The answer to `describe`. */
export interface Description {
  readonly size: readonly number[];
  readonly dtype: string;
  readonly nodata: number | 'nan' | null;
  readonly epsg: number | null;
  readonly proj4: string | null;
  readonly transform: readonly number[];
  readonly descriptions: readonly (string | null)[];
  readonly overviews: readonly number[];
  readonly block: readonly number[];
  readonly compression: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly band_tags: readonly Readonly<Record<string, string>>[];
  readonly structure: Readonly<Record<string, string>>;
  readonly masked: readonly OracleStats[];
  readonly cog?: { readonly valid: boolean; readonly errors: string[]; readonly warnings: string[] };
}

/** Asks oracle.py several questions in one process; `T` is the shape of their answers. */
export async function askOracle<T>(questions: [command: string, args: object][]): Promise<T[]> {
  return askScript('oracle.py', questions);
}

/** Asks a script of `oracle/` several questions in one process. */
export async function askScript<T>(script: string, questions: readonly object[]): Promise<T[]> {
  return askPython(join(import.meta.dirname, 'oracle', script), questions);
}

export function context(maxReadBytes = 1e9, signal = new AbortController().signal): ReadContext {
  return { signal, budget: new ReadBudget(maxReadBytes) };
}

/** Repeatable numbers in [0, 1) (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
