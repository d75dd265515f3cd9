import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JobResult } from '../../src-shared/job.ts';
import { unlistedFiles } from '../../src-shared/worker-protocol.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { cli, workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';

const seedExample = resolve(import.meta.dirname, '../../examples/spatiotemporal/tasks/example_stac_preview.yaml');

function taskFile(text: string | Buffer): string {
  const path = join(tempFolder(), 'task.yaml');
  writeFileSync(path, text);
  return path;
}

function jobsIn(root: DataRoot): string[] {
  return existsSync(root.jobs) ? readdirSync(root.jobs) : [];
}

const head = 'task_name: t\noutput_dir: /data/outputs/jobs/t\n';
const rest = 'analysis: {type: raster_summary}\noutputs: {}\n';

describe('a bad task file', () => {
  it.each<[what: string, text: string | Buffer, code: number, message: RegExp]>([
    ['is empty', '', 64, /empty/],
    ['is 12 MB large', Buffer.alloc(12_000_000, 'x: 1\n'), 64, /11719 KiB large; a task is at most 64 KiB/],
    ['is not UTF-8', Buffer.from([0xff, 0xfe, 0x00]), 64, /UTF-8/],
    [
      'names a command',
      `${head}inputs: {raster: a.tif}\n${rest}command: ls\n`,
      64,
      /line 6, column 1: command: "command" is not allowed/,
    ],
    [
      'leaves its folder',
      `${head.replace('jobs/t', 'jobs/../../t')}inputs: {raster: a.tif}\n${rest}`,
      64,
      /without "\.\."/,
    ],
    [
      'holds NaN',
      `${head}inputs: {stac_api: a, collection: b, bbox: [.nan, 1, 2, 3]}\nanalysis: {type: stac_preview, bands: [red]}\noutputs: {}\n`,
      64,
      /NaN/,
    ],
    [
      'names a file that is not there',
      `${head}inputs: {raster: nothing.tif}\n${rest}`,
      65,
      /nothing\.tif does not exist/,
    ],
    ['reads outside its folder', `${head}inputs: {raster: /etc/hostname}\n${rest}`, 77, /--grant \/etc/],
    [
      'uses an unsigned run',
      `${head}inputs: {run: 20260102t030405z-a-test-bcdefg, output: maps/a.tif}\n${rest}`,
      77,
      /not signed/,
    ],
  ])('that %s: the right code, a message, and nothing written', async (_what, text, code, message) => {
    const root = workspace();
    const run = await cli(['run', taskFile(text), '--backend', 'process', '--data-root', root.path]);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).toMatch(/what to do:/);
    expect(run.code).toBe(code);
    expect(jobsIn(root)).toEqual([]);
  });

  it('is refused with the same problems as JSON', async () => {
    const path = taskFile(`${head}inputs: {raster: a.tif}\n${rest.replace('type', 'tipe')}`);
    const { code, stdout } = await cli(['validate', path, '--json']);
    expect(code).toBe(64);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      problems: expect.arrayContaining([expect.objectContaining({ path: 'analysis.tipe', line: 4 })]) as unknown,
    });
    const run = await cli(['run', path, '--json', '--data-root', workspace().path]);
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: 'invalid_task' } });
  });

  it('may not be there at all', async () => {
    expect(await cli(['validate', 'no/such/task.yaml'])).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('no/such/task.yaml') as string,
    });
    expect((await cli(['validate', tempFolder()])).stderr).toMatch(/is not a file/);
  });
});

describe('run', () => {
  it('never steps down from a container by itself, and says the way', async () => {
    const run = await cli(['run', seedExample, '--offline', '--data-root', workspace().path]);
    expect(run.code).toBe(69);
    expect(run.stderr).toContain('--backend process');
  });

  it('runs the seed’s example offline, from any folder and by either name of the variable', async () => {
    const root = workspace();
    const run = await cli(['run', seedExample, '--backend', 'process', '--json', '--data-root', root.path], {
      SCIENCECLAW_WORKER_OFFLINE: '1',
    });
    expect(run.code).toBe(0);
    const { folder, ...result } = JSON.parse(run.stdout) as { folder: string } & Record<string, unknown>;
    expect(JobResult.parse(result)).toMatchObject({ state: 'succeeded', exitCode: 0, backend: 'process' });
    expect(result['validity']).toContain('offline_fixture');
    expect(folder).toBe(join(root.jobs, String(result['jobId'])));
    // Every file of the run is listed with its hash, but for those that change until the very end.
    const present = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = present.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    const listed = JobResult.parse(result).outputs.map(({ path }) => path);
    expect(paths.sort()).toEqual([...listed, ...unlistedFiles].sort());
    const shown = await cli(['jobs', '--data-root', root.path]);
    expect(shown.stdout).toMatch(/offline_fixture\s+process\s+example_stac_ndvi/);
    const log = await cli(['logs', String(result['jobId']), '--data-root', root.path]);
    expect(log.stdout.split('\n').length).toBeGreaterThan(3);
    const index = await cli(['index', '--data-root', root.path]);
    expect(index.stdout).toContain('lists 1 run');
  });

  it('finds the data root and its files from the folder it was called in', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'sub'));
    const run = await cli(['validate', 'sub/task.yaml'], { INIT_CWD: folder });
    expect(run.stderr).toContain(`There is no file ${join(folder, 'sub', 'task.yaml')}`);
    writeFileSync(join(folder, 'sub', 'task.yaml'), `${head}inputs: {raster: a.tif}\n${rest}`);
    expect((await cli(['validate', 'sub/task.yaml'], { INIT_CWD: folder })).code).toBe(0);
  });
});

describe('other commands', () => {
  it('answer about nothing without failing', async () => {
    const root = workspace();
    const at = ['--data-root', root.path];
    expect((await cli(['engine', 'status', ...at])).stdout).toMatch(/No engine runs/);
    expect((await cli(['jobs', ...at])).stdout).toMatch(/No jobs\. Start one/);
    const tasks = await cli(['tasks', ...at]);
    expect(tasks.stdout).toMatch(/examples\/example_composite\.yaml +Summer median near Boulder +composite/);
    expect(tasks.stdout).toContain(root.tasks);
    expect((await cli(['reindex', ...at])).stdout).toMatch(/0 jobs, 0 events/);
    expect((await cli(['settings', ...at])).stdout).toMatch(/default_timeout_sec = 3600/);
    expect((await cli(['engine', 'stop', ...at])).stdout).toMatch(/ends/);
  });

  it('name what is wrong with their words', async () => {
    const root = workspace();
    expect(await cli(['logs', 'x', '--data-root', root.path])).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('"x" is no job here') as string,
    });
    expect(await cli(['cancel', '20260102t030405z-a-test-bcdefg', '--data-root', root.path])).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('no job') as string,
    });
    expect((await cli(['frobnicate'])).code).toBe(2);
    expect((await cli(['run'])).code).toBe(2);
    expect((await cli(['--help'])).code).toBe(0);
    expect((await cli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/);
    const file = join(tempFolder(), 'a-file');
    writeFileSync(file, '');
    expect(await cli(['jobs', '--data-root', file])).toMatchObject({
      code: 74,
      stderr: expect.stringContaining('cannot be used') as string,
    });
  });
});
