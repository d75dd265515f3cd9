import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src-main/engine/jobs/router.ts';
import type { BackendId } from '../../src-shared/job.ts';
import { readTask } from '../../src-shared/task/read-task.ts';
import type { Task } from '../../src-shared/task/schema.ts';

function taskWith(lines: string): Task {
  const { task, problems } = readTask(
    `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: {raster: a.tif}\nanalysis: {type: raster_summary}\noutputs: {}\n${lines}`,
  );
  if (task === null) throw new Error(JSON.stringify(problems));
  return task;
}
const all: ReadonlySet<BackendId> = new Set(['process', 'docker', 'kubernetes', 'skypilot']);
const ask = { without_docker: 'ask' } as const;

describe('chooseBackend', () => {
  it.each([
    ['', undefined, 'docker'],
    ['backend: kubernetes', undefined, 'kubernetes'],
    ['backend: kubernetes', 'process', 'process'],
    ['resources: {gpus: 1}', undefined, 'skypilot'],
    ['resources: {memory_gb: 17}', undefined, 'skypilot'],
    ['resources: {memory_gb: 16, cpus: 8}', undefined, 'docker'],
    ['resources: {cpus: 9}', undefined, 'skypilot'],
    ['resources: {gpus: 1}', 'process', 'process'],
  ] as const)('%s, asked for %s: %s', (lines, asked, expected) => {
    const { backend, reason } = chooseBackend(taskWith(lines), asked, all, ask);
    expect(backend).toBe(expected);
    expect(reason).not.toBe('');
  });

  it('never moves from a container to the host unless the settings say so', () => {
    const onlyProcess = new Set<BackendId>(['process']);
    expect(() => chooseBackend(taskWith(''), undefined, onlyProcess, ask)).toThrow(
      expect.objectContaining({
        code: 'backend_unavailable',
        remedy: expect.stringContaining('--backend process') as string,
      }) as Error,
    );
    expect(() => chooseBackend(taskWith(''), undefined, onlyProcess, { without_docker: 'refuse' })).toThrow(
      /less isolated/,
    );
    expect(chooseBackend(taskWith(''), undefined, onlyProcess, { without_docker: 'process' }).backend).toBe('process');
  });

  it('names what is there when the choice is not', () => {
    expect(() => chooseBackend(taskWith('backend: docker'), undefined, new Set(['process']), ask)).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('Available: process') as string }) as Error,
    );
  });
});
