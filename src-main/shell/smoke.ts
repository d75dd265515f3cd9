import { setTimeout as sleep } from 'node:timers/promises';
import { TaskId } from '../../src-shared/api/library.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';
import { isFinal } from '../../src-shared/job.ts';
import type { Connection } from '../client/connect.ts';
import type { Shell } from './open-shell.ts';

const example = TaskId.parse('examples/example_stac_preview.yaml');
const readyWithinMs = 60_000;
const jobWithinMs = 120_000;
const rangeBytes = 64;

/**
 * What a person would do first: the window comes up, the shipped example runs offline, and a file of the run can be read in the
 * window by a range.
 * @param options.endEngine whether to end the engine: that of a workspace which somebody uses goes on
 * @throws AppError that says which step failed
 */
export async function runSmoke(
  shell: Shell,
  { endEngine }: { readonly endEngine: boolean },
): Promise<Record<string, unknown>> {
  const began = performance.now();
  const connection = await shell.link.connection();
  try {
    await shell.show();
    await until('the window to be ready', readyWithinMs, () =>
      inPage<boolean>(shell, `document.documentElement.dataset.ready === 'true'`),
    );
    const readyMs = Math.round(performance.now() - began);
    const job = await runExample(connection);
    const range = await readRange(shell, connection, job.id);
    return {
      version: connection.health.version,
      worker: connection.health.workerVersion,
      electron: process.versions['electron'],
      chrome: process.versions['chrome'],
      readyMs,
      jobId: job.id,
      state: job.state,
      range,
      ms: Math.round(performance.now() - began),
    };
  } finally {
    if (endEngine) await stopEngine(connection);
  }
}

async function runExample({ client }: Connection): Promise<Job> {
  const { text } = await client('readTask', { taskId: example });
  const { id } = await client('submitJob', { text, from: example, backend: 'process', offline: true });
  const job = await until(`job ${id} to end`, jobWithinMs, async () => {
    const now = await client('getJob', { jobId: id });
    return isFinal(now.state) && now;
  });
  if (job.state !== 'succeeded')
    throw new AppError('job_failed', `The example ended as ${job.state}: ${JSON.stringify(job)}`);
  return job;
}

/** Reads the beginning of the run's largest file as the map does. */
async function readRange(shell: Shell, { client }: Connection, jobId: JobId): Promise<Record<string, unknown>> {
  const { files } = await client('listFiles', { jobId });
  const [file] = files.toSorted((a, b) => b.bytes - a.bytes);
  if (file === undefined) throw new AppError('bad_data', `Job ${jobId} wrote no files.`);
  const address = `job://${jobId}/${file.path.split('/').map(encodeURIComponent).join('/')}`;
  const got = await inPage<{ status: number; range: string; bytes: number }>(
    shell,
    `fetch(${JSON.stringify(address)}, { headers: { range: 'bytes=0-${rangeBytes - 1}' } }).then(async (answer) => ({
      status: answer.status,
      range: answer.headers.get('content-range'),
      bytes: (await answer.arrayBuffer()).byteLength,
    }))`,
  );
  const expected = { status: 206, range: `bytes 0-${rangeBytes - 1}/${file.bytes}`, bytes: rangeBytes };
  if (JSON.stringify(got) !== JSON.stringify(expected))
    throw new AppError(
      'bad_data',
      `A range of ${address} gave ${JSON.stringify(got)}, not ${JSON.stringify(expected)}.`,
    );
  return { path: file.path, ...got };
}

function inPage<T>({ window }: Shell, script: string): Promise<T> {
  return window.webContents.executeJavaScript(script) as Promise<T>;
}

/** Ends the engine, and waits until it no longer writes into the folder that is about to be removed. */
async function stopEngine({ client, health }: Connection): Promise<void> {
  await client('stopEngine', {}).catch(() => undefined);
  await until('the engine to end', 10_000, () => {
    try {
      return !process.kill(health.pid, 0);
    } catch {
      return true;
    }
  });
}

async function until<T>(what: string, withinMs: number, ask: () => T | false | Promise<T | false>): Promise<T> {
  for (const end = performance.now() + withinMs; performance.now() < end; await sleep(50)) {
    const answer = await ask();
    if (answer !== false) return answer;
  }
  throw new AppError('timed_out', `Waited ${withinMs / 1000} s in vain for ${what}.`);
}
