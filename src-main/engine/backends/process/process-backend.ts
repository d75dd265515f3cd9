import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { DoctorCheck } from '../../../../src-shared/api/doctor.ts';
import { AppError } from '../../../../src-shared/errors.ts';
import type { JobId } from '../../../../src-shared/job-id.ts';
import { WorkerStatus, workerFiles } from '../../../../src-shared/worker-protocol.ts';
import { readRegularFile } from '../../store/untrusted-files.ts';
import type { Availability, Backend, Ending, Handle, LaunchSpec, Launched } from '../backend.ts';
import { makeCacheFolders } from '../cache-arguments.ts';
import { openFilter } from './bubblewrap.ts';
import { endProxy, startProxy } from './egress-process.ts';
import { askToEnd, endAll, endLeftovers } from './end-processes.ts';
import { endingOf } from './ending.ts';
import { parseHandle } from './handle.ts';
import type { ProcessHost } from './host.ts';
import { startTimeOf } from './identity.ts';
import type { ProcessPlan } from './plan.ts';
import { planProcess } from './plan.ts';
import { familyOf, processTable, residentBytes, workerOf } from './process-table.ts';
import { reportOn } from './report.ts';
import { checkShown } from '../shown-inputs.ts';
import { makeRunPlace, removeRunPlace, runPlace, sweepRunPlaces } from './run-place.ts';

/** How often a process that is not our child is looked at. */
const pollMs = 250;
/** How often the memory of a run's processes is added up. */
const memoryPollMs = 2_000;
/** How long a worker that was started may take to write its first status. */
const firstStatusMs = 30_000;

/** The worker as a process of this machine, walled off by bwrap(1) where that works: it outlives the engine. */
export class ProcessBackend implements Backend {
  readonly id = 'process';
  readonly #host: ProcessHost;
  /** Endings of the workers that this very engine started: only a parent learns the exit code and signal. */
  readonly #children = new Map<number, Promise<Ending>>();

  constructor(host: ProcessHost) {
    this.#host = host;
  }

  check(): Promise<Availability> {
    const present = existsSync(this.#host.worker);
    return Promise.resolve(present ? { available: true } : { available: false, remedy: 'Run: npm run build' });
  }

  plan(spec: LaunchSpec): Record<string, z.core.util.JSONType> {
    const { command, args, cwd, env, policy } = this.#plan(spec);
    // Names only: a proxy's address may hold a password.
    const environment = Object.keys(env).sort();
    return { command, args: [...args], cwd, environment, ...(policy !== null && { egress: policy }) };
  }

  async submit(spec: LaunchSpec, stop: AbortSignal): Promise<Launched> {
    stop.throwIfAborted();
    const running = await this.#running(spec);
    if (running !== null) return running;
    const plan = this.#plan(spec);
    if (isWalled(plan)) checkShown(spec);
    const place = runPlace(this.#host.root, spec.jobId);
    try {
      makeRunPlace(place, await spec.secrets(), plan.policy);
      if (spec.cache) makeCacheFolders(spec.cache);
      stop.throwIfAborted();
      if (plan.policy !== null) startProxy(spec, this.#host, place);
      const pid = await this.#start(spec, plan);
      const handle = { pid, startTime: await startTimeOf(pid), walled: isWalled(plan) };
      return { handle, isolation: plan.isolation, imageDigest: null };
    } catch (cause) {
      await this.#clear(spec.jobId);
      throw cause;
    }
  }

  async find(spec: LaunchSpec): Promise<Launched | null> {
    for (const until = Date.now() + firstStatusMs; Date.now() < until; await sleep(pollMs)) {
      const running = await this.#running(spec);
      if (running !== null) return running;
      // On Linux the process table tells at once; elsewhere only the worker's first status does.
      if (process.platform === 'linux') break;
    }
    await this.#clear(spec.jobId);
    return null;
  }

  async watch(spec: LaunchSpec, handle: Handle, signal: AbortSignal): Promise<Ending> {
    const { pid, walled } = parseHandle(handle);
    const ended = new AbortController();
    const { residentBytes } = this.#plan(spec, walled);
    const stopped = AbortSignal.any([signal, ended.signal]);
    // Whatever ends first, nothing goes on behind it.
    const memory = this.#watchMemory(handle, residentBytes, stopped);
    try {
      const ending = sandboxFailure(spec, walled, await this.#untilGone(handle, signal));
      ended.abort();
      // A sandbox that was killed from outside leaves its program running, and so may a worker without walls.
      const left = await endLeftovers(spec.jobId, this.#children.has(pid) ? pid : null);
      const tooLarge = await memory;
      if (tooLarge !== null) return { ...ending, outOfMemory: true, found: tooLarge };
      return left === 0 ? ending : { ...ending, found: `${ending.found}; ${left} processes that it left were ended` };
    } finally {
      ended.abort();
    }
  }

  async cancel(handle: Handle, how: 'term' | 'kill'): Promise<void> {
    const { pid, startTime, walled } = parseHandle(handle);
    const seen = await startTimeOf(pid);
    if (seen === null || seen !== startTime) return;
    // `term` goes to the worker's supervisor alone, which ends in order; `kill` takes everything.
    if (how === 'term') await askToEnd(pid, walled);
    else endAll(pid);
  }

  async cleanup(spec: LaunchSpec, handle: Handle): Promise<void> {
    this.#children.delete(parseHandle(handle).pid);
    await this.#clear(spec.jobId);
  }

  sweep(live: () => ReadonlySet<JobId>): Promise<readonly string[]> {
    // The proxies of the places that go end by themselves.
    const count = sweepRunPlaces(this.#host.root, live);
    return Promise.resolve(count === 0 ? [] : [`${count} folders with what ended runs had needed`]);
  }

  report(): Promise<readonly DoctorCheck[]> {
    return Promise.resolve(reportOn(this.#host));
  }

  #plan(spec: LaunchSpec, walled = this.#host.bubblewrap.state().problem === null): ProcessPlan {
    return planProcess(spec, this.#host, runPlace(this.#host.root, spec.jobId), walled);
  }

  /** The worker of a job that somebody started; null when there is none. */
  async #running(spec: LaunchSpec): Promise<Launched | null> {
    const found = process.platform === 'linux' ? workerOf(spec.jobId) : workerInStatus(spec);
    const startTime = found === null ? null : await startTimeOf(found.pid);
    if (found === null || startTime === null) return null;
    const { isolation } = this.#plan(spec, found.walled);
    return { handle: { ...found, startTime }, isolation, imageDigest: null };
  }

  async #clear(jobId: JobId): Promise<void> {
    removeRunPlace(runPlace(this.#host.root, jobId));
    await endProxy(jobId);
  }

  /** Starts the planned program and gives its pid. */
  async #start(spec: LaunchSpec, plan: ProcessPlan): Promise<number> {
    const output = openSync(join(spec.records, 'worker.log'), 'a', 0o600);
    const filter = isWalled(plan) ? openFilter() : null;
    try {
      const child = spawn(plan.command, plan.args, {
        cwd: plan.cwd,
        env: plan.env,
        detached: true,
        // Files, not pipes: a pipe would take the worker down together with the engine.
        stdio: ['ignore', output, output, ...(filter === null ? [] : [filter])],
        windowsHide: true,
      });
      const ending = new Promise<Ending>((resolve) => {
        child.on('exit', (exitCode, signal) => {
          resolve(endingOf(exitCode, signal, isWalled(plan)));
        });
      });
      const { pid } = child;
      if (pid === undefined) {
        const cause = await new Promise<Error>((resolve) => child.on('error', resolve));
        throw new AppError('backend_rejected', `The worker could not be started: ${cause.message}`, { cause });
      }
      child.unref();
      this.#children.set(pid, ending);
      return pid;
    } finally {
      closeSync(output);
      if (filter !== null) closeSync(filter);
    }
  }

  async #untilGone(handle: Handle, signal: AbortSignal): Promise<Ending> {
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

  /** Ends a run whose processes together hold too much, and says so; null when they never did. */
  async #watchMemory(handle: Handle, limit: number, stop: AbortSignal): Promise<string | null> {
    const { pid, startTime } = parseHandle(handle);
    while (!stop.aborted) {
      await sleep(memoryPollMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
      if (stop.aborted) return null;
      const bytes = familyOf(pid, processTable()).reduce((sum, row) => sum + residentBytes(row), 0);
      if (bytes > limit && startTime === (await startTimeOf(pid))) {
        endAll(pid);
        return `its processes held ${Math.ceil(bytes / 1_048_576)} MiB of memory, and were ended`;
      }
    }
    return null;
  }
}

function isWalled(plan: ProcessPlan): boolean {
  return plan.isolation.sandbox === 'bubblewrap';
}

/** A sandbox that could not be made says why in the worker's log, and nothing else does. */
function sandboxFailure(spec: LaunchSpec, walled: boolean, ending: Ending): Ending {
  if (!walled || ending.exitCode !== 1 || existsSync(join(spec.folder, workerFiles.status))) return ending;
  const log = readRegularFile(join(spec.records, 'worker.log'), 10_000_000)?.toString('utf8') ?? '';
  const said = log.split('\n').findLast((line) => line.startsWith('bwrap: '));
  return said === undefined ? ending : { ...ending, found: `the sandbox could not be made: ${said.slice(0, 500)}` };
}

function workerInStatus(spec: LaunchSpec): { pid: number; walled: false } | null {
  try {
    const bytes = readRegularFile(join(spec.folder, workerFiles.status), 1_000_000);
    const pid = bytes === null ? null : WorkerStatus.parse(JSON.parse(bytes.toString('utf8'))).pid;
    return pid === null ? null : { pid, walled: false };
  } catch {
    return null;
  }
}
