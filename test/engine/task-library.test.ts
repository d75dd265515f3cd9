import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { findExamples } from '../../src-main/engine/library/examples.ts';
import { taskFileStem } from '../../src-main/engine/library/file-name.ts';
import { isTaskFile } from '../../src-main/engine/library/shelf.ts';
import { TaskLibrary } from '../../src-main/engine/library/task-library.ts';
import { JobStore } from '../../src-main/engine/store/job-store.ts';
import { toAppError } from '../../src-shared/errors.ts';
import { tempFolder } from '../helpers/temp.ts';

const valid = `task_name: A summary
output_dir: /data/outputs/jobs/a
inputs:
  rasters: [red.tif, sub/nir.tif] # two bands
  aoi: area.geojson
analysis: {type: raster_summary}
outputs: {}
`;

/** A library over a fresh workspace, without an engine around it. */
function library(): { root: DataRoot; tasks: TaskLibrary } {
  const root = openDataRoot(join(tempFolder(), 'root'));
  const tasks = new TaskLibrary({ root, store: JobStore.open(root).store, examples: findExamples({}) });
  mkdirSync(root.tasks);
  return { root, tasks };
}

const failing = (code: string, message?: RegExp) =>
  expect.objectContaining({
    code,
    remedy: expect.stringMatching(/./) as string,
    ...(message !== undefined && { message: expect.stringMatching(message) as string }),
  }) as Error;

describe('the list', () => {
  it('shows what can be read of every file, also of broken ones', async () => {
    const { root, tasks } = library();
    const put = (file: string, text: string | Uint8Array) => {
      writeFileSync(join(root.tasks, file), text);
    };
    put('a.yaml', valid);
    put(
      'b.yml',
      valid.replace('rasters: [red.tif, sub/nir.tif]', 'raster: /data/x/scene.tif').replace('A summary', ''),
    );
    put('broken.yaml', 'task_name: [unclosed\n  : -');
    put('empty.yaml', '');
    put('list.yaml', '- a\n- b\n');
    put('latin.yaml', Buffer.from([0x74, 0x3a, 0x20, 0xe4]));
    put('limit.yaml', valid + '#'.repeat(65_536 - valid.length));
    put('large.yaml', valid + '#'.repeat(65_537 - valid.length));
    put(
      'unknown.yaml',
      'task_name: "two\\nlines"\ninputs: {collection: c, stac_api: https://x}\nanalysis: {type: magic}\n',
    );
    put('.hidden.yaml', valid);
    put('notes.txt', valid);
    put('line\nbreak.yaml', valid);
    writeFileSync(
      Buffer.concat([Buffer.from(join(root.tasks, 'x')), Buffer.from([0xe4]), Buffer.from('.yaml')]),
      valid,
    );
    mkdirSync(join(root.tasks, 'folder.yaml'));
    symlinkSync(join(root.tasks, 'a.yaml'), join(root.tasks, 'link.yaml'));
    spawnSync('mkfifo', [join(root.tasks, 'pipe.yaml')]);

    const { tasks: all, folder } = await tasks.list();
    expect(folder).toBe(root.tasks);
    const own = all.filter(({ kind }) => kind === 'tasks');
    expect(
      own.map(({ file, name, analysis, source, problems }) => [file, name, analysis, source, problems > 0]),
    ).toEqual([
      ['a.yaml', 'A summary', 'raster_summary', 'red.tif and 1 more', false],
      ['b.yml', 'b', 'raster_summary', 'scene.tif', true],
      ['broken.yaml', 'broken', null, null, true],
      ['empty.yaml', 'empty', null, null, true],
      ['large.yaml', 'large', null, null, true],
      ['latin.yaml', 'latin', null, null, true],
      ['limit.yaml', 'A summary', 'raster_summary', 'red.tif and 1 more', false],
      ['list.yaml', 'list', null, null, true],
      ['unknown.yaml', 'two lines', 'magic', 'c', true],
    ]);
    expect(own.find(({ file }) => file === 'large.yaml')?.problems).toBe(1);
    expect(all.filter(({ kind }) => kind === 'examples').every(({ problems }) => problems === 0)).toBe(true);

    expect(tasks.read('tasks/broken.yaml').text).toBe('task_name: [unclosed\n  : -');
    expect(() => tasks.read('tasks/large.yaml')).toThrow(failing('invalid_task', /64 KiB/));
    expect(() => tasks.read('tasks/latin.yaml')).toThrow(failing('invalid_task', /UTF-8/));
    for (const id of ['tasks/link.yaml', 'tasks/pipe.yaml', 'tasks/folder.yaml', 'tasks/.hidden.yaml', 'tasks/no.yaml'])
      expect(() => tasks.read(id)).toThrow(failing('not_found'));
  });

  it('notices what other programs change, and does not read again what stayed', async () => {
    const { root, tasks } = library();
    const path = join(root.tasks, 'a.yaml');
    writeFileSync(path, valid);
    const names = async () => (await tasks.list()).tasks.filter(({ kind }) => kind === 'tasks').map(({ name }) => name);
    expect(await names()).toEqual(['A summary']);
    writeFileSync(path, valid.replace('A summary', 'B summary'));
    expect(await names()).toEqual(['B summary']);
    renameSync(path, join(root.tasks, 'b.yaml'));
    expect(await names()).toEqual(['B summary']);
    unlinkSync(join(root.tasks, 'b.yaml'));
    expect(await names()).toEqual([]);
    for (let number = 0; number < 500; number += 1) writeFileSync(join(root.tasks, `${number}.yaml`), valid);
    await names();
    const start = performance.now();
    expect(await names()).toHaveLength(500);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('says when the folder cannot be read', async () => {
    const { root, tasks } = library();
    rmSync(root.tasks, { recursive: true });
    expect((await tasks.list()).tasks.every(({ kind }) => kind === 'examples')).toBe(true);
    writeFileSync(root.tasks, 'a file where a folder belongs');
    await expect(tasks.list()).rejects.toEqual(failing('storage'));
    expect(() => tasks.create('a', valid, null)).toThrow(failing('storage'));
  });
});

describe('a new task', () => {
  it('gets a name that every disk takes, and never another’s', () => {
    const { root, tasks } = library();
    const fileFor = (name: string) => tasks.create(name, valid, null).entry.file;
    expect(fileFor('NDVI near Boulder, summer 2023')).toBe('ndvi-near-boulder-summer-2023.yaml');
    expect(fileFor('NDVI near Boulder — summer 2023')).toBe('ndvi-near-boulder-summer-2023-2.yaml');
    expect(fileFor('ndvi near boulder summer 2023')).toBe('ndvi-near-boulder-summer-2023-3.yaml');
    expect(fileFor('Überflutung Größe 水')).toBe('überflutung-größe-水.yaml');
    expect(fileFor('../../etc/passwd')).toBe('etc-passwd.yaml');
    expect(fileFor('///')).toBe('task.yaml');
    expect(fileFor('CON')).toBe('task-con.yaml');
    expect(fileFor('com1')).toBe('task-com1.yaml');
    expect(fileFor('x'.repeat(120))).toBe(`${'x'.repeat(80)}.yaml`);
    expect(fileFor('𒀀'.repeat(60))).toBe(`${'𒀀'.repeat(50)}.yaml`);
    expect(readdirSync(root.tasks).filter((file) => file.startsWith('.'))).toEqual([]);
  });

  it('gets a name that can be asked for again, whatever it is called', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.string({ unit: 'grapheme', maxLength: 120 }),
      fc.constantFrom('NUL', 'Lpt9', 'com¹', 'aux.txt', '. .', 'İ', 'a\u0301', '\u0301', '\ud800'),
    );
    fc.assert(
      fc.property(name, (text) => {
        const stem = taskFileStem(text);
        expect(isTaskFile('tasks', `${stem}-1000.yaml`)).toBe(true);
        expect(Buffer.byteLength(`20260102t030405678z-${stem}-1000.yaml`)).toBeLessThanOrEqual(255);
        expect(stem).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)$|[. ]$|[<>:"/\\|?*\p{Cc}]/iu);
        expect(stem.isWellFormed()).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps its text byte for byte', () => {
    const { root, tasks } = library();
    const text = `\ufeff${valid.replaceAll('\n', '\r\n')}\t# ä 𒀀`;
    const { entry, text: back, revision } = tasks.create('bytes', text, null);
    const bytes = readFileSync(join(root.tasks, entry.file));
    expect(bytes.equals(Buffer.from(text))).toBe(true);
    expect(back).toBe(text);
    expect(revision).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(() => tasks.create('half', 'a: \ud800', null)).toThrow(failing('invalid_task'));
    expect(() => tasks.create('large', 'ä'.repeat(40_000), null)).toThrow(failing('invalid_task', /64 KiB/));
  });

  it('reads the inputs of the document that it was made from', () => {
    const { tasks } = library();
    const examples = resolve('examples/spatiotemporal/tasks');
    const { text } = tasks.create('copy', valid, examples);
    expect(text).toBe(
      valid
        .replace('red.tif', `${examples}/red.tif`)
        .replace('sub/nir.tif', `${examples}/sub/nir.tif`)
        .replace('area.geojson', `${examples}/area.geojson`),
    );
    const broken = 'task_name: [unclosed\n  : -';
    expect(tasks.create('copy', broken, examples).text).toBe(broken);
    const odd = 'inputs: [1, {raster: a.tif}]\n';
    expect(tasks.create('copy', odd, examples).text).toBe(odd);
    const own = tasks.create('own', valid, null);
    expect(tasks.create('copy', valid, tasks.origin(own.entry.id).baseDir).text).toBe(valid);
    expect(tasks.origin('examples/example_composite.yaml')).toEqual({ baseDir: examples, grants: [] });
    expect(() => tasks.origin('examples/none.yaml')).toThrow(failing('not_found'));

    const many = Array.from({ length: 900 }, (_, number) => `scene_${number}.tif`);
    const list = `task_name: many\ninputs:\n  rasters:\n${many.map((name) => `    - ${name}\n`).join('')}outputs: {}\n`;
    const start = performance.now();
    const made = tasks.create('many', list, examples).text;
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(made.match(new RegExp(`- ${examples}/scene_\\d+\\.tif\n`, 'g'))).toHaveLength(900);
  });
});

/** A file system of our own, which can be full or read-only even for root. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!canMount) console.warn('skipped: the tests of a full and of a read-only disk need root on Linux');

describe.skipIf(!canMount)('a disk that cannot be written', () => {
  function mounted() {
    const made = library();
    const { tasks: folder } = made.root;
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', folder]);
    onTestFinished(() => {
      execFileSync('umount', ['-l', folder]);
    });
    return { ...made, folder, ...made.tasks.create('a', valid, null) };
  }

  it('read-only: says so and loses nothing', () => {
    const { tasks, folder, entry, revision } = mounted();
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    // As an engine answers it.
    const answered = (write: () => unknown) => () => {
      try {
        write();
      } catch (cause) {
        throw toAppError(cause);
      }
    };
    for (const write of [
      () => tasks.create('b', valid, null),
      () => tasks.save(entry.id, 'b', revision),
      () => tasks.trash(entry.id),
    ])
      expect(answered(write)).toThrow(failing('storage'));
    expect(tasks.read(entry.id).text).toBe(valid);
    // What was typed is kept elsewhere.
    expect(tasks.saveDraft(entry.id, 'typed', revision)?.text).toBe('typed');
  });

  it('full: the file that was there stays whole', () => {
    const { tasks, folder, entry, revision } = mounted();
    expect(() => {
      writeFileSync(join(folder, 'filler'), Buffer.alloc(400_000));
    }).toThrow(/ENOSPC/);
    expect(() => tasks.save(entry.id, 'x'.repeat(60_000), revision)).toThrow(/ENOSPC/);
    expect(() => tasks.create('b', 'x'.repeat(60_000), null)).toThrow(/ENOSPC/);
    expect(tasks.read(entry.id)).toMatchObject({ text: valid, revision });
    expect(readdirSync(folder).sort()).toEqual([entry.file, 'filler']);
  });
});

describe('saving', () => {
  it('writes over what was opened and nothing else, keeps the file’s mode and drops the draft', () => {
    const { root, tasks } = library();
    const { entry, revision } = tasks.create('a', valid, null);
    const path = join(root.tasks, entry.file);
    chmodSync(path, 0o664);
    tasks.saveDraft(entry.id, 'typed', revision);
    const saved = tasks.save(entry.id, 'not: [valid', revision);
    expect(saved).toMatchObject({ text: 'not: [valid', draft: null, entry: { draftAt: null } });
    expect(saved.entry.problems).toBeGreaterThan(0);
    expect(statSync(path).mode & 0o777).toBe(0o664);
    expect(() => tasks.save(entry.id, 'mine', revision)).toThrow(failing('conflict', /changed on the disk/));
    writeFileSync(path, 'by another program');
    expect(() => tasks.save(entry.id, 'mine', saved.revision)).toThrow(failing('conflict'));
    expect(readFileSync(path, 'utf8')).toBe('by another program');
    expect(() => tasks.save(entry.id, 'ä'.repeat(40_000), tasks.read(entry.id).revision)).toThrow(
      failing('invalid_task'),
    );
    unlinkSync(path);
    expect(() => tasks.save(entry.id, 'mine', saved.revision)).toThrow(failing('not_found'));
    symlinkSync(join(root.path, 'elsewhere'), path);
    expect(() => tasks.save(entry.id, 'mine', saved.revision)).toThrow(failing('not_found'));
    expect(existsSync(join(root.path, 'elsewhere'))).toBe(false);
  });

  it('leaves what ships and what ran as it is', () => {
    const { tasks } = library();
    const example = tasks.read('examples/example_composite.yaml');
    expect(() => tasks.save(example.entry.id, 'x', example.revision)).toThrow(failing('denied', /read-only/));
    expect(() => tasks.trash(example.entry.id)).toThrow(failing('denied'));
    expect(() => tasks.read('runs/20260102t030405z-a-test-bcdefg')).toThrow(failing('not_found'));
    expect(() => tasks.read('runs/no-job')).toThrow(expect.objectContaining({ code: 'not_found' }) as Error);
  });
});

describe('drafts', () => {
  it('are kept for every kind of document, over other engines, until they are dropped', async () => {
    const { root, tasks } = library();
    const { entry, revision } = tasks.create('a', valid, null);
    for (const id of [entry.id, 'examples/example_composite.yaml']) {
      expect(tasks.saveDraft(id, 'x'.repeat(200_000), revision)).toMatchObject({ base: revision });
      tasks.saveDraft(id, 'typed: "', revision);
    }
    const again = new TaskLibrary({ root, store: JobStore.open(root).store, examples: findExamples({}) });
    const draft = again.read(entry.id).draft;
    expect(draft).toMatchObject({ text: 'typed: "', base: revision });
    const listed = (await again.list()).tasks.filter(({ draftAt }) => draftAt !== null);
    expect(listed.map(({ id, draftAt }) => [id, draftAt])).toContainEqual([entry.id, draft?.savedAt]);
    expect(listed).toHaveLength(2);
    expect(again.saveDraft(entry.id, null, revision)).toBeNull();
    expect(tasks.read(entry.id).draft).toBeNull();
    expect(readFileSync(join(root.tasks, entry.file), 'utf8')).toBe(valid);
    expect(() => again.saveDraft('tasks/none.yaml', 'x', '')).toThrow(failing('not_found'));
    for (const file of readdirSync(root.drafts)) writeFileSync(join(root.drafts, file), '{');
    expect(tasks.read('examples/example_composite.yaml').draft).toBeNull();
  });
});

describe('the trash', () => {
  it('keeps a task with its draft and gives it back', () => {
    const { root, tasks } = library();
    const { entry, revision } = tasks.create('a', valid, null);
    tasks.saveDraft(entry.id, 'typed', revision);
    const trashId = tasks.trash(entry.id);
    expect(trashId).toMatch(/^\d{8}t\d{9}z-a\.yaml$/);
    expect(readFileSync(join(root.tasks, '.trash', trashId.replace('-', '/')), 'utf8')).toBe(valid);
    expect(() => tasks.read(entry.id)).toThrow(failing('not_found'));
    // Another task takes the name, and not the draft.
    expect(tasks.create('a', 'other: 1', null)).toMatchObject({ entry: { id: entry.id }, draft: null });
    const back = tasks.restore(trashId);
    expect(back).toMatchObject({ entry: { id: 'tasks/a-2.yaml' }, text: valid, draft: { text: 'typed' } });
    expect(tasks.read(entry.id).draft).toBeNull();
    for (const id of [
      trashId,
      '../a.yaml',
      'a.yaml',
      '20260102t030405678z-../../a.yaml',
      '20260102t030405678z-.a.yaml',
    ])
      expect(() => tasks.restore(id)).toThrow(failing('not_found'));
  });

  it('takes the longest names', () => {
    const { root, tasks } = library();
    const file = `${'ä'.repeat(120)}.yaml`;
    writeFileSync(join(root.tasks, file), valid);
    const trashId = tasks.trash(`tasks/${file}`);
    expect(tasks.restore(trashId).text).toBe(valid);
  });
});
