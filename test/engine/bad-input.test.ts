import {
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { OutputIndex } from '../../src-main/engine/output-index/output-index.ts';
import { JobId, makeJobId } from '../../src-shared/job-id.ts';
import { cli, summaryTask, untilEnded, workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';
import { checkEnd, runWorker } from '../helpers/worker-process.ts';

const data = resolve(import.meta.dirname, '../../examples/spatiotemporal/tasks/data');

describe('a run that fails', () => {
  it('is on the page of outputs like any other, without being asked for', async () => {
    const root = workspace();
    const folder = tempFolder();
    writeFileSync(join(folder, 'broken.tif'), 'no raster at all');
    writeFileSync(join(folder, 'task.yaml'), summaryTask(['broken.tif']));
    const run = await cli(['run', join(folder, 'task.yaml'), '--data-root', root.path]);
    expect(run.code).toBe(65);
    const [id = ''] = readdirSync(root.jobs);
    const { client } = await connect(root);
    await client('stopEngine', {});
    const page = readFileSync(root.outputIndex, 'utf8');
    expect(page).toContain(id);
    expect(page).toMatch(/failed/);
  });
});

describe('two task files of one name', () => {
  it('are two runs in two folders, each with its own task', async () => {
    const root = workspace();
    const connection = await connect(root);
    const ids: JobId[] = [];
    for (const name of ['first', 'second']) {
      const folder = join(tempFolder(), name);
      mkdirSync(folder);
      const text = summaryTask(['red.tif']).replace('slow summary', name);
      const { id } = await connection.client('submitJob', { text, baseDir: data, backend: 'process' });
      ids.push(id);
    }
    for (const id of ids) expect((await untilEnded(connection, id)).state).toBe('succeeded');
    expect(new Set(ids).size).toBe(2);
    expect(
      ids.map((id) => /task_name: (\w+)/.exec(readFileSync(join(root.jobFolder(id), 'task.yaml'), 'utf8'))?.[1]),
    ).toEqual(['first', 'second']);
  });
});

describe('a job id', () => {
  it.each(['12345', 'true', 'null', '../../evil', '20260102t030405z-a-bcdefg-', 'a'.repeat(80)])(
    '%j is refused by the worker, which makes one of its own',
    async (jobId) => {
      const run = await runWorker(summaryTask([join(data, 'red.tif')]), { args: ['--job-id', jobId] });
      const { status } = checkEnd(run, 'failed', 64);
      expect(JobId.safeParse(status.jobId).success).toBe(true);
      expect(status.error?.message).toContain('is not a job id');
    },
  );

  it('never ends or begins with a dash, wherever its name is cut', () => {
    for (const name of ['a-very-long-name-ok-', 'x'.repeat(19) + '-y', '---', '   ', '日本', '-a-', 'a'.repeat(500)])
      expect(makeJobId(name, new Date(0), new Uint8Array(6))).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
  });
});

const writeIndex = (root: DataRoot) =>
  new OutputIndex({ root, states: () => new Map(), log: pino({ level: 'silent' }) }).writeAll();

describe('the page of outputs', () => {
  it('reads no oversized status, and many figures cost little', async () => {
    const root = openDataRoot(tempFolder());
    const huge = join(root.jobs, 'huge');
    mkdirSync(huge);
    writeFileSync(join(huge, 'status.json'), '{');
    // A hole: 300 MB that take no room.
    truncateSync(join(huge, 'status.json'), 300_000_000);
    const figures = join(root.jobs, 'many/figures');
    mkdirSync(figures, { recursive: true });
    for (let n = 0; n < 20_000; n += 1) writeFileSync(join(figures, `${n}.png`), '');
    const before = process.memoryUsage.rss();
    expect((await writeIndex(root)).jobs).toBe(2);
    expect(process.memoryUsage.rss() - before).toBeLessThan(250_000_000);
    expect(statSync(root.outputIndex).size).toBeLessThan(200_000);
    expect(readFileSync(root.outputIndex, 'utf8')).toContain('19960 more files');
  });

  it('follows no circle of links', async () => {
    const root = openDataRoot(tempFolder());
    mkdirSync(join(root.jobs, 'loop/figures'), { recursive: true });
    symlinkSync('.', join(root.jobs, 'loop/figures/again'));
    symlinkSync('..', join(root.jobs, 'loop/figures/up'));
    expect((await writeIndex(root)).jobs).toBe(1);
    expect(readFileSync(root.outputIndex, 'utf8')).not.toContain('again');
  });

  it('that cannot be written is told on the command line with 74 and no trace of code', async () => {
    const root = workspace();
    rmSync(root.outputIndex, { force: true });
    // A folder stands in its place: that stops root too.
    mkdirSync(join(root.outputIndex, 'in-the-way'), { recursive: true });
    const { code, stderr } = await cli(['index', '--data-root', root.path]);
    expect([code, stderr]).toEqual([74, expect.stringMatching(/what to do:/) as string]);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});
