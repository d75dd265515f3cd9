import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { DoctorCheck } from '../../../../src-shared/api/doctor.ts';
import { AppError } from '../../../../src-shared/errors.ts';
import { WorkerStatus, workerFiles } from '../../../../src-shared/worker-protocol.ts';
import { readRegularFile } from '../../store/untrusted-files.ts';
import type { Backend, Ending, Handle, LaunchSpec, Launched } from '../backend.ts';
import { startTimeOf } from './identity.ts';
import type { ProcessHost } from './plan.ts';
import { planProcess } from './plan.ts';

/** How often a process that is not our child is looked at. */
const pollMs = 250;
/** How long a worker that was started may take to write its first status. */
const firstStatusMs = 30_000;

/** The worker as a process of this machine: no container, its own process group, and it outlives the engine. */
export class ProcessBackend implements Backend {
  readonly id = 'process';
  readonly #host: ProcessHost;
  /** Endings of the workers that this very engine started: only a parent learns the exit code and signal. */
  readonly #children = new Map<number, Promise<Ending>>();

  constructor(host: ProcessHost) {
    this.#host = host;
  }

  check(): Promise<{ available: true } | { available: false; remedy: string }> {
    const present = existsSync(this.#host.worker);
    return Promise.resolve(present ? { available: true } : { available: false, remedy: 'Run: npm run build' });
  }

  plan(spec: LaunchSpec): Record<string, z.core.util.JSONType> {
    const { command, args, cwd, env } = planProcess(spec, this.#host);
    // Names only: a proxy's address may hold a password.
    return { command, args: [...args], cwd, environment: Object.keys(env).sort() };
  }

  async submit(spec: LaunchSpec): Promise<Launched> {
    const plan = planProcess(spec, this.#host);
    const output = openSync(join(spec.records, 'worker.log'), 'a', 0o600);
    try {
      const child = spawn(plan.command, plan.args, {
        cwd: plan.cwd,
        env: plan.env,
        detached: true,
        // Files, not pipes: a pipe would take the worker down together with the engine.
        stdio: ['ignore', output, output],
        windowsHide: true,
      });
      const ending = new Promise<Ending>((resolve) => {
        child.on('exit', (exitCode, signal) => {
          resolve({ exitCode, signal, found: signal === null ? `exit code ${exitCode ?? ''}` : `signal ${signal}` });
        });
      });
      const { pid } = child;
      if (pid === undefined) {
        const cause = await new Promise<Error>((resolve) => child.on('error', resolve));
        throw new AppError('backend_rejected', `The worker could not be started: ${cause.message}`, { cause });
      }
      child.unref();
      this.#children.set(pid, ending);
      return { handle: { pid, startTime: await startTimeOf(pid) }, isolation: plan.isolation, imageDigest: null };
    } finally {
      closeSync(output);
    }
  }

  async find(spec: LaunchSpec): Promise<Launched | null> {
    const { isolation } = planProcess(spec, this.#host);
    for (const until = Date.now() + firstStatusMs; Date.now() < until; await sleep(pollMs)) {
      const pid = process.platform === 'linux' ? pidByCommandLine(spec) : pidInStatus(spec);
      const startTime = pid === null ? null : await startTimeOf(pid);
      if (pid !== null && startTime !== null) return { handle: { pid, startTime }, isolation, imageDigest: null };
      // On Linux the process table tells at once; elsewhere only the worker's first status does.
      if (process.platform === 'linux') return null;
    }
    return null;
  }

  async watch(_spec: LaunchSpec, handle: Handle, signal: AbortSignal): Promise<Ending> {
    const { pid, startTime } = parseHandle(handle);
    const child = this.#children.get(pid);
    if (child !== undefined) {
      const stopped = new Promise<never>((_, reject) => {
        signal.addEventListener(
          'abort',
          () => {
            reject(signal.reason as Error);
          },
          { once: true },
        );
      });
      return Promise.race([child, stopped]);
    }
    for (;;) {
      signal.throwIfAborted();
      const seen = await startTimeOf(pid);
      if (seen === null || seen !== startTime) return { exitCode: null, signal: null, found: `process ${pid} is gone` };
      await sleep(pollMs, undefined, { signal });
    }
  }

  async cancel(handle: Handle, how: 'term' | 'kill'): Promise<void> {
    const { pid, startTime } = parseHandle(handle);
    const seen = await startTimeOf(pid);
    if (seen === null || seen !== startTime) return;
    try {
      // `term` goes to the worker's supervisor alone, which ends in order; `kill` takes the whole group.
      process.kill(how === 'kill' && process.platform !== 'win32' ? -pid : pid, how === 'term' ? 'SIGTERM' : 'SIGKILL');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
    }
  }

  report(): Promise<readonly DoctorCheck[]> {
    return Promise.resolve([]);
  }

  cleanup(_spec: LaunchSpec, handle: Handle): Promise<void> {
    this.#children.delete(parseHandle(handle).pid);
    return Promise.resolve();
  }
}

function parseHandle(handle: Handle): { pid: number; startTime: string | null } {
  const { pid, startTime } = handle;
  if (typeof pid !== 'number') throw new AppError('bad_data', 'The record of the launch names no process.');
  return { pid, startTime: typeof startTime === 'string' ? startTime : null };
}

function pidInStatus(spec: LaunchSpec): number | null {
  try {
    const bytes = readRegularFile(join(spec.folder, workerFiles.status), 1_000_000);
    return bytes === null ? null : WorkerStatus.parse(JSON.parse(bytes.toString('utf8'))).pid;
  } catch {
    return null;
  }
}

/** The process whose command line names this job; workers are started with `--job-id`. */
function pidByCommandLine(spec: LaunchSpec): number | null {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      if (words[words.indexOf('--job-id') + 1] === spec.jobId && words.includes('--job-id')) return Number(name);
    } catch {
      // It ended while we looked.
    }
  }
  return null;
}

/** The host as it is: prlimit where PATH has it. */
export function processHost(worker: string, env: NodeJS.ProcessEnv): ProcessHost {
  const folders = (env['PATH'] ?? '/usr/bin:/bin').split(delimiter);
  const prlimit =
    process.platform === 'linux'
      ? folders.map((folder) => join(folder, 'prlimit')).find((path) => existsSync(path))
      : undefined;
  return { node: process.execPath, worker, prlimit: prlimit ?? null, env };
}
