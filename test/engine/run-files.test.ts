import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src-main/client/connect.ts';
import type { Connection } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { readEndpoint } from '../../src-main/client/endpoint.ts';
import { walkFiles } from '../../src-main/engine/run-files/walk.ts';
import { addressOf } from '../../src-main/engine/server/file-answer.ts';
import { openInside } from '../../src-main/engine/store/untrusted-files.ts';
import { runFilePath } from '../../src-shared/api/library.ts';
import { JobId } from '../../src-shared/job-id.ts';
import { WorkerStatus } from '../../src-shared/worker-protocol.ts';
import { askEngine } from '../helpers/ask-engine.ts';
import { summaryTask, until, untilEnded, workspace } from '../helpers/programs.ts';
import { startRangeServer } from '../helpers/range-server.ts';
import { tempFolder } from '../helpers/temp.ts';

interface Run {
  readonly root: DataRoot;
  readonly connection: Connection;
  readonly id: JobId;
  readonly folder: string;
}

/** A run that ended, with files beside it that no run may show. */
async function endedRun(): Promise<Run> {
  const root = workspace();
  const connection = await connect(root);
  const { text } = await connection.client('readTask', { taskId: 'examples/example_raster_summary.yaml' });
  const from = 'examples/example_raster_summary.yaml';
  const job = await connection.client('submitJob', { text, from, backend: 'process' });
  expect((await untilEnded(connection, job.id)).state).toBe('succeeded');
  return { root, connection, id: job.id, folder: root.jobFolder(job.id) };
}

/** Where a link points, or nothing when it is gone by now. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a run’s files', () => {
  it('are listed, sent whole and in ranges, revalidated and hashed', async () => {
    const { root, connection, id, folder } = await endedRun();
    const big = randomBytes(3_000_001);
    mkdirSync(join(folder, 'maps/ä b'), { recursive: true });
    writeFileSync(join(folder, 'maps/ä b/%2e#?.tif'), big);
    writeFileSync(join(folder, 'empty.txt'), '');

    const { files, truncated } = await connection.client('listFiles', { jobId: id });
    expect(truncated).toBe(false);
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual([...paths].sort());
    expect(paths).toEqual(expect.arrayContaining(['report.html', 'result.json', 'maps/ä b/%2e#?.tif', 'empty.txt']));
    for (const file of files) {
      const bytes = readFileSync(join(folder, file.path));
      const whole = await askEngine(root, runFilePath(id, file.path));
      expect([file.path, whole.status, whole.body.equals(bytes)]).toEqual([file.path, 200, true]);
      expect(whole.headers).toMatchObject({
        'content-length': String(file.bytes),
        'accept-ranges': 'bytes',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
        'content-security-policy':
          "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors app://transect",
      });
      expect(whole.headers['content-type']?.replace(/; charset=utf-8$/, '')).toBe(
        file.mediaType.replace(/; charset=utf-8$/, ''),
      );
      if (file.sha256 !== null) expect(file.sha256).toBe(sha256(bytes));
    }
    expect(files.find(({ path }) => path === 'report.html')?.sha256).not.toBeNull();
    expect(files.find(({ path }) => path === 'logs.txt')?.sha256).toBeNull();

    const map = runFilePath(id, 'maps/ä b/%2e#?.tif');
    const ask = (headers: Record<string, string>, method = 'GET') => askEngine(root, map, { method, headers });
    const { etag = '' } = (await ask({}, 'HEAD')).headers;
    expect(etag).toMatch(/^"[^"]+"$/);
    for (const [range, from, to] of [
      ['bytes=0-0', 0, 1],
      ['bytes=1048575-1048576', 1_048_575, 1_048_577],
      ['bytes=5-2999999', 5, 3_000_000],
      ['bytes=-7', 2_999_994, 3_000_001],
      ['bytes=262144-', 262_144, 3_000_001],
    ] as const) {
      const part = await ask({ range });
      expect([range, part.status, part.body.equals(big.subarray(from, to))]).toEqual([range, 206, true]);
      expect(part.headers['content-range']).toBe(`bytes ${from}-${to - 1}/3000001`);
      expect((await ask({ range, 'if-range': etag })).status).toBe(206);
      expect((await ask({ range, 'if-range': '"another"' })).status).toBe(200);
      expect((await ask({ range, 'if-range': `W/${etag}` })).status).toBe(200);
    }
    const beyond = await ask({ range: 'bytes=3000001-' });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */3000001']);
    expect(JSON.parse(beyond.body.toString())).toMatchObject({ error: { code: 'bad_data' } });
    expect((await ask({ range: 'bytes=0-1,5-6' })).body.length).toBe(3_000_001);
    const head = await ask({ range: 'bytes=0-1' }, 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '3000001', 0]);
    const unchanged = await ask({ 'if-none-match': `"x", W/${etag}` });
    expect([unchanged.status, unchanged.body.length]).toEqual([304, 0]);
    appendFileSync(join(folder, 'maps/ä b/%2e#?.tif'), 'x');
    expect((await ask({ 'if-none-match': etag })).status).toBe(200);

    const hash = (path: string) => connection.client('hashFile', { jobId: id, path });
    const report = readFileSync(join(folder, 'report.html'));
    expect(await hash('report.html')).toEqual({ sha256: sha256(report), bytes: report.length, matches: true });
    expect(await hash('empty.txt')).toMatchObject({ bytes: 0, matches: null });
    appendFileSync(join(folder, 'report.html'), ' ');
    expect(await hash('report.html')).toMatchObject({ bytes: report.length + 1, matches: false });
  });

  it('never lead out of the folder', async () => {
    const { root, connection, id, folder } = await endedRun();
    const secret = join(root.path, 'secret.txt');
    writeFileSync(secret, 'a secret');
    writeFileSync(join(root.jobs, 'beside.txt'), 'a secret');
    symlinkSync(secret, join(folder, 'link.txt'));
    symlinkSync(root.path, join(folder, 'up'));
    symlinkSync('tables', join(folder, 'inside'));
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    expect(readdirSync(folder)).toContain('pipe');

    const { files } = await connection.client('listFiles', { jobId: id });
    expect(files.filter(({ path }) => /link|up|inside|pipe/.test(path))).toEqual([]);
    const base = `/files/v1/${id}`;
    for (const address of [
      `${base}/link.txt`,
      `${base}/up/secret.txt`,
      `${base}/pipe`,
      `${base}/figures`,
      `${base}/`,
      base,
      `${base}/report.html/`,
      `${base}//report.html`,
      `${base}/./report.html`,
      `${base}/figures/../report.html`,
      `${base}/../beside.txt`,
      `${base}/%2e%2e/beside.txt`,
      `${base}/..%2fbeside.txt`,
      `${base}/..%5cbeside.txt`,
      `${base}/%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret.txt`,
      `${base}/%252e%252e/beside.txt`,
      `${base}/figures%2fnir.png`,
      `${base}/report.html%00`,
      `${base}/C:%5csecret.txt`,
      `${base}/%ff`,
      `${base}/%2fetc%2fpasswd`,
      `/files/v1/${id.toUpperCase()}/report.html`,
      `/files/v1/..%2f${id}/report.html`,
      '/files/v1/20260102t030405z-a-test-bcdefg/report.html',
    ]) {
      const { status, body } = await askEngine(root, address);
      expect([address, status === 404 || status === 422 || status === 400]).toEqual([address, true]);
      expect(body.toString()).not.toContain('a secret');
    }
    // A link that stays inside is the run's own affair.
    expect((await askEngine(root, `${base}/inside/bands.csv`)).status).toBe(200);
    for (const path of ['link.txt', 'up/secret.txt', '../beside.txt', 'pipe', '', 'figures'])
      await expect(connection.client('hashFile', { jobId: id, path })).rejects.toMatchObject({
        code: /^(\.|$)|\.\./.test(path) ? 'bad_data' : 'not_found',
      });
    rmSync(folder, { recursive: true });
    symlinkSync(root.path, folder);
    expect((await askEngine(root, `${base}/secret.txt`)).status).toBe(404);
    expect((await connection.client('listFiles', { jobId: id })).files).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('are let go when a reader leaves in the middle', async () => {
    const { root, connection, id, folder } = await endedRun();
    writeFileSync(join(folder, 'big.bin'), Buffer.alloc(64_000_000));
    const { socket = '', agentToken = '' } = readEndpoint(root) ?? {};
    const fds = `/proc/${connection.health.pid}/fd`;
    const open = () => readdirSync(fds).filter((fd) => linkOf(join(fds, fd)).includes('big.bin')).length;
    await Promise.all(
      Array.from(
        { length: 8 },
        () =>
          new Promise<void>((resolve, reject) => {
            const path = runFilePath(id, 'big.bin');
            const headers = { authorization: `Bearer ${agentToken}` };
            const sent = get({ socketPath: socket, path, headers }, (response) => {
              response.once('data', () => {
                response.destroy();
                resolve();
              });
            });
            sent.on('error', reject);
          }),
      ),
    );
    await until('the engine to close the file', 5_000, () => open() === 0);
  });

  it('are there while the run still writes', async () => {
    const root = workspace();
    const connection = await connect(root);
    const { client } = connection;
    const { folder } = await client('listTasks', {});
    expect(folder).toBe(root.tasks);
    await expect(
      client('submitJob', { text: summaryTask(['red.tif']), from: 'tasks/none.yaml', backend: 'process' }),
    ).rejects.toMatchObject({ code: 'not_found' });
    // It waits for a raster that never comes, and goes on until it is cancelled.
    const server = await startRangeServer(tempFolder());
    onTestFinished(() => server.close());
    const job = await client('submitJob', { text: summaryTask([`${server.url}/stall/a.tif`]), backend: 'process' });
    // The worker makes its log and its events first: only then comes the first status.
    await until('the run to begin', 30_000, async () => {
      const { files } = await client('listFiles', { jobId: job.id });
      return files.some(({ path }) => path === 'status.json');
    });
    // From here on status.json is there at every moment, however often it is replaced.
    const beats = new Set<string>();
    const look = async () => {
      const { status, body } = await askEngine(root, runFilePath(job.id, 'status.json'));
      expect(status).toBe(200);
      beats.add(WorkerStatus.parse(JSON.parse(body.toString())).heartbeatAt);
    };
    await until('three beats of its heart', 60_000, async () => {
      await look();
      return beats.size >= 3;
    });
    await client('cancelJob', { jobId: job.id });
    while ((await client('getJob', { jobId: job.id })).result === null) await look();
    await look();
  });
});

describe('walkFiles', () => {
  it('stops at its bound and says so, in the order of the whole list', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'a'));
    for (const path of ['a/1', 'a/2', 'a-b', 'a.b', 'b', '.x.tmp', '.shown']) writeFileSync(join(folder, path), path);
    const all = await walkFiles(folder);
    expect(all.files.map(({ path }) => path)).toEqual(['.shown', 'a-b', 'a.b', 'a/1', 'a/2', 'b']);
    const some = await walkFiles(folder, 3);
    expect(some).toEqual({ files: all.files.slice(0, 3), truncated: true });
    expect((await walkFiles(folder, 6)).truncated).toBe(false);
    expect(await walkFiles(join(folder, 'none'))).toEqual({ files: [], truncated: false });
  });
});

describe('addresses', () => {
  const id = JobId.parse('20260102t030405z-a-test-bcdefg');

  it('bring back the path that they were made of', () => {
    const step = fc.string({ unit: 'grapheme', minLength: 1 }).filter((name) => !name.includes('/'));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (steps) => {
        const path = steps.join('/');
        fc.pre(path.isWellFormed());
        expect(addressOf(runFilePath(id, path))).toEqual({ id, path });
      }),
    );
  });

  it('open nothing outside of the folder, however they are written', async () => {
    const top = tempFolder();
    const folder = join(top, 'run');
    mkdirSync(join(folder, 'maps'), { recursive: true });
    writeFileSync(join(top, 'secret'), 'secret');
    writeFileSync(join(folder, 'maps/a'), 'fine');
    symlinkSync('..', join(folder, 'out'));
    symlinkSync('../..', join(folder, 'maps/out'));
    const step = fc.constantFrom('..', '.', '', 'maps', 'out', 'secret', 'a', 'run', top, '..\\', '%2e%2e', '/');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        const file = await openInside(folder, steps.join('/'));
        const text = file === null ? 'nothing' : (await file.readFile()).toString();
        await file?.close();
        expect(text).toMatch(/^(nothing|fine)$/);
      }),
      { numRuns: 500 },
    );
  });
});
