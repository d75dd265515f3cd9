import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { describe, expect, it } from 'vitest';
import { workerFolders } from '../../src-shared/worker-protocol.ts';
import { smallDisk } from '../helpers/small-disk.ts';
import { tempFolder } from '../helpers/temp.ts';
import { checkEnd, eventsOf, fixtures, resultOf, root, runWorker, statusOf } from '../helpers/worker-process.ts';
import { copyScenes, ndviTask, ofItems } from './scenes.ts';

/** A map of several megabytes. */
const large = (items: readonly string[]) => `task_name: large
output_dir: /data/outputs/jobs/large
inputs: ${ofItems(items)}
analysis: {type: composite, method: median, index: ndvi}
grid: {crs: "EPSG:32613", resolution: 15}
outputs: {}
`;

describe('a disk of 1 MB', () => {
  it('that fills up while the map is written: failed, with 74, and everything told', async (context) => {
    const out = join(smallDisk(1_024, context).path, 'out');
    const run = await runWorker(large(copyScenes(1).items), { out });
    const { status, logs } = checkEnd(run, 'failed', 74);
    expect(status.error).toMatchObject({ code: 'storage', message: expect.stringMatching(/disk is full/) as string });
    expect(logs).toMatch(/started job/);
    expect(logs).toMatch(/Failed: .*disk is full/);
    expect(eventsOf(run).at(-1)).toMatchObject({ type: 'state', state: 'failed' });
    expect(readdirSync(join(out, 'maps'))).toEqual([]);
  });

  it.for([0, 12, 40, 90])(
    'of which %i KiB were left: no half files, and a final status or none',
    async (free, context) => {
      const { path } = smallDisk(1_024, context);
      spawnSync('dd', ['if=/dev/zero', `of=${join(path, 'fill')}`, 'bs=1k', `count=${1_024 - free}`]);
      const run = await runWorker(ndviTask(ofItems(copyScenes(2).items)), { out: join(path, 'out') });
      expect(run.code).toBe(74);
      expect(run.stderr).toMatch(/disk is full|can't be written|ENOSPC/);
      if (existsSync(join(run.out, 'status.json')))
        expect(statusOf(run)).toMatchObject({ state: 'failed', exitCode: 74, error: { code: 'storage' } });
      for (const line of existsSync(join(run.out, 'logs.txt'))
        ? readFileSync(join(run.out, 'logs.txt'), 'utf8').split('\n')
        : [])
        expect(line).toMatch(/^$|^\S+Z (INFO|WARN|ERROR) /);
    },
  );
});

/** Runs a program with every file system read-only but the given one; skips the test where that cannot be had. */
function readOnlyBut(folder: string, command: readonly string[], context: TestContext) {
  const script = `mount --make-rprivate / && mount --bind "$1" "$1" && mount -o remount,bind,ro / && shift && exec "$@"`;
  const run = spawnSync('unshare', ['--mount', 'sh', '-c', script, '-', folder, ...command], {
    env: { PATH: process.env['PATH'] ?? '' },
    encoding: 'utf8',
  });
  if (/unshare: |mount: /.test(run.stderr) || run.error !== undefined) {
    console.warn(`skipped: ${context.task.name}: only root on Linux can make the root read-only`);
    context.skip();
  }
  return run;
}

describe('a read-only root', () => {
  it('is all that the worker needs besides its own folder', (context) => {
    const folder = tempFolder();
    const task = join(folder, 'task.yaml');
    const item = join(fixtures, 'sentinel-2-l2a/SYNTHETIC_S2A_13TDE_20230606_0_L2A/item.json');
    writeFileSync(task, ndviTask(ofItems([item])));
    const out = join(folder, 'out');
    mkdirSync(out);
    const worker = [process.execPath, join(root, 'out/worker/worker.js'), '--task', task, '--out', out];
    const { status, stderr } = readOnlyBut(out, worker, context);
    expect([status, statusOf({ out }).state]).toEqual([0, 'succeeded']);
    expect(stderr).not.toContain('EROFS');
    expect(statusOf({ out }).isolation?.writable).not.toContain('/etc');
    expect(resultOf({ out }).outputs.length).toBeGreaterThan(3);
  });

  it('that holds its folder too is told on stderr, with 74', (context) => {
    const folder = tempFolder();
    const task = join(folder, 'task.yaml');
    writeFileSync(task, ndviTask(ofItems(copyScenes(1).items)));
    const worker = [process.execPath, join(root, 'out/worker/worker.js'), '--task', task, '--out', join(folder, 'out')];
    const { status, stderr } = readOnlyBut(tempFolder(), worker, context);
    expect(status).toBe(74);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'storage', remedy: expect.stringContaining('--out') as string });
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});

describe('a folder of which a part cannot be written', () => {
  it('ends as storage, with 74, and keeps the log', async () => {
    // A file where the folder of the maps should be; put there while the worker starts, it stops its outputs alone.
    const out = tempFolder();
    const run = await runWorker(ndviTask(ofItems(copyScenes(1).items)), {
      out,
      onStart: () => {
        const timer = setInterval(() => {
          if (!existsSync(join(out, workerFolders.maps))) return;
          clearInterval(timer);
          chmodSync(join(out, workerFolders.maps), 0o500);
        }, 2);
      },
    });
    // Root may write anyway.
    const asRoot = process.getuid?.() === 0;
    const { logs } = checkEnd(run, asRoot ? 'succeeded' : 'failed', asRoot ? 0 : 74);
    chmodSync(join(out, workerFolders.maps), 0o700);
    expect(logs).toContain('started job');
  });
});
