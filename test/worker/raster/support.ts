import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ReadBudget } from '../../../src-raster/bytes/read-context.ts';
import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';

const root = resolve(import.meta.dirname, '../../..');
const python = join(root, '.cache/venv/bin/python');

export const sharedData = resolve(root, '../shared/data');
export const hasSharedData = existsSync(sharedData);
if (!hasSharedData) console.warn('Skipping the tests on real rasters: ../shared/data is absent.');

export const hasOracle = existsSync(python);
if (!hasOracle) console.warn('Skipping the comparisons with rasterio: .cache/venv is absent (set-up makes it).');

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

/** Asks a script of `oracle/`: questions as JSON on its stdin, an answer to each on its stdout. */
export async function askScript<T>(script: string, questions: readonly object[]): Promise<T[]> {
  const child = spawn(python, [join(import.meta.dirname, 'oracle', script)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin.end(JSON.stringify(questions));
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error(`${script} failed: ${errors}`);
  // Python prints NaN and Infinity, which JSON lacks.
  return JSON.parse(out.replace(/\b-?Infinity\b/g, 'null').replace(/\bNaN\b/g, 'null')) as T[];
}

export function context(maxReadBytes = 1e9, signal = new AbortController().signal): ReadContext {
  return { signal, budget: new ReadBudget(maxReadBytes) };
}

/** A folder that is removed when the test file ends. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'transect-raster-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
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
