import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { LaunchSpec } from '../../src-main/engine/backends/backend.ts';
import type { Planned } from '../../src-main/engine/gate/plan-launch.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { requireTask } from '../../src-shared/task/read-task.ts';

const tasks = new Map<string, Pick<Planned, 'task' | 'taskSha256'>>();

export function taskOf(timeoutSec: number, mode: string): Pick<Planned, 'task' | 'taskSha256'> {
  const text = `task_name: paid
output_dir: /data/outputs/jobs/paid
inputs: {rasters: ["https://example.com/a.tif"]}
analysis: {type: raster_summary}
outputs: {}
backend: skypilot
mode: ${mode}
limits: {timeout_sec: ${timeoutSec}}
`;
  const known = tasks.get(text) ?? {
    task: requireTask(Buffer.from(text)).task,
    taskSha256: createHash('sha256').update(text).digest('hex'),
  };
  tasks.set(text, known);
  return known;
}

export function specOf(jobId: JobId, { task, inputs, offline }: Planned): LaunchSpec {
  return {
    ...{ jobId, taskName: task.task_name, folder: join('/jobs', jobId), records: join('/records', jobId), offline },
    ...{ timeoutSec: task.limits.timeout_sec ?? 0, memoryMb: 1_024, attempt: 1, task, inputs },
    secrets: () => Promise.resolve(new Map()),
  };
}
