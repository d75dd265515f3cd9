import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { OutputIndex } from '../../src-main/engine/output-index/output-index.ts';
import type { JobState } from '../../src-shared/job.ts';
import type { WorkerStatus } from '../../src-shared/worker-protocol.ts';
import { tempFolder } from '../helpers/temp.ts';

const status: WorkerStatus = {
  v: 1,
  jobId: 'x',
  taskName: 'Boulder',
  state: 'succeeded',
  validity: ['computed'],
  by: 'worker',
  workerVersion: '1',
  pid: 1,
  progress: null,
  startedAt: '2026-01-02T03:04:05Z',
  heartbeatAt: '2026-01-02T03:04:07Z',
  endedAt: '2026-01-02T03:04:07.5Z',
  exitCode: 0,
  signal: null,
  isolation: null,
  error: null,
};

function setUp() {
  const root = openDataRoot(tempFolder());
  const run = (name: string | Buffer, content: unknown = status, how: 'new' | 'again' = 'new') => {
    const folder = Buffer.concat([Buffer.from(`${root.jobs}/`), Buffer.from(name)]);
    mkdirSync(folder, { recursive: how === 'again' });
    writeFileSync(
      Buffer.concat([folder, Buffer.from('/status.json')]),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
    return folder.toString();
  };
  const states = new Map<string, JobState>();
  const fresh = () => new OutputIndex({ root, states: () => states, log: pino({ level: 'silent' }) });
  const write = async () => {
    const report = await fresh().writeAll();
    return { report, page: readFileSync(root.outputIndex, 'utf8') };
  };
  return { root, run, write, fresh, states };
}

describe('outputs/index.html', () => {
  it('says what to do when there is nothing', async () => {
    const { page, report } = await setUp().write();
    expect(report).toEqual({ path: join('outputs', 'index.html'), jobs: 0 });
    expect(page).toContain('No runs yet');
  });

  it('lists a run with its state, validity, time and files', async () => {
    const { run, write } = setUp();
    const folder = run('20260102t030405z-boulder-aaaaaa');
    for (const [kind, name] of [
      ['figures', 'a.png'],
      ['tables', 't.csv'],
      ['maps', 'm.tif'],
    ] as const) {
      mkdirSync(join(folder, kind));
      writeFileSync(join(folder, kind, name), 'x');
    }
    writeFileSync(join(folder, 'report.html'), 'x');
    const { page } = await write();
    for (const text of [
      'Boulder',
      'succeeded',
      'computed from data',
      '2026-01-02 03:04:05 UTC, took 2.5 s',
      'jobs/20260102t030405z-boulder-aaaaaa/maps/m.tif',
      'tables/t.csv',
      'report.html',
      'human review',
    ])
      expect(page).toContain(text);
    expect(page).toContain('<img src="jobs/20260102t030405z-boulder-aaaaaa/figures/a.png"');
  });

  it('survives folders that are broken in any way, and still lists the good one', async () => {
    const { root, run, write } = setUp();
    run('good');
    run('truncated', '{"v": 1, "sta');
    run('a-list', '[1]');
    run('not-utf8-inside', 'ÿ');
    run('oversized', `{"v": "${'x'.repeat(2_000_000)}"}`);
    run(Buffer.from([0x62, 0xff, 0x64]));
    mkdirSync(join(root.jobs, 'status-is-a-folder', 'status.json'), { recursive: true });
    writeFileSync(join(root.jobs, 'a-file'), 'x');
    chmodSync(run('unreadable'), 0o000);
    const { page, report } = await write();
    chmodSync(join(root.jobs, 'unreadable'), 0o700);
    expect(page).toContain('Boulder');
    expect(page).toContain('no readable status.json');
    expect(report.jobs).toBe(7);
  });

  it('follows no link out of a run', async () => {
    const { root, run, write } = setUp();
    const folder = run('links');
    mkdirSync(join(folder, 'figures'));
    symlinkSync('/etc/passwd', join(folder, 'figures', 'p.png'));
    symlinkSync('/etc', join(folder, 'tables'));
    symlinkSync('/etc/hostname', join(folder, 'report.html'));
    symlinkSync('/etc', join(root.jobs, 'linked-job'));
    const { page, report } = await write();
    expect(page).not.toMatch(/p\.png|hostname|report\.html|linked-job|passwd/);
    expect(report.jobs).toBe(1);
  });

  it('escapes text and encodes addresses', async () => {
    const { run, write } = setUp();
    const folder = run('a#b?c%20d "<x>', {
      ...status,
      taskName: '<script>alert(1)</script>',
      error: { code: 'internal', message: '<img onerror=x>', retryable: false },
    });
    mkdirSync(join(folder, 'maps'));
    writeFileSync(join(folder, 'maps', "m'&#.tif"), 'x');
    const { page } = await write();
    expect(page).not.toMatch(/<script|<img onerror|<x>/);
    expect(page).toContain('jobs/a%23b%3Fc%2520d%20%22%3Cx%3E/maps/m&#39;%26%23.tif');
  });

  it('caps a run with very many files', async () => {
    const { run, write } = setUp();
    const folder = run('many');
    mkdirSync(join(folder, 'figures'));
    for (let n = 0; n < 200; n += 1) writeFileSync(join(folder, 'figures', `${n}.png`), 'x');
    const { page } = await write();
    expect(page).toContain('160 more files');
  });
});

describe('pages of older runs', () => {
  const name = (n: number) => `2026010${1 + Math.floor(n / 100)}t000000z-run-${String(n).padStart(3, '0')}-aaaaaa`;

  function manyRuns(count: number) {
    const set = setUp();
    for (let n = 0; n < count; n += 1) set.run(name(n), { ...status, taskName: `Run ${n}` });
    const read = (file: string) => readFileSync(join(set.root.outputs, file), 'utf8');
    const pages = () =>
      readdirSync(set.root.outputs)
        .filter((file) => file.endsWith('.html'))
        .sort();
    return { ...set, read, pages };
  }

  it('are full, and the index has the newest runs, the links to them and the number of all', async () => {
    const { fresh, read, pages } = manyRuns(170);
    await fresh().writeAll();
    expect(pages()).toEqual(['index-0001.html', 'index-0002.html', 'index.html']);
    expect(read('index.html').match(/<article>/g)).toHaveLength(70);
    expect(read('index.html')).toMatch(/170 runs, newest first/);
    expect(read('index.html')).toMatch(/index-0002\.html">50 runs, 2026-01-01</);
    expect(read('index-0001.html').match(/<h2>Run \d+/g)).toEqual(
      Array.from({ length: 50 }, (_, n) => `<h2>Run ${49 - n}`),
    );
    expect(read('index-0001.html')).toContain('href="index.html"');
  });

  it('are written again only when a run of theirs changed its state, also by an engine that finds them', async () => {
    const { root, run, fresh, states, read } = manyRuns(130);
    const index = fresh();
    await index.writeAll();
    // What a page would say now shows whether it was written.
    for (const n of [3, 129]) run(name(n), { ...status, taskName: 'Changed' }, 'again');
    const changed = async (by: OutputIndex) => {
      by.request();
      await by.settled();
      return ['index-0001.html', 'index.html'].filter((file) => read(file).includes('Changed'));
    };
    expect(await changed(index)).toEqual(['index.html']);
    expect(await changed(fresh())).toEqual(['index.html']);
    states.set(name(3), 'failed');
    expect(await changed(fresh())).toEqual(['index-0001.html', 'index.html']);
    writeFileSync(join(root.outputs, 'index-0001.html'), '');
    expect(await changed(fresh())).toEqual(['index-0001.html', 'index.html']);
  });

  it('go when there are fewer runs; other files stay', async () => {
    const { root, fresh, pages } = manyRuns(170);
    const index = fresh();
    await index.writeAll();
    writeFileSync(join(root.outputs, 'index-of-mine.html'), 'x');
    for (let n = 0; n < 40; n += 1) rmSync(join(root.jobs, name(n)), { recursive: true });
    index.request();
    await index.settled();
    expect(pages()).toEqual(['index-0001.html', 'index-of-mine.html', 'index.html']);
  });
});
