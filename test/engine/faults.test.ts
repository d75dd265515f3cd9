import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { hashTreeText } from '../../src-shared/hash-tree.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { RunResult, WorkerStatus } from '../../src-shared/worker-protocol.ts';
import { outputsProblem } from '../../src-main/engine/jobs/run-folder.ts';
import {
  cli,
  endProcess,
  startEngine,
  summaryTask,
  until,
  untilEnded,
  whenReady,
  workerPid,
  workspace,
} from '../helpers/programs.ts';
import { startRangeServer } from '../helpers/range-server.ts';
import { tempFolder } from '../helpers/temp.ts';

const raster = resolve(import.meta.dirname, '../../examples/spatiotemporal/tasks/data/red.tif');

function statusOf(root: DataRoot, jobId: JobId): WorkerStatus {
  return WorkerStatus.parse(JSON.parse(readFileSync(join(root.jobFolder(jobId), 'status.json'), 'utf8')));
}

/** A raster that never arrives: its run goes on until somebody ends it. */
async function endlessTask(): Promise<string> {
  const server = await startRangeServer(tempFolder());
  onTestFinished(() => server.close());
  return summaryTask([`${server.url}/stall/a.tif`]);
}

function quickTask(): { text: string; baseDir: string; backend: 'process' } {
  return { text: summaryTask(['red.tif']), baseDir: join(raster, '..'), backend: 'process' };
}

describe('a damaged record', () => {
  it('of a running job stops neither the engine nor the other jobs', async () => {
    const root = workspace();
    const first = await connect(root);
    const { id: bad } = await first.client('submitJob', { text: await endlessTask(), backend: 'process' });
    const pid = await until(
      'the worker',
      10_000,
      () => existsSync(join(root.jobFolder(bad), 'status.json')) && workerPid(root, bad),
    );
    const { id: good } = await first.client('submitJob', quickTask());
    await endProcess(first.health.pid);
    await endProcess(pid);
    const path = join(root.jobRecords(bad), 'provenance.ndjson');
    const changed = readFileSync(path, 'utf8').replace('"asked', '"Asked').replace('"it was', '"It was');
    writeFileSync(path, changed);
    const second = await connect(root);
    expect((await untilEnded(second, good)).state).toBe('succeeded');
    await expect(second.client('getJob', { jobId: bad })).rejects.toMatchObject({ code: 'not_found' });
    expect((await second.client('reindex', {})).problems).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toBe(changed);
  });
});

describe('a job that ends before a worker ran', () => {
  it('because the launch failed: says why in record, folder and command line', async () => {
    const root = workspace();
    startEngine(root, { TRANSECT_MAX_LOCAL_JOBS: '1' });
    const connection = await whenReady(root);
    const { id: running } = await connection.client('submitJob', { text: await endlessTask(), backend: 'process' });
    const { id } = await connection.client('submitJob', quickTask());
    // The back end wants to write its output there.
    mkdirSync(join(root.jobRecords(id), 'worker.log'));
    await connection.client('cancelJob', { jobId: running });
    const job = await untilEnded(connection, id);
    expect(job.result).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('EISDIR') as string },
    });
    expect(statusOf(root, id)).toMatchObject({ state: 'failed', by: 'engine' });
    const shown = await cli(['jobs', id, '--data-root', root.path]);
    expect(shown.stderr).toContain('EISDIR');
  });

  it('because its task was changed while it waited: what runs is what was submitted, or nothing', async () => {
    const root = workspace();
    startEngine(root, { TRANSECT_MAX_LOCAL_JOBS: '1' });
    const connection = await whenReady(root);
    const { id: running } = await connection.client('submitJob', { text: await endlessTask(), backend: 'process' });
    const { id } = await connection.client('submitJob', quickTask());
    const path = join(root.jobFolder(id), 'task.yaml');
    writeFileSync(path, `${readFileSync(path, 'utf8')}# another task\n`);
    await connection.client('cancelJob', { jobId: running });
    expect((await untilEnded(connection, id)).result).toMatchObject({
      state: 'failed',
      error: { code: 'bad_data', message: expect.stringContaining('changed since it was submitted') as string },
    });
  });

  it('because it was cancelled while it waited: exit code 130', async () => {
    const root = workspace();
    startEngine(root, { TRANSECT_MAX_LOCAL_JOBS: '1' });
    const connection = await whenReady(root);
    await connection.client('submitJob', { text: await endlessTask(), backend: 'process' });
    const task = join(tempFolder(), 'task.yaml');
    writeFileSync(task, summaryTask([raster]));
    const run = cli(['run', task, '--grant', join(raster, '..'), '--data-root', root.path]);
    const waiting = await until(
      'the second job',
      10_000,
      async () => (await connection.client('listJobs', { states: ['queued'] })).jobs[0],
    );
    await connection.client('cancelJob', { jobId: waiting.id });
    expect(await run).toMatchObject({ code: 130, stdout: expect.stringContaining('cancelled') as string });
    expect((await connection.client('jobResult', { jobId: waiting.id })).state).toBe('cancelled');
  });
});

describe('a run folder that was tampered with', () => {
  it('after a success that no engine saw: failed, in the folder and on the page too', async () => {
    const root = workspace();
    const first = await connect(root);
    const { id } = await first.client('submitJob', quickTask());
    await until('the worker', 10_000, () => existsSync(join(root.jobFolder(id), 'status.json')));
    await endProcess(first.health.pid);
    await until('the worker’s end', 20_000, () => statusOf(root, id).state === 'succeeded');
    const [table = ''] = readdirSync(join(root.jobFolder(id), 'tables'));
    writeFileSync(join(root.jobFolder(id), 'tables', table), 'nonsense');
    const second = await connect(root);
    const job = await untilEnded(second, id);
    expect(job.result).toMatchObject({
      state: 'failed',
      error: { code: 'bad_data', message: expect.stringContaining(table) as string },
    });
    expect(statusOf(root, id)).toMatchObject({ state: 'failed', by: 'engine' });
    await until(
      'the page',
      5_000,
      () => existsSync(root.outputIndex) && readFileSync(root.outputIndex, 'utf8').includes('✕'),
    );
  });

  const outputs = [
    { path: 'maps/a.tif', bytes: 1, sha256: createHash('sha256').update('x').digest('hex'), mediaType: 'image/tiff' },
  ];
  const result = (change: object): RunResult =>
    RunResult.parse({
      v: 1,
      jobId: 'j',
      state: 'succeeded',
      validity: ['computed'],
      exitCode: 0,
      startedAt: '2026-01-01T00:00:00Z',
      endedAt: '2026-01-01T00:00:00Z',
      workerVersion: '1',
      bundleSha256: '',
      outputs,
      rootSha256: createHash('sha256').update(hashTreeText(outputs)).digest('hex'),
      error: null,
      ...change,
    });
  const status = { jobId: 'j', state: 'succeeded' } as WorkerStatus;

  it('is noticed: by root hash, job, state, size, hash and link', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'maps'));
    writeFileSync(join(folder, 'maps/a.tif'), 'x');
    expect(await outputsProblem(folder, status, result({}))).toBeNull();
    for (const [change, message] of [
      [{ rootSha256: 'a' }, /root hash/],
      [{ jobId: 'k' }, /same end/],
      [{ state: 'failed' }, /same end/],
    ] as const)
      expect((await outputsProblem(folder, status, result(change)))?.message).toMatch(message);
    writeFileSync(join(folder, 'maps/a.tif'), 'y');
    expect((await outputsProblem(folder, status, result({})))?.message).toMatch(/maps\/a\.tif is missing or is not/);
    rmSync(join(folder, 'maps'), { recursive: true });
    const outside = tempFolder();
    writeFileSync(join(outside, 'a.tif'), 'x');
    symlinkSync(outside, join(folder, 'maps'));
    expect((await outputsProblem(folder, status, result({})))?.message).toMatch(/maps\/a\.tif is missing or is not/);
  });

  it.each(['../a', '/etc/passwd', 'maps/../../a', 'maps//a', './a', 'C:\\a', 'a\u0000b', ''])(
    'may not list %j',
    (path) => {
      expect(() => result({ outputs: [{ ...outputs[0], path }] })).toThrow();
    },
  );

  it('has no link or pipe followed by the log', async () => {
    const root = workspace();
    const connection = await connect(root);
    const { id } = await connection.client('submitJob', quickTask());
    await untilEnded(connection, id);
    const log = join(root.jobFolder(id), 'logs.txt');
    const secret = join(tempFolder(), 'secret');
    writeFileSync(secret, 'hunter2');
    rmSync(log);
    symlinkSync(secret, log);
    expect(await cli(['logs', id, '--data-root', root.path])).toMatchObject({ code: 0, stdout: '' });
    rmSync(log);
    execFileSync('mkfifo', [log]);
    expect(await cli(['logs', id, '--data-root', root.path])).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('the log on the command line', () => {
  it('says when there is no such job, in both forms', async () => {
    const root = workspace();
    for (const more of [[], ['--json'], ['--json', '--follow']]) {
      const { code, stdout, stderr } = await cli([
        'logs',
        '20260102t030405z-a-test-bcdefg',
        ...more,
        '--data-root',
        root.path,
      ]);
      expect([code, stdout + stderr]).toEqual([65, expect.stringContaining('There is no job') as string]);
    }
  });

  it('goes on over an engine that is stopped', async () => {
    const root = workspace();
    const first = await connect(root);
    const { id } = await first.client('submitJob', { text: await endlessTask(), backend: 'process' });
    await until('the worker', 10_000, () => existsSync(join(root.jobFolder(id), 'status.json')));
    const following = cli(['logs', '--follow', id, '--data-root', root.path]);
    await sleep(500);
    await first.client('stopEngine', {});
    await sleep(500);
    await (await connect(root)).client('cancelJob', { jobId: id });
    const { code, stdout } = await following;
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(join(root.jobFolder(id), 'logs.txt'), 'utf8'));
  });
});

/** A file system of 3 MB of our own; only root can make one. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!canMount) console.warn('skipped: the full-disk test needs root on Linux to mount a small file system');

it.skipIf(!canMount)(
  'a full disk: the engine lives on, and the job’s end is written when there is space again',
  async () => {
    const mount = tempFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount]);
    onTestFinished(() => {
      execFileSync('umount', ['-l', mount]);
    });
    const root = openDataRoot(join(mount, 'root'));
    startEngine(root);
    const connection = await whenReady(root);
    const { id } = await connection.client('submitJob', { text: await endlessTask(), backend: 'process' });
    const pid = await until(
      'the worker',
      10_000,
      () => existsSync(join(root.jobFolder(id), 'status.json')) && workerPid(root, id),
    );
    const fill = spawn('dd', ['if=/dev/zero', `of=${join(mount, 'fill')}`, 'bs=4k'], { stdio: 'ignore' });
    await new Promise((resolve) => fill.on('exit', resolve));
    process.kill(pid, 'SIGKILL');
    await sleep(1_500);
    expect((await connection.client('health', {})).pid).toBe(connection.health.pid);
    await expect(connection.client('submitJob', quickTask())).rejects.toMatchObject({ code: 'storage' });
    rmSync(join(mount, 'fill'));
    const job = await untilEnded(connection, id, 20_000);
    expect(job.result).toMatchObject({ state: 'failed', signal: 'SIGKILL' });
    expect(statusOf(root, id)).toMatchObject({ state: 'failed', by: 'engine' });
  },
  60_000,
);

describe('the environment', () => {
  it('may be empty or long-winded', async () => {
    const home = tempFolder();
    const long = join(tempFolder(), 'x'.repeat(90));
    mkdirSync(long);
    const env = { HOME: home, TRANSECT_DATA_ROOT: '', XDG_RUNTIME_DIR: '', TMPDIR: long };
    const none = await cli(['jobs'], env);
    expect(none).toMatchObject({ code: 65, stderr: expect.stringContaining(join(home, 'Transect')) as string });
    expect(readdirSync(home)).toEqual([]);
    mkdirSync(join(home, 'Transect'));
    const run = await cli(['jobs'], env);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('No jobs') as string });
    expect(readdirSync(home)).toEqual(['Transect']);
    await cli(['engine', 'stop', '--data-root', join(home, 'Transect')], { TMPDIR: long });
  });

  it('lets a reader leave early', async () => {
    const root = workspace();
    const command = `"${process.execPath}" out/programs/cli/cli.js settings --data-root "${root.path}" | head -1`;
    const child = spawn('bash', ['-c', command], { cwd: resolve(import.meta.dirname, '../..') });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    await new Promise((done) => child.on('close', done));
    expect(errors).toBe('');
  });
});
