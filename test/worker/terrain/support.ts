import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ReadBudget } from '../../../src-raster/bytes/read-context.ts';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import { classify } from '../../../src-worker/analyses/classify/classify.ts';
import { terrain } from '../../../src-worker/analyses/terrain/terrain.ts';
import type { Bounds, RunContext } from '../../../src-worker/run/context.ts';
import { FileNames } from '../../../src-worker/run/file-names.ts';
import { MemoryBudget } from '../../../src-worker/run/memory.ts';
import type { Outcome } from '../../../src-worker/run/messages.ts';
import { Outputs } from '../../../src-worker/run/outputs.ts';
import { PixelBudget } from '../../../src-worker/run/pixel-budget.ts';
import { Places } from '../../../src-worker/run/places.ts';
import { SourcePool } from '../../../src-worker/run/source-pool.ts';
import type { FootprintGeometry } from '../../../src-worker/stac/footprint.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { root } from '../../helpers/worker-process.ts';
import { hasOracle } from '../raster/support.ts';

export { hasOracle };

export interface AnalysisRun {
  readonly out: string;
  readonly bounds: Bounds;
  readonly outcome: Outcome;
  readonly warnings: readonly string[];
  readonly read: { readonly bytes: number; readonly requests: number };
  readonly pixels: number;
}

export interface RunOptions {
  readonly aoi?: FootprintGeometry;
  readonly quicklook?: boolean;
  /** Further lines of the task. */
  readonly more?: string;
  readonly bufferBytes?: number;
  readonly signal?: AbortSignal;
  /** Hears of every step of the run. */
  readonly onProgress?: (phase: string) => void;
  /** A folder of its own that is gone after the test, when left out. */
  readonly out?: string;
}

/** Runs an analysis of one raster in this process. `analysis` is YAML in one line. */
export async function runOnRaster(raster: string, analysis: string, options: RunOptions = {}): Promise<AnalysisRun> {
  const text = `task_name: made
output_dir: /data/outputs/jobs/made
inputs: {raster: ${JSON.stringify(raster)}}
analysis: ${analysis}
outputs: {make_quicklook: ${options.quicklook === true}}
${options.more ?? ''}
`;
  return runTask(text, root, options);
}

/** Runs a terrain or classify task in this process. What is read after the plan is counted. */
export async function runTask(text: string, taskFolder: string, options: RunOptions = {}): Promise<AnalysisRun> {
  const { task } = requireTask(Buffer.from(text));
  const budget = new ReadBudget(1e10);
  const read = { signal: options.signal ?? new AbortController().signal, budget };
  const pixels = new PixelBudget(1e10);
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const places = new Places({ taskFolder, granted: null, offline: false });
  const sources = new SourcePool(read, pixels, warn);
  const ctx: RunContext = {
    task,
    signal: read.signal,
    read,
    places,
    sources,
    pixels,
    memory: new MemoryBudget(options.bufferBytes ?? 512 * 1024 * 1024),
    names: new FileNames(),
    aoi: options.aoi ?? null,
    features: null,
    mark: undefined,
    log: () => undefined,
    warn,
    progress: (phase) => options.onProgress?.(phase),
  };
  const out = options.out ?? tempFolder();
  const place = await places.input('raster' in task.inputs ? task.inputs.raster : '');
  try {
    const analyse = task.analysis.type === 'terrain' ? terrain : classify;
    const prepared = await analyse.plan(ctx, { kind: 'rasters', places: [place] });
    const before = { bytes: budget.bytes, requests: budget.requests };
    const outcome = await prepared.run(new Outputs(out, 1e10, () => undefined));
    const after = { bytes: budget.bytes - before.bytes, requests: budget.requests - before.requests };
    return { out, bounds: prepared.bounds, outcome, warnings, read: after, pixels: pixels.pixels };
  } finally {
    await sources.close();
  }
}

/** Asks a script of oracle/ several questions in one Python process. NaN and infinities come as null. */
export async function ask<T>(script: string, questions: readonly [command: string, args: object][]): Promise<T[]> {
  const python = join(root, '.cache/venv/bin/python');
  const child = spawn(python, [join(import.meta.dirname, 'oracle', script)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin.end(JSON.stringify(questions));
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error(`${script} failed: ${errors}`);
  return JSON.parse(out.replace(/\b-?Infinity\b/g, 'null').replace(/\bNaN\b/g, 'null')) as T[];
}
