import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src-main/client/connect.ts';
import type { ErrorData } from '../../src-shared/errors.ts';
import { AppError } from '../../src-shared/errors.ts';
import { readTask } from '../../src-shared/task/read-task.ts';
import { readForForm } from '../../src-renderer/tasks/page/read-for-form.ts';
import { askEngine } from '../helpers/ask-engine.ts';
import type { BadTask } from '../helpers/bad-tasks.ts';
import { badTasks, oddTasks } from '../helpers/bad-tasks.ts';
import { cli, workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';

const texts = badTasks.filter((bad): bad is BadTask & { task: string } => typeof bad.task === 'string');
const named = ({ row, what }: Pick<BadTask, 'row' | 'what'>) => `${row}: ${what}`;

/** Several at once, since each is a program of its own. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all([lane(), lane(), lane()]);
}

const told = (error: unknown) =>
  error instanceof AppError
    ? [error.message, error.remedy, ...(error.problems ?? []).map(({ path, message }) => `${path}: ${message}`)].join(
        '\n',
      )
    : String(error);

describe('the form', () => {
  it.each(texts.map((bad) => [named(bad), bad] as const))('shows what is wrong with %s', (_, { task, says }) => {
    const { problems } = readForForm(task);
    expect(problems.map(({ path, message }) => `${path}: ${message}`).join('\n')).toMatch(says);
    expect(problems.every(({ message }) => message !== '')).toBe(true);
  });

  it.each(oddTasks.map((odd) => [named(odd), odd] as const))('takes %s', (_, { task, reads }) => {
    expect(readForForm(task).problems).toEqual([]);
    expect(readTask(task).task).toMatchObject(reads);
  });
});

describe('a program given a bad task', () => {
  it('is told by the API, and no job is made', { timeout: 180_000 }, async () => {
    const root = workspace();
    const { client } = await connect(root);
    for (const bad of texts) {
      const text = bad.task;
      const asked = JSON.stringify({ text, backend: 'process', offline: true });
      const reply = await askEngine(root, '/api/v1/jobs', { method: 'POST', body: asked });
      const refusal = AppError.fromData((JSON.parse(reply.body.toString()) as { error: ErrorData }).error);
      expect([named(bad), told(refusal)]).toEqual([named(bad), expect.stringMatching(bad.says)]);
      expect([named(bad), reply.status < 500]).toEqual([named(bad), true]);
      expect(refusal.code).toMatch(/^(invalid_task|over_limit)$/);
      const body = JSON.stringify({ text });
      const found = await askEngine(root, '/api/v1/tasks/validate', { method: 'POST', body });
      expect([named(bad), found.body.toString()]).toEqual([named(bad), expect.not.stringContaining('"valid":true')]);
      expect([
        named(bad),
        /SECRET1234567|hunter2|abcdef123/.test(found.body.toString() + reply.body.toString()),
      ]).toEqual([named(bad), false]);
    }
    // Bytes that are no text: neither by the API itself nor from a file of the workspace.
    mkdirSync(root.tasks, { recursive: true });
    for (const bad of badTasks.filter(({ task }) => typeof task !== 'string')) {
      const body = Buffer.concat([
        Buffer.from('{"text":"'),
        Buffer.from(bad.task).filter((byte) => byte !== 0x22 && byte >= 0x20),
        Buffer.from('"}'),
      ]);
      const reply = await askEngine(root, '/api/v1/jobs', { method: 'POST', body });
      expect([named(bad), reply.status, reply.body.toString()]).toEqual([
        named(bad),
        422,
        expect.stringContaining('UTF-8') as string,
      ]);
      writeFileSync(join(root.tasks, 'bytes.yaml'), bad.task);
      await expect(client('readTask', { taskId: 'tasks/bytes.yaml' })).rejects.toMatchObject({ code: 'invalid_task' });
    }
    expect((await client('listJobs', {})).jobs).toEqual([]);
    expect(readdirSync(root.jobs)).toEqual([]);
  });

  it('is told by the command line with 64, and no job is made', { timeout: 240_000 }, async () => {
    const root = workspace();
    const folder = tempFolder();
    await forEach([...badTasks.entries()], async ([n, bad]) => {
      const path = join(folder, `${n}.yaml`);
      writeFileSync(path, bad.task);
      const run = await cli(['run', path, '--backend', 'process', '--offline', '--data-root', root.path]);
      expect([named(bad), run.code, run.stderr]).toEqual([named(bad), 64, expect.stringMatching(bad.says)]);
      expect([named(bad), run.stderr]).toEqual([named(bad), expect.stringContaining('what to do:')]);
      expect([named(bad), /SECRET1234567|hunter2|abcdef123|\n {4}at /.test(run.stdout + run.stderr)]).toEqual([
        named(bad),
        false,
      ]);
    });
    const one = badTasks.find(({ what }) => what === 'command:');
    writeFileSync(join(folder, 'one.yaml'), one?.task ?? '');
    expect(await cli(['validate', join(folder, 'one.yaml')])).toMatchObject({ code: 64 });
    expect(readdirSync(root.jobs)).toEqual([]);
  });
});
