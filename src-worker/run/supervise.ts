import { randomBytes } from 'node:crypto';
import { AppError, toAppError } from '../../src-shared/errors.ts';
import { exitCodeOf } from '../../src-shared/exit-codes.ts';
import { JobId, makeJobId } from '../../src-shared/job-id.ts';
import type { Progress } from '../../src-shared/job.ts';
import type { Task } from '../../src-shared/task/schema.ts';
import { requireTask } from '../../src-shared/task/read-task.ts';
import type { WorkerIdentity } from '../bundle.ts';
import { ServiceRun } from '../service/service-run.ts';
import type { WorkerArguments } from './arguments.ts';
import { readArguments } from './arguments.ts';
import { ComputeThread } from './compute-thread.ts';
import { finishRun } from './finish.ts';
import { readGrants } from './grants.ts';
import { measureIsolation } from './isolation-probe.ts';
import { withoutDeadRoute } from './probe/gateway.ts';
import { Journal } from './journal.ts';
import type { KnownSecrets } from './known-secrets.ts';
import { noSecrets, readSecrets } from './known-secrets.ts';
import { sayError } from './console.ts';
import { openRunFolder } from './run-folder.ts';
import { runTime } from './run-time.ts';
import { openRelay } from './relay.ts';
import { Reserve } from './reserve.ts';
import { StatusFile } from './status-file.ts';
import { readTaskFile } from './task-file.ts';
import { watchStops } from './stops.ts';

const defaultTimeoutSec = 3_600;

/** The main thread's whole life: claims the folder, lets a thread compute, and writes a truthful end. Gives the exit code. */
export async function supervise(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  worker: WorkerIdentity,
): Promise<number> {
  let secrets = noSecrets;
  try {
    await openRelay(env);
    const options = readArguments(argv, env);
    secrets = readSecrets(env);
    return options.plan ? await printPlan(options, secrets) : await run(options, env, worker, secrets);
  } catch (cause) {
    const error = toAppError(cause);
    sayError(error, secrets);
    return exitCodeOf(error.code);
  }
}

/** `--plan`: the plan as JSON on stdout; nothing is written anywhere. */
async function printPlan(options: WorkerArguments, secrets: KnownSecrets): Promise<number> {
  const bytes = await readTaskFile(options.task);
  const { task, text } = requireTask(bytes);
  const thread = new ComputeThread({
    taskText: text,
    task,
    grants: await readGrants(options),
    taskPath: options.task,
    out: null,
    offline: options.offline,
    cache: options.cache,
  });
  const stops = watchStops(null, (reason) => thread.stop(reason));
  const end = await thread.ended.finally(() => stops.close());
  if (end.plan === null) throw end.error ?? new AppError('internal', 'The plan ended without an answer.');
  process.stdout.write(`${JSON.stringify(secrets.maskAll(end.plan), null, 2)}\n`);
  return 0;
}

async function run(
  options: WorkerArguments,
  env: NodeJS.ProcessEnv,
  worker: WorkerIdentity,
  secrets: KnownSecrets,
): Promise<number> {
  const folder = options.out ?? '';
  const grants = await attemptAsync(() => readGrants(options));
  const { cache } = options;
  const cached = cache === null ? [] : [cache.folder, cache.shared ?? cache.folder];
  const granted = [...(grants.value ?? []).map(({ path }) => path), ...cached];
  // The walls of a service are around its container, where nothing of ours measures them.
  const measured = options.service === null ? measureIsolation(folder, [options.task, ...granted], env) : null;
  const isolation = measured === null ? null : await withoutDeadRoute(measured);
  const bytes = await readTaskFile(options.task);
  const reading = attempt(() => requireTask(bytes));
  const kept = await openRunFolder(folder, bytes, reading.error === null);
  const givenId = attempt(() => (options.jobId === null ? null : parseJobId(options.jobId)));
  const task = reading.value?.task ?? null;
  const startedAt = runTime();
  const jobId = givenId.value ?? makeJobId(task?.task_name ?? 'task', startedAt, randomBytes(6));

  let thread: ComputeThread | ServiceRun | null = null;
  let stopped: AppError | null = null;
  const stop = (reason: AppError) => {
    stopped ??= reason;
    thread?.stop(reason);
  };
  const reserve = new Reserve(folder);
  const storageFailed = (cause: unknown) => stop(toAppError(cause));
  const journal = new Journal(folder, {
    echo: (line) => process.stderr.write(line),
    onFailure: storageFailed,
    mask: (text) => secrets.mask(text),
  });
  const first = { ...firstStatus(jobId, task, worker, startedAt), isolation };
  const status = new StatusFile(folder, { ...first, taskName: secrets.mask(first.taskName) }, storageFailed);
  const stops = watchStops(task === null ? null : timeoutOf(task, env), stop);
  try {
    await status.start();
    journal.state('running', []);
    journal.log('info', `Worker ${worker.version} started job ${jobId}${options.offline ? ', offline' : ''}.`);
    const room = await attemptAsync(() => reserve.hold());
    const early = reading.error ?? givenId.error ?? stopped ?? room.error;
    let end;
    if (early === null && reading.value !== undefined) {
      const { text, task: valid } = reading.value;
      if (grants.value !== undefined) {
        const input = {
          taskText: text,
          task: valid,
          grants: grants.value,
          taskPath: options.task,
          out: folder,
          offline: options.offline,
          cache: options.cache,
        };
        const onProgress = (progress: Progress) => status.note({ progress: secrets.maskAll(progress) });
        const { max_output_bytes: maxOutputBytes } = valid.limits;
        thread =
          options.service === null
            ? new ComputeThread(input, journal, onProgress)
            : new ServiceRun({ control: options.service, folder, maxOutputBytes, journal, secrets, onProgress });
        if (stopped !== null) thread.stop(stopped);
        end = await thread.ended;
      } else end = { error: grants.error };
    } else end = { error: early };
    await reserve.release();
    return await finishRun(
      {
        folder,
        jobId,
        task: secrets.maskAll(task),
        taskBytes: kept ? bytes : null,
        secrets,
        worker,
        offline: options.offline,
        startedAt,
        journal,
        status,
      },
      end,
    );
  } finally {
    await reserve.release();
    stops.close();
    journal.close();
  }
}

function firstStatus(jobId: string, task: Task | null, worker: WorkerIdentity, startedAt: Date) {
  return {
    v: 1 as const,
    jobId,
    taskName: task?.task_name ?? '',
    state: 'running' as const,
    validity: [],
    by: 'worker' as const,
    workerVersion: worker.version,
    // In a sandbox or container processes are numbered anew: its own number would be another process of the machine.
    pid: process.env['TRANSECT_OWN_PIDS'] === '1' ? null : process.pid,
    progress: null,
    startedAt: startedAt.toISOString(),
    heartbeatAt: startedAt.toISOString(),
    endedAt: null,
    exitCode: null,
    signal: null,
    error: null,
  };
}

/** Seconds until the run is stopped: the task's own limit, else the engine's, else an hour; 0 is none. */
function timeoutOf(task: Task, env: NodeJS.ProcessEnv): number {
  const fromEngine = Number(env['TRANSECT_TIMEOUT_SEC'] ?? defaultTimeoutSec);
  return task.limits.timeout_sec ?? (Number.isFinite(fromEngine) && fromEngine >= 0 ? fromEngine : defaultTimeoutSec);
}

function parseJobId(text: string): JobId {
  const parsed = JobId.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AppError('invalid_task', `${JSON.stringify(text.slice(0, 80))} is not a job id.`, {
    remedy: 'Leave out --job-id and TRANSECT_JOB_ID: the worker then makes one.',
  });
}

type Attempt<T> =
  { readonly value: T; readonly error: null } | { readonly value?: undefined; readonly error: AppError };

function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { value: work(), error: null };
  } catch (cause) {
    return { error: toAppError(cause) };
  }
}

async function attemptAsync<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  return work().then(
    (value) => ({ value, error: null }),
    (cause: unknown) => ({ error: toAppError(cause) }),
  );
}
