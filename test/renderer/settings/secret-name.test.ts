import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecretName } from '../../../src-shared/api/secrets.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';
import { nameProblem, referenceTo } from '../../../src-renderer/settings/secret-name.ts';

test('a name is refused exactly where the engine refuses it, and never before anything was typed', () => {
  expect(nameProblem('')).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 80 }), (name) => {
      expect(nameProblem(name) === undefined).toBe(SecretName.safeParse(name).success);
    }),
  );
  expect(nameProblem('9lives')).toContain('begins with a letter');
  expect(nameProblem('my key')).toContain('without spaces');
  expect(nameProblem('a'.repeat(65))).toContain('64');
});

test('the lines that refer to a secret are taken by a task', () => {
  const head = 'task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: {raster: a.tif}\n';
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/), (name) => {
      const { task, problems } = readTask(
        `${head}analysis: {type: raster_summary}\noutputs: {}\n${referenceTo(name)}\n`,
      );
      expect(problems).toEqual([]);
      expect(Object.values(task?.secrets ?? {})).toEqual([{ secret: name }]);
    }),
  );
});
