import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Papa from 'papaparse';
import { ReadBudget } from '../../../src-raster/bytes/read-context.ts';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import { analyses } from '../../../src-worker/analyses/registry.ts';
import type { Bounds, RunContext } from '../../../src-worker/run/context.ts';
import { FileNames } from '../../../src-worker/run/file-names.ts';
import { gatherInput } from '../../../src-worker/run/gather-input.ts';
import { MemoryBudget } from '../../../src-worker/run/memory.ts';
import type { Outcome } from '../../../src-worker/run/messages.ts';
import { Outputs } from '../../../src-worker/run/outputs.ts';
import { PixelBudget } from '../../../src-worker/run/pixel-budget.ts';
import { Places } from '../../../src-worker/run/places.ts';
import { SourcePool } from '../../../src-worker/run/source-pool.ts';
import { tempFolder } from '../../helpers/temp.ts';

interface TaskRun {
  readonly out: string;
  readonly bounds: Bounds;
  readonly outcome: Outcome;
  readonly warnings: readonly string[];
  /** What was read after the plan. */
  readonly read: { readonly bytes: number; readonly requests: number };
}

interface Options {
  /** Folder that inputs are relative to. */
  readonly folder?: string;
  readonly offline?: boolean;
  readonly bufferBytes?: number;
  /** A folder of its own that is gone after the test, when left out. */
  readonly out?: string;
}

/** Runs a task (its text, or the path of a file) in this process, without the threads of the program. */
export async function runTask(text: string, options: Options = {}): Promise<TaskRun> {
  const isPath = !text.includes('\n');
  const { task } = requireTask(isPath ? readFileSync(text) : Buffer.from(text));
  const budget = new ReadBudget(1e10);
  const offline = options.offline ?? false;
  const read = { signal: new AbortController().signal, budget, offline };
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const places = new Places({ taskFolder: options.folder ?? (isPath ? dirname(text) : '/'), granted: null, offline });
  const pixels = new PixelBudget(1e11);
  const sources = new SourcePool(read, pixels, warn);
  const log = () => undefined;
  const progress = () => undefined;
  const found = await gatherInput(task, { read, places, offline, maxItems: 10_000, warn, log, progress });
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
    features: found.features,
    mark: undefined,
    log,
    warn,
    progress,
  };
  const out = options.out ?? tempFolder();
  try {
    const prepared = await analyses[task.analysis.type]?.plan(ctx, found.input);
    if (prepared === undefined) throw new Error(`${task.analysis.type} is not registered`);
    const before = { bytes: budget.bytes, requests: budget.requests };
    const outcome = await prepared.run(new Outputs(out, 1e10, () => undefined));
    const after = { bytes: budget.bytes - before.bytes, requests: budget.requests - before.requests };
    return { out, bounds: prepared.bounds, outcome, warnings, read: after };
  } finally {
    await sources.close();
  }
}

/** The rows of a run's table by its headers. */
export function table(run: TaskRun, name: string): Record<string, string>[] {
  const text = readFileSync(join(run.out, 'tables', `${name}.csv`), 'utf8');
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
}
