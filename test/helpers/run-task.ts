import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Papa from 'papaparse';
import { ReadBudget } from '../../src-raster/bytes/read-context.ts';
import { requireTask } from '../../src-shared/task/read-task.ts';
import type { Task } from '../../src-shared/task/schema.ts';
import { analyses } from '../../src-worker/analyses/registry.ts';
import type { Bounds, Prepared, RunContext } from '../../src-worker/run/context.ts';
import { FileNames } from '../../src-worker/run/file-names.ts';
import { gatherInput } from '../../src-worker/run/gather-input.ts';
import { markOf } from '../../src-worker/run/marks.ts';
import { MemoryBudget } from '../../src-worker/run/memory.ts';
import type { Outcome } from '../../src-worker/run/messages.ts';
import { Outputs } from '../../src-worker/run/outputs.ts';
import { PixelBudget } from '../../src-worker/run/pixel-budget.ts';
import { Places } from '../../src-worker/run/places.ts';
import { SourcePool } from '../../src-worker/run/source-pool.ts';
import { wantedBands } from '../../src-worker/run/wanted-bands.ts';
import { tempFolder } from './temp.ts';

export interface TaskOptions {
  /** Folder that inputs are relative to; that of the task's file, or the root, when left out. */
  readonly folder?: string;
  readonly offline?: boolean;
  /** Bytes of big arrays; 512 MiB when left out. */
  readonly bufferBytes?: number;
  readonly signal?: AbortSignal;
  /** Hears of every step of the run. */
  readonly onProgress?: (phase: string) => void;
}

export interface RunOptions extends TaskOptions {
  /** A folder of its own that is gone after the test, when left out. */
  readonly out?: string;
}

interface Reads {
  readonly bytes: number;
  readonly requests: number;
}

export interface TaskPlan {
  readonly task: Task;
  readonly bounds: Bounds;
  readonly warnings: readonly string[];
  /** What stands on the figures and maps of data that are no measurement; null for measurements. */
  readonly mark: string | null;
  /** What was read to make the plan. */
  readonly planned: Reads;
}

export interface TaskRun extends TaskPlan {
  readonly out: string;
  readonly outcome: Outcome;
  /** What was read after the plan. */
  readonly read: Reads;
  /** Source pixels that were decoded. */
  readonly pixels: number;
}

/** Plans a task (its text, or the path of a file) in this process, without the threads of the program. */
export async function planTask(text: string, options: TaskOptions = {}): Promise<TaskPlan> {
  return withPlan(text, options, ({ plan }) => Promise.resolve(plan));
}

/** Runs a task (its text, or the path of a file) in this process, without the threads of the program. */
export async function runTask(text: string, options: RunOptions = {}): Promise<TaskRun> {
  return withPlan(text, options, async ({ plan, prepared, budget, pixels }) => {
    const out = options.out ?? tempFolder();
    const outcome = await prepared.run(new Outputs(out, plan.task.limits.max_output_bytes, () => undefined));
    const { bytes, requests } = plan.planned;
    const read = { bytes: budget.bytes - bytes, requests: budget.requests - requests };
    return { ...plan, out, outcome, read, pixels: pixels.pixels };
  });
}

interface Planned {
  readonly plan: TaskPlan;
  readonly prepared: Prepared;
  readonly budget: ReadBudget;
  readonly pixels: PixelBudget;
}

/** Does as `compute` does up to the plan, and closes what it opened when `use` has ended. */
async function withPlan<T>(text: string, options: TaskOptions, use: (planned: Planned) => Promise<T>): Promise<T> {
  const isPath = !text.includes('\n');
  const { task } = requireTask(isPath ? readFileSync(text) : Buffer.from(text));
  const { limits } = task;
  const signal = options.signal ?? new AbortController().signal;
  const offline = options.offline ?? false;
  const [budget, pixels] = [new ReadBudget(limits.max_read_bytes), new PixelBudget(limits.max_pixels)];
  const read = { signal, budget, offline };
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const log = () => undefined;
  const progress = (phase: string) => options.onProgress?.(phase);
  const places = new Places({ taskFolder: options.folder ?? (isPath ? dirname(text) : '/'), granted: null, offline });
  const sources = new SourcePool(read, pixels, warn);
  try {
    const bands = wantedBands(task);
    const found = await gatherInput(task, {
      read,
      places,
      offline,
      maxItems: limits.max_items,
      bands,
      warn,
      log,
      progress,
    });
    if (found.empty) throw new Error('The search matched nothing.');
    let mark: string | null = null;
    const ctx: RunContext = {
      task,
      signal,
      read,
      places,
      sources,
      pixels,
      memory: new MemoryBudget(options.bufferBytes ?? 512 * 1_048_576),
      names: new FileNames(),
      aoi: found.aoi,
      features: found.features,
      get mark() {
        return mark ?? undefined;
      },
      log,
      warn,
      progress,
    };
    const prepared = await analyses[task.analysis.type]?.plan(ctx, found.input);
    if (prepared === undefined) throw new Error(`${task.analysis.type} is not registered`);
    mark = markOf(found, prepared.rasters, prepared.attributes)?.text ?? null;
    const planned = { bytes: budget.bytes, requests: budget.requests };
    const plan = { task, bounds: prepared.bounds, warnings, mark, planned };
    return await use({ plan, prepared, budget, pixels });
  } finally {
    await sources.close();
  }
}

/** The rows of a run's table by its headers. */
export function table(run: Pick<TaskRun, 'out'>, name: string): Record<string, string>[] {
  const text = readFileSync(join(run.out, 'tables', `${name}.csv`), 'utf8');
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
}
