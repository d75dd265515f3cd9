import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { AppError } from '../../../src-shared/errors.ts';
import { ErrorData } from '../../../src-shared/errors.ts';
import { WorkerPlan } from '../../../src-shared/worker-protocol.ts';
import type { LaunchSpec } from '../backends/backend.ts';
import { openFilter } from '../backends/process/bubblewrap.ts';
import { endProxy, startProxy } from '../backends/process/egress-process.ts';
import { endAll } from '../backends/process/end-processes.ts';
import type { ProcessHost } from '../backends/process/host.ts';
import { planProcess } from '../backends/process/plan.ts';
import { makeRunPlace, removeRunPlace, runPlace } from '../backends/process/run-place.ts';
import { checkShown } from '../backends/shown-inputs.ts';

/** A plan of ten thousand items is a few hundred kilobytes. */
const maxOutputBytes = 4 * 1_048_576;

/**
 * Lets the worker plan a task as it would run it: behind the same walls, with the same inputs and the same way out, but with
 * `--plan`, so that it reads catalogues and headers and computes nothing. What it needed is removed when it ends.
 * @param workspace names the place of what it needs; another than that of runs, which are swept
 * @throws AppError the worker's own error, the signal's reason, or `internal` when it ends without a word
 */
export async function planTask(
  spec: LaunchSpec,
  host: ProcessHost,
  workspace: string,
  walled: boolean,
  signal: AbortSignal,
): Promise<WorkerPlan> {
  signal.throwIfAborted();
  const place = runPlace(workspace, spec.jobId);
  const { command, args, cwd, env, policy } = planProcess(spec, host, place, walled);
  if (walled) checkShown(spec);
  try {
    makeRunPlace(place, await spec.secrets(), policy);
    signal.throwIfAborted();
    if (policy !== null) startProxy(spec, host, place);
    const filter = walled ? openFilter() : null;
    let child: ChildProcess;
    try {
      child = spawn(command, [...args, '--plan'], {
        cwd,
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', ...(filter === null ? [] : [filter])],
        windowsHide: true,
      });
    } finally {
      if (filter !== null) closeSync(filter);
    }
    return planOf(await outputOf(child, signal));
  } finally {
    removeRunPlace(place);
    await endProxy(spec.jobId);
  }
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** What the child says until it ends; ends it and its family when the signal is aborted or when it says too much. */
function outputOf(child: ChildProcess, signal: AbortSignal): Promise<Output> {
  return new Promise((resolve, reject) => {
    const pieces = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let bytes = 0;
    const end = () => {
      if (child.pid !== undefined) endAll(child.pid);
    };
    signal.addEventListener('abort', end, { once: true });
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > maxOutputBytes) end();
        else pieces[name].push(piece);
      });
    child.on('error', (cause) => {
      signal.removeEventListener('abort', end);
      reject(new AppError('backend_rejected', `The planning could not be started: ${cause.message}`, { cause }));
    });
    child.on('close', () => {
      signal.removeEventListener('abort', end);
      if (signal.aborted) reject(signal.reason as Error);
      else
        resolve({
          stdout: Buffer.concat(pieces.stdout).toString('utf8'),
          stderr: Buffer.concat(pieces.stderr).toString('utf8'),
        });
    });
  });
}

function planOf({ stdout, stderr }: Output): WorkerPlan {
  const plan = WorkerPlan.safeParse(parsed(stdout)).data;
  if (plan !== undefined) return plan;
  // The worker's last word is its error, as JSON.
  for (const line of stderr.trimEnd().split('\n').reverse()) {
    const error = ErrorData.safeParse(parsed(line)).data;
    if (error !== undefined) throw AppError.fromData(error);
  }
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  throw new AppError('internal', `Planning ended without an answer${said === '' ? '.' : `: ${said}`}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
