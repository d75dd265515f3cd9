import { describe, expect, it } from 'vitest';
import type { KnownService } from '../../../src-shared/api/services.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { ServiceEntry } from '../../../src-shared/services.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';
import { mayUseDocker } from '../../../src-renderer/tasks/launch/may-use-docker.ts';
import { serviceImageOf } from '../../../src-renderer/tasks/launch/service-image.ts';
import { obstacleOf, remedyHere } from '../../../src-renderer/tasks/launch/submit-error.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const entry = ServiceEntry.parse({ name: 'tool', description: 'd', image: 'example.org/tool:1', runtime: 'bash' });
const known = (pinned: string | null): KnownService => ({
  entry,
  pinned: pinned === null ? null : { digest: pinned, at: '2026-01-01T00:00:00.000Z' },
  present: null,
  bytes: null,
});

function analysisOf(words: string) {
  const { task } = readTask(
    `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: {raster: a.tif}\nanalysis: {type: service, ${words}, argv: [ls]}\noutputs: {}\n`,
  );
  if (task?.analysis.type !== 'service') throw new Error(`${words} is no service task`);
  return task.analysis;
}

describe('the image of a service task', () => {
  it('is pinned by the task, by the workspace, or not at all', () => {
    expect(serviceImageOf(analysisOf(`image: "other@${digest}"`), [])).toEqual({
      reference: `other@${digest}`,
      pinned: 'task',
      digest,
      name: null,
    });
    expect(serviceImageOf(analysisOf('service: tool'), [known(digest)])).toEqual({
      reference: 'example.org/tool:1',
      pinned: 'workspace',
      digest,
      name: 'tool',
    });
    expect(serviceImageOf(analysisOf('service: tool'), [known(null)])).toMatchObject({ pinned: 'no', name: 'tool' });
    expect(serviceImageOf(analysisOf('image: other:1'), [known(digest)])).toMatchObject({ pinned: 'no', name: null });
  });

  it('is the catalogue’s when a task names the same reference, and unknown for a service that is not there', () => {
    expect(serviceImageOf(analysisOf('image: example.org/tool:1'), [known(digest)])).toMatchObject({
      pinned: 'workspace',
      name: 'tool',
    });
    expect(serviceImageOf(analysisOf('service: absent'), [known(null)])).toMatchObject({
      reference: null,
      pinned: 'no',
    });
    expect(serviceImageOf(analysisOf('image: "tool@sha256:short"'), [])).toMatchObject({ pinned: 'no' });
  });
});

describe('what stands in the way of a run', () => {
  it('is a question only where the task does not insist on a container', () => {
    const auto = new AppError('backend_unavailable', 'Docker is not available.', {
      remedy: 'To run it as a plain process of this machine, add: --backend process',
    });
    expect(obstacleOf(auto, {}).kind).toBe('isolation');
    const docker = new AppError('backend_unavailable', 'The back end docker is needed.', { remedy: 'Start Docker.' });
    expect(obstacleOf(docker, {}).kind).toBe('other');
    expect(remedyHere(docker)).toBe('Start Docker.');
  });
});

describe('a worker image is prepared', () => {
  const taskOf = (more: string) => {
    const text = `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: {raster: a.tif}\nanalysis: {type: raster_summary}\noutputs: {}\n${more}`;
    const { task, problems } = readTask(text);
    expect(problems).toEqual([]);
    return task!;
  };

  it('where the run may start in a container of this machine, and nowhere else', () => {
    expect(mayUseDocker(taskOf(''), undefined)).toBe(true);
    expect(mayUseDocker(taskOf('backend: docker'), undefined)).toBe(true);
    expect(mayUseDocker(taskOf('backend: process'), 'docker')).toBe(true);
    expect(mayUseDocker(taskOf('backend: process'), undefined)).toBe(false);
    expect(mayUseDocker(taskOf(''), 'process')).toBe(false);
    expect(mayUseDocker(taskOf('resources: {gpus: 1}'), undefined)).toBe(false);
    expect(mayUseDocker(taskOf('mode: cluster'), undefined)).toBe(false);
  });
});
