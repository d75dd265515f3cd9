import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src-main/engine/jobs/router.ts';
import type { AppError } from '../../src-shared/errors.ts';
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
const only = (...ids: BackendId[]) => new Map(ids.map((id) => [id, { available: true }]));
const all = only('process', 'docker', 'kubernetes', 'skypilot');
const ask = { without_docker: 'ask', local_max_memory_gb: 16, local_max_cpus: 8 } as const;

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
    const onlyProcess = only('process');
    expect(() => chooseBackend(taskWith(''), undefined, onlyProcess, ask)).toThrow(
      expect.objectContaining({
        code: 'backend_unavailable',
        remedy: expect.stringContaining('--backend process') as string,
      }) as Error,
    );
    expect(() => chooseBackend(taskWith(''), undefined, onlyProcess, { ...ask, without_docker: 'refuse' })).toThrow(
      /less isolated/,
    );
    expect(chooseBackend(taskWith(''), undefined, onlyProcess, { ...ask, without_docker: 'process' }).backend).toBe(
      'process',
    );
  });

  it('names the reason for what is not there, and what is', () => {
    const refusal = (lines: string) => {
      try {
        chooseBackend(taskWith(lines), undefined, only('process'), ask);
      } catch (cause) {
        return cause as AppError;
      }
      throw new Error('nothing was refused');
    };
    expect(refusal('backend: docker').remedy).toContain('Available here: process');
    expect(refusal('resources: {gpus: 1}').message).toContain('skypilot is needed because the task needs a GPU');
  });

  it('hands on what a back end says it needs', () => {
    const broken = new Map([['process' as const, { available: false, remedy: 'Run: npm run build' }]]);
    expect(() => chooseBackend(taskWith(''), 'process', broken, ask)).toThrow(
      expect.objectContaining({ remedy: 'Run: npm run build' }) as Error,
    );
  });

  it('keeps clusters and services off this machine, also when asked for by hand', () => {
    expect(() => chooseBackend(taskWith('mode: cluster'), 'process', all, ask)).toThrow(/Cluster mode needs SkyPilot/);
    expect(chooseBackend(taskWith('mode: cluster'), undefined, all, ask).backend).toBe('skypilot');
  });
});
