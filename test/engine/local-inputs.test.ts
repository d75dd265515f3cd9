import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { resolveLocalInputs } from '../../src-main/engine/jobs/local-inputs.ts';
import { isInside } from '../../src-main/client/inside.ts';
import { readTask } from '../../src-shared/task/read-task.ts';
import type { Task } from '../../src-shared/task/schema.ts';
import { tempFolder } from '../helpers/temp.ts';

function summaryOf(raster: string): Task {
  const { task, problems } = readTask(
    `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: {raster: ${JSON.stringify(raster)}}\nanalysis: {type: raster_summary}\noutputs: {}\n`,
  );
  if (task === null) throw new Error(JSON.stringify(problems));
  return task;
}

function serviceOn(folder: string): Task {
  const { task, problems } = readTask(
    `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: {folder: ${JSON.stringify(folder)}}\nanalysis: {type: service, image: a, argv: [b]}\noutputs: {}\n`,
  );
  if (task === null) throw new Error(JSON.stringify(problems));
  return task;
}

function setUp() {
  const top = tempFolder();
  const root = openDataRoot(join(top, 'root'));
  const folder = join(top, 'tasks');
  const elsewhere = join(top, 'elsewhere');
  for (const path of [folder, elsewhere, `${folder}-sibling`]) mkdirSync(path);
  for (const path of [
    join(folder, 'a.tif'),
    join(elsewhere, 'b.tif'),
    join(`${folder}-sibling`, 'c.tif'),
    join(root.path, 'd.tif'),
  ])
    writeFileSync(path, 'x');
  symlinkSync(join(elsewhere, 'b.tif'), join(folder, 'link.tif'));
  return { root, folder, elsewhere };
}

function rights(baseDir: string | null, grants: string[], standing: string[] = []) {
  return { baseDir, grants, standing };
}

describe('resolveLocalInputs', () => {
  it('reads the task’s folder, the data root and granted folders', () => {
    const { root, folder, elsewhere } = setUp();
    expect(resolveLocalInputs(summaryOf('a.tif'), root, rights(folder, [])).files).toEqual([
      { name: 'a.tif', path: join(folder, 'a.tif') },
    ]);
    expect(resolveLocalInputs(summaryOf(join(root.path, 'd.tif')), root, rights(folder, [])).files).toHaveLength(1);
    expect(resolveLocalInputs(summaryOf('../elsewhere/b.tif'), root, rights(folder, [elsewhere])).files).toEqual([
      { name: '../elsewhere/b.tif', path: join(elsewhere, 'b.tif') },
    ]);
    expect(resolveLocalInputs(summaryOf('link.tif'), root, rights(folder, [elsewhere])).files[0]?.path).toBe(
      join(elsewhere, 'b.tif'),
    );
  });

  it('brings the sidecars of a raster along, but no links', () => {
    const { root, folder, elsewhere } = setUp();
    writeFileSync(join(folder, 'a.tif.msk'), '');
    writeFileSync(join(folder, 'a.tif.aux.xml'), '');
    symlinkSync(join(elsewhere, 'b.tif'), join(folder, 'a.tif.ovr'));
    expect(resolveLocalInputs(summaryOf('a.tif'), root, rights(folder, [])).files).toEqual(
      ['a.tif', 'a.tif.msk', 'a.tif.aux.xml'].map((name) => ({ name, path: join(folder, name) })),
    );
  });

  it.each([
    ['a path out of the folder', '../elsewhere/b.tif'],
    ['a link out of the folder', 'link.tif'],
    ['a sibling whose name begins alike', '../tasks-sibling/c.tif'],
    ['a system file', '/etc/passwd'],
  ])('denies %s', (_what, raster) => {
    const { root, folder } = setUp();
    writeFileSync(root.endpointFile, '{}');
    writeFileSync(join(root.records, 'x'), '{}');
    expect(() => resolveLocalInputs(summaryOf(raster), root, rights(folder, []))).toThrow(
      expect.objectContaining({ code: 'denied', remedy: expect.stringMatching(/--grant/) as string }) as Error,
    );
  });

  it('denies the workspace’s own files, whatever was granted', () => {
    const { root, folder } = setUp();
    writeFileSync(root.endpointFile, '{}');
    writeFileSync(join(root.records, 'x'), '{}');
    for (const raster of ['../root/.engine/engine.json', '../root/records/x'])
      expect(() => resolveLocalInputs(summaryOf(raster), root, rights(folder, [root.path, '/']))).toThrow(
        /workspace’s own files/,
      );
    expect(() => resolveLocalInputs(summaryOf('.engine/engine.json'), root, rights(root.path, []))).toThrow(
      /workspace’s own files/,
    );
  });

  it('reads what stands granted, but no hidden entry below a granted folder', () => {
    const { root, folder, elsewhere } = setUp();
    mkdirSync(join(elsewhere, '.keys'));
    for (const name of ['.keys/k.tif', '.hidden.tif']) writeFileSync(join(elsewhere, name), 'x');
    const allowed = (raster: string, ...standing: string[]) =>
      resolveLocalInputs(summaryOf(raster), root, rights(folder, [], standing)).files[0]?.path;
    expect(allowed('../elsewhere/b.tif', elsewhere)).toBe(join(elsewhere, 'b.tif'));
    expect(allowed('link.tif', join(elsewhere, 'b.tif'))).toBe(join(elsewhere, 'b.tif'));
    expect(allowed('../elsewhere/.hidden.tif', join(elsewhere, '.hidden.tif'))).toBe(join(elsewhere, '.hidden.tif'));
    expect(allowed('../elsewhere/.keys/k.tif', join(elsewhere, '.keys'))).toBe(join(elsewhere, '.keys/k.tif'));
    for (const raster of ['../elsewhere/.hidden.tif', '../elsewhere/.keys/k.tif', '/etc/passwd'])
      expect(() => allowed(raster, elsewhere)).toThrow(expect.objectContaining({ code: 'denied' }) as Error);
    // A grant of a folder that is gone, on a disk that is not there, hinders nobody.
    expect(allowed('a.tif', join(elsewhere, 'gone'))).toBe(join(folder, 'a.tif'));
    writeFileSync(root.endpointFile, '{}');
    expect(() => allowed('../root/.engine/engine.json', join(root.path, '..'))).toThrow(/workspace’s own files/);
  });

  it('says what is missing', () => {
    const { root, folder } = setUp();
    expect(() => resolveLocalInputs(summaryOf('nothing.tif'), root, rights(folder, []))).toThrow(
      expect.objectContaining({ code: 'not_found' }) as Error,
    );
    expect(() => resolveLocalInputs(summaryOf('a.tif'), root, rights(folder, [join(folder, 'no')]))).toThrow(
      /granted folder .* does not exist/,
    );
    expect(() => resolveLocalInputs(summaryOf('a.tif'), root, rights(null, []))).toThrow(/has no folder/);
  });

  it('leaves addresses alone', () => {
    const { root, folder } = setUp();
    expect(resolveLocalInputs(summaryOf('https://example.org/a.tif'), root, rights(folder, [])).files).toEqual([]);
  });
});

it('isInside knows a folder from its prefix', () => {
  expect([
    isInside('/a', '/a'),
    isInside('/a', '/a/b'),
    isInside('/a', '/ab'),
    isInside('/a', '/'),
    isInside('/a', '/a/..b'),
  ]).toEqual([true, true, false, false, true]);
});

it('a case folder is a folder, and holds neither the workspace’s own files nor the home folder', () => {
  const { root, folder } = setUp();
  const resolved = (name: string) => () => resolveLocalInputs(serviceOn(name), root, rights(folder, [folder, '/']));
  expect(resolved('.')().files).toEqual([{ name: '.', path: folder }]);
  expect(resolved('a.tif')).toThrow(expect.objectContaining({ code: 'bad_data' }) as Error);
  expect(resolved('..')).toThrow(/workspace’s own files/);
  expect(resolved('../root/records')).toThrow(/workspace’s own files/);
  vi.stubEnv('HOME', join(folder, 'me'));
  vi.stubEnv('USERPROFILE', join(folder, 'me'));
  expect(resolved('.')).toThrow(/home folder/);
  vi.unstubAllEnvs();
});
