import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JobId } from '../../../src-shared/job-id.ts';
import { TaskId } from '../../../src-shared/api/library.ts';
import { parsePath, paths } from '../../../src-renderer/app/routes.ts';

const jobId = JobId.parse('20260101t000000z-ndvi-abcdef');

test('every address leads back to its place', () => {
  expect(parsePath(paths.tasks())).toEqual({ name: 'tasks', taskId: null });
  expect(parsePath(paths.jobs())).toEqual({ name: 'jobs', jobId: null });
  expect(parsePath(paths.jobs(jobId))).toEqual({ name: 'jobs', jobId });
  expect(parsePath(paths.approvals())).toEqual({ name: 'approvals', jobId: null });
  expect(parsePath(paths.approvals(jobId))).toEqual({ name: 'approvals', jobId });
  expect(parsePath(paths.review(jobId, 'map'))).toEqual({ name: 'review', jobId, tab: 'map' });
  expect(parsePath(paths.services())).toEqual({ name: 'services', service: null });
  expect(parsePath(paths.services('openfoam-swak4foam'))).toEqual({ name: 'services', service: 'openfoam-swak4foam' });
  expect(parsePath(paths.doctor())).toEqual({ name: 'doctor' });
  expect(parsePath(paths.settings())).toEqual({ name: 'settings' });
});

test('a task with any file name keeps its address', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => `tasks/${text}.yaml`);
  const ids = name.filter((id) => TaskId.safeParse(id).success);
  fc.assert(
    fc.property(ids, (taskId) => {
      expect(parsePath(paths.tasks(taskId))).toEqual({ name: 'tasks', taskId });
    }),
  );
});

test('whatever stands in the address, there is a place', () => {
  fc.assert(
    fc.property(fc.string(), (path) => {
      expect(['tasks', 'jobs', 'approvals', 'costs', 'review', 'services', 'doctor', 'settings']).toContain(
        parsePath(`/${path}`).name,
      );
    }),
  );
  expect(parsePath('/jobs/../../etc')).toEqual({ name: 'jobs', jobId: null });
  expect(parsePath('/tasks/%E0%A4%A')).toEqual({ name: 'tasks', taskId: null });
});
