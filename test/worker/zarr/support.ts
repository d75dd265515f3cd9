import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Papa from 'papaparse';
import { ReadBudget } from '../../../src-raster/bytes/read-context.ts';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import { zarrReduce } from '../../../src-worker/analyses/zarr-reduce/zarr-reduce.ts';
import type { Bounds, RunContext } from '../../../src-worker/run/context.ts';
import { FileNames } from '../../../src-worker/run/file-names.ts';
import { gatherInput } from '../../../src-worker/run/gather-input.ts';
import { markOf } from '../../../src-worker/run/marks.ts';
import { MemoryBudget } from '../../../src-worker/run/memory.ts';
import type { Outcome } from '../../../src-worker/run/messages.ts';
import { Outputs } from '../../../src-worker/run/outputs.ts';
import { PixelBudget } from '../../../src-worker/run/pixel-budget.ts';
import { Places } from '../../../src-worker/run/places.ts';
import { SourcePool } from '../../../src-worker/run/source-pool.ts';
import { tempFolder } from '../../helpers/temp.ts';

export const root = resolve(import.meta.dirname, '../../..');
const python = join(root, '.cache/venv/bin/python');

export const hasOracle = existsSync(python);
if (!hasOracle) console.warn('Skipping the comparisons with xarray: .cache/venv is absent (set-up makes it).');

export interface ZarrRun {
  readonly out: string;
  readonly bounds: Bounds;
  readonly outcome: Outcome;
  readonly warnings: readonly string[];
  readonly mark: string | null;
  /** What was read before and after the plan was made. */
  readonly planned: { readonly bytes: number; readonly requests: number };
  readonly read: { readonly bytes: number; readonly requests: number };
}

export interface ZarrOptions {
  /** Folder that inputs are relative to. */
  readonly folder?: string;
  readonly bufferBytes?: number;
  readonly signal?: AbortSignal;
}

/** A context for a zarr_reduce task (its text, or the path of a file) and its plan, in this process. */
export async function planZarr(text: string, options: ZarrOptions = {}) {
  const isPath = !text.includes('\n');
  const { task } = requireTask(isPath ? readFileSync(text) : Buffer.from(text));
  const budget = new ReadBudget(1e10);
  const read = { signal: options.signal ?? new AbortController().signal, budget };
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const taskFolder = options.folder ?? (isPath ? dirname(text) : '/');
  const places = new Places({ taskFolder, granted: null, offline: false });
  const pixels = new PixelBudget(task.limits.max_pixels);
  const sources = new SourcePool(read, pixels, warn);
  const [log, progress] = [() => undefined, () => undefined];
  const found = await gatherInput(task, { read, places, offline: false, maxItems: 10, warn, log, progress });
  let mark: string | null = null;
  const ctx: RunContext = {
    task,
    signal: read.signal,
    read,
    places,
    sources,
    pixels,
    memory: new MemoryBudget(options.bufferBytes ?? 512 * 1_048_576),
    names: new FileNames(),
    aoi: found.aoi,
    features: null,
    get mark() {
      return mark ?? undefined;
    },
    log,
    warn,
    progress,
  };
  const prepared = await zarrReduce.plan(ctx, found.input);
  mark = markOf(found, prepared.rasters, prepared.attributes)?.text ?? null;
  return { task, budget, prepared, warnings, mark };
}

/** Runs a zarr_reduce task in this process, without the threads of the program. */
export async function runZarr(text: string, options: ZarrOptions = {}): Promise<ZarrRun> {
  const { task, budget, prepared, warnings, mark } = await planZarr(text, options);
  const planned = { bytes: budget.bytes, requests: budget.requests };
  const out = tempFolder();
  const outcome = await prepared.run(new Outputs(out, task.limits.max_output_bytes, () => undefined));
  const after = { bytes: budget.bytes - planned.bytes, requests: budget.requests - planned.requests };
  return { out, bounds: prepared.bounds, outcome, warnings, mark, planned, read: after };
}

/** A task's text. `analysis` and `more` are YAML in one line. */
export function zarrTask(store: string, analysis: string, more = ''): string {
  return `task_name: z\noutput_dir: /data/outputs/jobs/z\ninputs: {zarr: ${JSON.stringify(store)}${more}}\nanalysis: {type: zarr_reduce, ${analysis}}\noutputs: {make_quicklook: false}\n`;
}

/** The rows of a run's table of results. */
export function steps(run: Pick<ZarrRun, 'out'>): Record<string, string>[] {
  const text = readFileSync(join(run.out, 'tables/steps.csv'), 'utf8');
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
}

/** Runs a script of the folder `oracle` with an argument, its standard input and output being JSON. */
export async function askPython<T>(script: string, question: unknown): Promise<T> {
  const child = spawn(python, [join(import.meta.dirname, 'oracle', script)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin.end(JSON.stringify(question));
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error(`${script} failed: ${errors}`);
  return JSON.parse(out) as T;
}
