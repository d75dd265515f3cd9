import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { mountInputs } from '../../src-main/engine/backends/docker/inputs.ts';
import { resolveLocalInputs } from '../../src-main/engine/jobs/local-inputs.ts';
import { requireTask } from '../../src-shared/task/read-task.ts';
import type { Task } from '../../src-shared/task/schema.ts';
import { tempFolder } from '../helpers/temp.ts';

function taskOn(store: string): Task {
  const text = `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: {zarr: ${JSON.stringify(store)}}\nanalysis: {type: zarr_reduce, variable: tas}\noutputs: {}\n`;
  return requireTask(Buffer.from(text)).task;
}

function setUp() {
  const top = tempFolder();
  const root = openDataRoot(join(top, 'root'));
  const folder = join(top, 'tasks');
  const store = join(folder, 'a.zarr');
  mkdirSync(join(store, 'tas'), { recursive: true });
  writeFileSync(join(store, '.zgroup'), '{}');
  writeFileSync(join(store, 'tas', '.zarray'), '{}');
  return { root, folder, store };
}

describe('a Zarr store as input', () => {
  it('is granted as a folder, from the task’s folder, a grant and a link', () => {
    const { root, folder, store } = setUp();
    symlinkSync(store, join(folder, 'link.zarr'));
    const granted = { baseDir: null, grants: [], standing: [store] };
    const files = [{ name: 'a.zarr', path: store }];
    expect(resolveLocalInputs(taskOn('a.zarr'), root, { baseDir: folder, grants: [], standing: [] }).files).toEqual(
      files,
    );
    expect(resolveLocalInputs(taskOn(store), root, granted).files).toEqual([{ name: store, path: store }]);
    expect(
      resolveLocalInputs(taskOn('link.zarr'), root, { baseDir: folder, grants: [], standing: [] }).files[0]?.path,
    ).toBe(store);
    expect(resolveLocalInputs(taskOn('s3://bucket/a.zarr'), root, granted).files).toEqual([]);
  });

  it('is refused where it is a file, holds the home folder, or was not granted', () => {
    const { root, folder, store } = setUp();
    writeFileSync(join(folder, 'a.zarr.zip'), 'x');
    const rights = { baseDir: folder, grants: [], standing: [] };
    const resolving =
      (name: string, grants: string[] = []) =>
      () =>
        resolveLocalInputs(taskOn(name), root, { ...rights, grants });
    expect(resolving('a.zarr.zip')).toThrow(
      expect.objectContaining({ code: 'bad_data', remedy: expect.stringMatching(/unpack/) as string }) as Error,
    );
    expect(resolving(homedir(), [homedir()])).toThrow(/home folder/);
    expect(resolving('b.zarr')).toThrow(/does not exist/);
    expect(() =>
      resolveLocalInputs(taskOn(store), root, { baseDir: join(root.path), grants: [], standing: [] }),
    ).toThrow(/outside the folders/);
  });

  it('is mounted read-only by itself in a container', () => {
    const { store } = setUp();
    const { binds, files } = mountInputs({ task: taskOn(store), inputs: [{ name: store, path: store }] });
    expect(binds).toEqual([{ source: store, target: '/inputs/0/a.zarr', readOnly: true }]);
    expect(files).toEqual([{ name: store, path: '/inputs/0/a.zarr' }]);
    expect(binds.map(({ source }) => source)).not.toContain(dirname(store));
  });
});
