import { describe, expect, it } from 'vitest';
import { connect } from '../../src-main/client/connect.ts';
import { findExamples } from '../../src-main/engine/library/examples.ts';
import { allOf } from '../helpers/all-of.ts';
import { endProcess, untilEnded, workspace } from '../helpers/programs.ts';

describe('the library of an engine', () => {
  it('answers every route, and of two saves at once lets one win', async () => {
    const root = workspace();
    const { client } = await connect(root);
    const from = 'examples/example_raster_summary.yaml';
    const example = await client('readTask', { taskId: from });
    expect(example.entry).toMatchObject({ kind: 'examples', problems: 0, modifiedAt: null });
    const made = await client('createTask', { name: 'Größe 2', text: example.text, from });
    expect(made.entry.id).toBe('tasks/größe-2.yaml');
    const [taskId, { revision }] = [made.entry.id, made];
    const saves = await Promise.allSettled(
      Array.from({ length: 8 }, (_, number) =>
        client('saveTask', { taskId, text: `${made.text}# ${number}\n`, revision }),
      ),
    );
    expect(saves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const save of saves) if (save.status === 'rejected') expect(save.reason).toMatchObject({ code: 'conflict' });
    const names = await Promise.all(
      Array.from({ length: 12 }, () => client('createTask', { name: 'at once', text: made.text })),
    );
    expect(new Set(names.map(({ entry }) => entry.id)).size).toBe(12);
    // Longer than any task may be, and full of characters that JSON escapes.
    const typed = '\u0001'.repeat(250_000);
    expect((await client('saveDraft', { taskId, text: typed, base: revision })).draft?.text).toBe(typed);
    const { trashId } = await client('trashTask', { taskId });
    expect((await client('restoreTask', { trashId })).draft?.text).toBe(typed);
    const { tasks } = await client('listTasks', {});
    expect(tasks.filter(({ kind }) => kind === 'tasks')).toHaveLength(13);
    for (const taskId of ['tasks/../transect.yaml', 'tasks/a/b.yaml', 'other/a.yaml', 'tasks/a.txt'])
      await expect(client('readTask', { taskId })).rejects.toMatchObject({ code: 'bad_data' });
  });

  it('runs a document where it belongs, and again after the engine was replaced', async () => {
    const root = workspace();
    const connection = await connect(root);
    const from = 'examples/example_raster_summary.yaml';
    const { text } = await connection.client('readTask', { taskId: from });
    const edited = text.replace('Two bands in numbers', 'Edited bands');
    const first = await connection.client('submitJob', { text: edited, from, backend: 'process' });
    expect((await untilEnded(connection, first.id)).state).toBe('succeeded');
    await endProcess(connection.health.pid);

    const next = await connect(root);
    const run = await next.client('readTask', { taskId: `runs/${first.id}` });
    expect(run).toMatchObject({ text: edited, entry: { kind: 'runs', name: 'Edited bands', problems: 0 } });
    const { tasks } = await next.client('listTasks', {});
    expect(tasks.filter(({ kind }) => kind === 'runs')).toEqual([]);
    const second = await next.client('submitJob', { text, from: run.entry.id, backend: 'process' });
    expect((await untilEnded(next, second.id)).state).toBe('succeeded');
    const [created] = await allOf(await next.client('jobRecord', { jobId: second.id }));
    expect(created?.data).toMatchObject({ from: run.entry.id, through: 'direct', baseDir: findExamples({}) });
    // Its inputs were relative to the examples; a copy among the workspace's tasks still finds them.
    const copy = await next.client('createTask', { name: 'copy', text: run.text, from: run.entry.id });
    const third = await next.client('submitJob', { text: copy.text, from: copy.entry.id, backend: 'process' });
    expect((await untilEnded(next, third.id)).state).toBe('succeeded');
    await expect(
      next.client('submitJob', { text, from, baseDir: root.path, backend: 'process' }),
    ).rejects.toMatchObject({ code: 'bad_data' });
  });
});
