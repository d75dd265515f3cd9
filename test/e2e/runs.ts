import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../src-shared/api/client.ts';
import { TaskId } from '../../src-shared/api/library.ts';
import type { Job } from '../../src-shared/job.ts';
import { isFinal } from '../../src-shared/job.ts';

/** Runs a shipped example offline to its end, as a person would have done before. */
export async function runExample(api: Client, file = 'example_stac_preview.yaml', withinMs = 120_000): Promise<Job> {
  const taskId = TaskId.parse(`examples/${file}`);
  const { text } = await api('readTask', { taskId });
  const { id } = await api('submitJob', { text, from: taskId, backend: 'process', offline: true });
  for (const end = performance.now() + withinMs; performance.now() < end; await sleep(50)) {
    const job = await api('getJob', { jobId: id });
    if (!isFinal(job.state)) continue;
    if (job.state !== 'succeeded') throw new Error(`${file} ended as ${job.state}`);
    return job;
  }
  throw new Error(`${file} did not end within ${withinMs} ms`);
}
