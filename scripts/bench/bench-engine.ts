import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../src-shared/api/client.ts';
import { attach } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';
import { isFinal } from '../../src-shared/job.ts';

export const out = resolve(import.meta.dirname, '../../out');

export interface BenchEngine {
  readonly root: DataRoot;
  readonly client: Client;
  /** Memory that the engine holds now, MB; null where the system does not say. */
  memoryMb(): number | null;
  stop(): Promise<void>;
}

/** Starts the built engine with an environment of its own, and waits until it answers. */
export async function startBenchEngine(root: DataRoot, env: Readonly<Record<string, string>>): Promise<BenchEngine> {
  const log = openSync(root.logFile, 'a');
  const child = spawn(process.execPath, [join(out, 'programs/engine/engine.js'), '--data-root', root.path], {
    env: { ...process.env, TRANSECT_IDLE_EXIT_SECONDS: '600', ...env },
    stdio: ['ignore', log, log],
  });
  const ended = new Promise<void>((done) =>
    child.once('close', () => {
      done();
    }),
  );
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(20)) {
    const found = await attach(root);
    if (found === null) continue;
    const { client } = found;
    return {
      root,
      client,
      memoryMb: () => residentMb(child.pid),
      stop: async () => {
        await client('stopEngine', {});
        await ended;
      },
    };
  }
  child.kill();
  throw new Error(`the engine did not start: see ${root.logFile}`);
}

/** Waits for the end of a job. */
export async function ended({ client }: BenchEngine, jobId: JobId): Promise<Job> {
  for (;;) {
    const job = await client('getJob', { jobId });
    if (isFinal(job.state)) return job;
    await sleep(10);
  }
}

function residentMb(pid: number | undefined): number | null {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
  } catch {
    return null;
  }
}
