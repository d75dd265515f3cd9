import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../src-shared/errors.ts';
import type { Preflight } from '../../../src-shared/api/plans.ts';
import { makeJobId } from '../../../src-shared/job-id.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { Settings } from '../../../src-shared/settings.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { WorkerInputs } from '../../../src-shared/worker-protocol.ts';
import { workerFiles } from '../../../src-shared/worker-protocol.ts';
import { makeCacheFolders } from '../backends/cache-arguments.ts';
import type { ProcessHost } from '../backends/process/host.ts';
import { sweepRunPlaces } from '../backends/process/run-place.ts';
import type { ReadCache } from '../cache/read-cache.ts';
import { readerPays } from '../gate/needs.ts';
import { planTask } from './plan-task.ts';

/** A search of a slow catalogue and the headers of thousands of scenes. */
const timeoutMs = 120_000;
const atOnce = 2;
const prefix = 'plan-';

interface PreflightParts {
  readonly host: ProcessHost;
  /** Of the engine's own files: what a plan needs lies here while it is made. */
  readonly folder: string;
  readonly settings: Pick<Settings, 'without_docker'>;
  /** The values of a task's secrets by environment name. */
  readonly secrets: (task: Task) => Promise<ReadonlyMap<string, string>>;
  readonly cache: Pick<ReadCache, 'planFoldersOf'>;
}

/** A task that may be planned: valid, and with its local inputs resolved to what it may read. */
export interface Plannable {
  readonly task: Task;
  readonly text: string;
  readonly inputs: WorkerInputs;
  readonly offline: boolean;
  readonly backend: BackendId | undefined;
}

/**
 * Plans tasks before they are run. Catalogues and headers come from strangers, so the worker that reads them is walled off;
 * on a machine without a sandbox nothing is planned unless the run itself may be a plain process.
 */
export class Preflights {
  readonly #parts: PreflightParts;
  readonly #workspace: string;
  #running = 0;

  constructor(parts: PreflightParts) {
    this.#parts = parts;
    // Of its own: the places of runs are swept by the jobs that live.
    this.#workspace = `${parts.host.root}#plans`;
    sweepRunPlaces(this.#workspace, () => new Set());
    for (const name of readdirSync(parts.folder))
      if (name.startsWith(prefix)) rmSync(join(parts.folder, name), { recursive: true, force: true });
  }

  /**
   * @throws AppError of the plan itself, `gate_closed` for one that would cost something, `backend_unavailable` without a sandbox,
   * `over_limit` while others are planned
   */
  async plan({ task, text, inputs, offline, backend }: Plannable, signal: AbortSignal): Promise<Preflight> {
    if (task.analysis.type === 'service')
      throw new AppError('invalid_task', 'A service can’t be planned: only its own program knows what it reads.', {
        remedy: 'Its limits hold while it runs.',
      });
    if (readerPays(task, offline))
      throw new AppError('gate_closed', 'A plan of this task would read buckets whose reader pays.', {
        remedy: 'Plan it offline, or submit it: its bound is shown without reading.',
      });
    const { host, settings, secrets, cache } = this.#parts;
    const walled = host.bubblewrap.state().problem === null;
    const asked = backend ?? (task.backend === 'auto' ? undefined : task.backend);
    if (!walled && (asked ?? settings.without_docker) !== 'process')
      throw new AppError(
        'backend_unavailable',
        'A plan reads catalogues and headers, and this machine has no sandbox for it.',
        {
          remedy:
            'Install bubblewrap, or plan it as a plain process: --backend process. A run checks its limits before the first pixel in any case.',
          retryable: false,
        },
      );
    if (this.#running >= atOnce)
      throw new AppError('over_limit', 'Other tasks are being planned right now.', {
        remedy: 'Try again in a few seconds.',
        retryable: true,
      });
    const began = performance.now();
    const folder = mkdtempSync(join(this.#parts.folder, prefix));
    this.#running += 1;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const run = join(folder, 'run');
      mkdirSync(run, { mode: 0o755 });
      writeFileSync(join(run, workerFiles.task), text);
      writeFileSync(join(folder, 'inputs.json'), JSON.stringify(inputs), { mode: 0o600 });
      // What was read is seen as a run sees it, so that both plan alike, offline too; what is read now is thrown away.
      const kept = cache.planFoldersOf(join(folder, 'cache'), task);
      if (kept !== null) makeCacheFolders(kept);
      const spec = {
        jobId: makeJobId('plan', new Date(), randomBytes(6)),
        taskName: task.task_name,
        folder: run,
        records: folder,
        offline,
        timeoutSec: timeoutMs / 1_000,
        memoryMb: task.limits.memory_mb,
        attempt: 1,
        task,
        inputs: inputs.files,
        cache: kept,
        secrets: () => secrets(task),
      };
      const plan = await planTask(spec, host, this.#workspace, walled, AbortSignal.any([signal, deadline]));
      return { plan, walled, tookMs: Math.round(performance.now() - began) };
    } catch (cause) {
      if (!deadline.aborted || signal.aborted) throw cause;
      throw new AppError('source_unavailable', `Planning took longer than ${timeoutMs / 1_000} s.`, {
        remedy: 'The catalogue or its files answer slowly: ask for fewer items, or try again later.',
        cause,
      });
    } finally {
      this.#running -= 1;
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
