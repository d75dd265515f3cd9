import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Connection } from '../../src-main/client/connect.ts';
import { attach } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';
import { isFinal } from '../../src-shared/job.ts';
import { tempFolder } from './temp.ts';

const out = resolve(import.meta.dirname, '../../out');
const engineProgram = join(out, 'programs/engine/engine.js');
const cliProgram = join(out, 'programs/cli/cli.js');
for (const program of [engineProgram, cliProgram, join(out, 'worker/worker.js')])
  if (!existsSync(program)) throw new Error(`${program} is missing: npm run build`);

// Engines of tests see no Docker, whatever this machine has, unless a test asks for it: they all begin with this environment.
process.env['DOCKER_HOST'] = 'unix:///nonexistent-transect';
// Nor do they write into the keychain of whoever runs the tests.
process.env['TRANSECT_KEYCHAIN'] = 'off';

/** The command line as the system starts it. */
export const cliCommand: readonly string[] = [process.execPath, cliProgram];

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line to its end; `input` is what it reads from standard input. */
export async function cli(
  args: readonly string[],
  env: Record<string, string> = {},
  input: string | null = null,
): Promise<Finished> {
  const child = spawn(process.execPath, [cliProgram, ...args], {
    env: { ...process.env, INIT_CWD: '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined).end(input ?? '');
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...texts };
}

/** A fresh workspace whose engine, if any, is ended with the test. */
export function workspace(): DataRoot {
  const root = openDataRoot(join(tempFolder(), 'root'));
  onTestFinished(async () => {
    const found = await attach(root).catch(() => null);
    if (found !== null) await endProcess(found.health.pid);
  });
  return root;
}

/** Starts an engine of its own, as a client would, and keeps its process at hand. */
export function startEngine(root: DataRoot, env: Record<string, string> = {}, program = engineProgram): ChildProcess {
  mkdirSync(root.engine, { recursive: true });
  const log = openSync(root.logFile, 'a');
  const child = spawn(process.execPath, [program, '--data-root', root.path], {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Waits for the data root's engine to answer. */
export async function whenReady(root: DataRoot, withinMs = 10_000): Promise<Connection> {
  return until('an engine to answer', withinMs, () => attach(root));
}

/** Asks again until there is an answer. */
export async function until<T>(
  what: string,
  withinMs: number,
  ask: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(20)) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
  }
  throw new Error(`waited ${withinMs} ms in vain for ${what}`);
}

export async function untilEnded(connection: Connection, jobId: JobId, withinMs = 30_000): Promise<Job> {
  return until(`job ${jobId} to end`, withinMs, async () => {
    const job = await connection.client('getJob', { jobId });
    return isFinal(job.state) && job;
  });
}

/**
 * The worker of a job as a process of this machine; null while there is none. Inside a sandbox its processes are numbered anew,
 * so its status can't tell.
 */
export function workerPid(root: DataRoot, jobId: JobId): number | null {
  if (process.platform !== 'linux') {
    const path = join(root.jobFolder(jobId), 'status.json');
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { pid: number | null }).pid : null;
  }
  const pids = readdirSync('/proc').filter((name) => {
    try {
      const [program = '', ...words] = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      return basename(program) === 'node' && words[words.indexOf('--job-id') + 1] === jobId && words.includes('--task');
    } catch {
      return false;
    }
  });
  return pids.length === 0 ? null : Number(pids[0]);
}

/** Ends a process that this test caused to exist, by its id. */
export async function endProcess(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL');
    for (;;) {
      process.kill(pid, 0);
      await sleep(10);
    }
  } catch {
    // It is gone.
  }
}

/** A raster_summary task over these rasters. */
export function summaryTask(rasters: readonly string[], more = ''): string {
  return `task_name: slow summary
output_dir: /data/outputs/jobs/slow_summary
inputs:
  rasters: ${JSON.stringify(rasters)}
analysis:
  type: raster_summary
outputs: {}
backend: process
${more}`;
}
