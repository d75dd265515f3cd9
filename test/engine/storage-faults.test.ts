import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src-main/client/connect.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { cli, endProcess, startEngine, summaryTask, untilEnded, whenReady } from '../helpers/programs.ts';
import { smallDisk } from '../helpers/small-disk.ts';

const folder = resolve(import.meta.dirname, '../../examples/spatiotemporal/tasks/data');
const task = () => ({ text: summaryTask(['red.tif']), baseDir: folder, backend: 'process' as const });

describe('a workspace that is read-only', () => {
  it('is refused with 74 by whoever wants to use it, and is as it was afterwards', async (context) => {
    const disk = smallDisk(16_384, context);
    const root = openDataRoot(join(disk.path, 'root'));
    const first = await connect(root);
    const { id } = await first.client('submitJob', task());
    expect((await untilEnded(first, id)).state).toBe('succeeded');
    await endProcess(first.health.pid);
    disk.setReadOnly(true);
    for (const words of [['jobs'], ['run', join(folder, '../example_raster_summary.yaml'), '--backend', 'process']]) {
      const { code, stderr } = await cli([...words, '--data-root', root.path]);
      expect([words[0], code, stderr]).toEqual([words[0], 74, expect.stringMatching(/what to do:/) as string]);
      expect(stderr).not.toMatch(/\n {4}at /);
    }
    disk.setReadOnly(false);
    const again = await connect(root);
    onTestFinished(() => endProcess(again.health.pid));
    const { jobs } = await again.client('listJobs', {});
    expect(jobs.map((job) => [job.id, job.state])).toEqual([[id, 'succeeded']]);
    expect(readFileSync(join(root.jobFolder(id), 'logs.txt'), 'utf8')).toContain('Succeeded');
  });

  it('in its folder of runs alone: jobs are refused and not half made, and the engine goes on', async (context) => {
    const disk = smallDisk(16_384, context);
    const root = openDataRoot(join(disk.path, 'root'));
    const engine = startEngine(root);
    const connection = await whenReady(root);
    const { client, health } = connection;
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=64k', 'tmpfs', root.jobs]);
    let mounted = true;
    const unmount = () => {
      if (mounted) execFileSync('umount', ['-l', root.jobs]);
      mounted = false;
    };
    onTestFinished(unmount);
    await expect(client('submitJob', task())).rejects.toMatchObject({ code: 'storage' });
    expect((await client('health', {})).pid).toBe(health.pid);
    expect(engine.exitCode).toBeNull();
    unmount();
    const { id } = await client('submitJob', task());
    expect((await untilEnded(connection, id)).state).toBe('succeeded');
    expect(readdirSync(root.jobs)).toEqual([id]);
    expect((await client('listJobs', {})).jobs.map((job) => job.state)).not.toContain('queued');
  });
});
