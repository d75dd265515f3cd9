import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LaunchSpec } from '../../../src-main/engine/backends/backend.ts';
import type { DockerBackend } from '../../../src-main/engine/backends/docker/docker-backend.ts';
import type { WorkerImages } from '../../../src-main/engine/images/worker-images.ts';
import { containersOf, dockerBackend, launchOf, networksOf, shellImages } from '../../helpers/docker-engine.ts';
import { dockerClient, hasDockerd } from '../../helpers/dockerd.ts';
import { until, workspace } from '../../helpers/programs.ts';
import { smallDisk } from '../../helpers/small-disk.ts';
import { tempFolder } from '../../helpers/temp.ts';

const never = new AbortController().signal;

/** Starts a run, waits for its end and cleans up. Gives how it ended and what it wrote. */
async function run(backend: DockerBackend, spec: LaunchSpec) {
  const { handle, isolation, imageDigest } = await backend.submit(spec, never);
  const ending = await backend.watch(spec, handle, never);
  await backend.cleanup(spec, handle);
  const read = (name: string) => {
    const path = join(spec.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  };
  return { handle, isolation, imageDigest, ending, read };
}

/** A run that has written the file `up` and then does what the script says. */
async function running(backend: DockerBackend, spec: LaunchSpec) {
  const launched = await backend.submit(spec, never);
  await until('the run to be up', 60_000, () => existsSync(join(spec.folder, 'up')));
  return launched;
}

const stayUp = 'touch up; while true; do sleep 1; done';

describe.skipIf(!hasDockerd())('a run in a container', { timeout: 180_000 }, () => {
  it('ends with its exit code, and leaves neither a container nor a file that was for it alone', async () => {
    const root = workspace();
    const backend = dockerBackend(root);
    const spec = launchOf(root, 'echo to the log; echo to the other >&2; id -u > uid; exit 3');
    const { ending, imageDigest, isolation, read } = await run(backend, spec);
    expect(ending).toEqual({ exitCode: 3, signal: null, found: 'its container ended with exit code 3' });
    expect(imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(read('uid')).toBe(`${isolation.uid}\n`);
    const log = readFileSync(join(spec.records, 'worker.log'), 'utf8');
    expect(log).toContain('to the log\n');
    expect(log).toContain('to the other\n');
    expect(await containersOf(root)).toEqual([]);
    expect(existsSync(join(root.engine, 'containers', `${spec.jobId}.1`))).toBe(false);
  });

  it('has the walls that were asked for', async () => {
    const root = workspace();
    const spec = launchOf(
      root,
      `cat /proc/self/status > status
       cat /proc/net/dev > interfaces
       touch /root-file /etc/file /run/transect/file 2>/dev/null && echo yes > writable
       touch /dev/shm/file 2>/dev/null && echo yes > shared
       dd if=/dev/zero of=/tmp/big bs=1M count=500 2>/dev/null; du -m /tmp/big > temporary
       ls -d /data/* /data/outputs/* /data/outputs/jobs/* > others
       env > environment
       cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null > memory
       cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null > processes
       true`,
    );
    const { ending, isolation, read } = await run(dockerBackend(root, undefined, undefined, { CANARY: 'x' }), spec);
    expect(ending.exitCode).toBe(0);
    expect(read('status')).toMatch(/CapEff:\t0{16}\nCapBnd:\t0{16}\n/);
    expect(read('status')).toMatch(/NoNewPrivs:\t1\nSeccomp:\t2\n/);
    expect(read('interfaces')?.match(/\S+(?=:)/g)).toEqual(['lo']);
    expect(read('writable')).toBeNull();
    expect(read('shared')).toBeNull();
    expect(Number.parseInt(read('temporary') ?? '', 10)).toBeLessThanOrEqual(128);
    const here = ['/data/outputs', '/data/outputs/jobs', `/data/outputs/jobs/${spec.jobId}`];
    expect(read('others')?.trim().split('\n')).toEqual(here);
    expect(read('environment')).not.toContain('CANARY');
    expect(Number(read('memory'))).toBe(isolation.memoryBytes);
    expect(Number(read('processes'))).toBe(isolation.processes);
    expect(isolation).toMatchObject({
      kind: 'container',
      network: 'none',
      unprivileged: true,
      filesWritten: 'outputs',
    });
  });

  it('that is killed says by which signal', async () => {
    const root = workspace();
    const { ending } = await run(dockerBackend(root), launchOf(root, 'kill -9 $$'));
    expect(ending).toEqual({ exitCode: null, signal: 'SIGKILL', found: 'its container ended with signal SIGKILL' });
  });

  it('that takes more memory than it may says so', async () => {
    const root = workspace();
    // Text in a variable, not a file in /tmp: both count, and this one cannot be refused.
    const bomb = 'x=xxxxxxxxxxxxxxxx; while true; do x="$x$x"; done';
    const { ending } = await run(dockerBackend(root), launchOf(root, bomb));
    expect(ending).toMatchObject({ exitCode: null, signal: 'SIGKILL', outOfMemory: true });
    expect(ending.found).toContain('its memory limit was reached');
  });

  it('that forks without end is bounded, and ends when it is told to', async () => {
    const root = workspace();
    const backend = dockerBackend(root);
    const bomb = 'trap "" TERM; touch up; (while true; do sleep 1000 & done) 2>/dev/null; while true; do :; done';
    const spec = launchOf(root, bomb);
    const { handle, isolation } = await running(backend, spec);
    const container = dockerClient().getContainer(String(handle['container']));
    const most = isolation.processes ?? 0;
    const current = await until('the bomb', 60_000, async () => {
      const { pids_stats: pids } = await container.stats({ stream: false });
      const now = pids?.current ?? 0;
      return now > most * 0.8 && now;
    });
    expect(current).toBeLessThanOrEqual(most);
    await backend.cancel(handle, 'term');
    await backend.cancel(handle, 'kill');
    expect(await backend.watch(spec, handle, never)).toMatchObject({ signal: 'SIGKILL' });
    await backend.cleanup(spec, handle);
  });

  it('hears a request to end, and can be asked again', async () => {
    const root = workspace();
    const backend = dockerBackend(root);
    const spec = launchOf(root, 'trap "echo bye > bye; exit 130" TERM; touch up; while true; do sleep 0.1; done');
    const { handle } = await running(backend, spec);
    await backend.cancel(handle, 'term');
    await backend.cancel(handle, 'term');
    expect(await backend.watch(spec, handle, never)).toMatchObject({ exitCode: 130, signal: null });
    expect(readFileSync(join(spec.folder, 'bye'), 'utf8')).toBe('bye\n');
    await backend.cancel(handle, 'kill');
    await backend.cleanup(spec, handle);
    await backend.cleanup(spec, handle);
    await backend.cancel(handle, 'kill');
    expect(await backend.watch(spec, handle, never)).toMatchObject({ found: 'its container is gone' });
  });

  it('reads its inputs and cannot write them; secrets reach it as files and as nothing else', async () => {
    const root = workspace();
    const folder = tempFolder();
    chmodSync(folder, 0o755);
    const file = join(folder, 'a [b], "c".tif');
    writeFileSync(file, 'pixels', { mode: 0o644 });
    const script = `cat /inputs/0/* > got; echo no > "$(ls -d /inputs/0/*)" 2>/dev/null || echo kept > kept
      cat /run/transect/inputs.json > inputs.json
      cat "$TRANSECT_SECRETS_DIR/TOKEN" | tr a-z n-za-m > secret`;
    const spec = launchOf(root, script, {
      inputs: [{ name: 'a.tif', path: file }],
      secrets: () => Promise.resolve(new Map([['TOKEN', 'canary']])),
    });
    const backend = dockerBackend(root);
    const { handle } = await backend.submit(spec, never);
    const described = JSON.stringify(await dockerClient().getContainer(String(handle['container'])).inspect());
    await backend.watch(spec, handle, never);
    await backend.cleanup(spec, handle);
    const read = (name: string) => readFileSync(join(spec.folder, name), 'utf8');
    expect(read('got')).toBe('pixels');
    expect(read('kept')).toBe('kept\n');
    expect(JSON.parse(read('inputs.json'))).toEqual({
      v: 1,
      files: [{ name: 'a.tif', path: '/inputs/0/a [b], "c".tif' }],
    });
    expect(read('secret')).toBe('pnanel');
    expect(described).not.toContain('canary');
    expect(JSON.stringify(backend.plan(spec))).not.toContain('canary');
  });

  it.runIf(process.getuid?.() === 0)('refuses an input that its user may not read, and leaves nothing', async () => {
    const root = workspace();
    const file = join(tempFolder(), 'private.tif');
    writeFileSync(file, 'pixels', { mode: 0o600 });
    const backend = dockerBackend(root);
    const spec = launchOf(root, 'true', { inputs: [{ name: 'private.tif', path: file }] });
    await expect(backend.submit(spec, never)).rejects.toMatchObject({
      code: 'denied',
      remedy: expect.stringContaining('chmod'),
    });
    expect(await containersOf(root)).toEqual([]);
  });

  it('whose files the container engine does not see is refused with what to do, and leaves nothing', async (context) => {
    const root = workspace();
    // Mounted after the container engine was started: for that one it is as on another machine.
    const file = join(smallDisk(64, context).path, 'a.tif');
    writeFileSync(file, 'pixels');
    const backend = dockerBackend(root);
    const spec = launchOf(root, 'true', { inputs: [{ name: 'a.tif', path: file }] });
    const remedy = expect.stringContaining('must run on this machine') as string;
    await expect(backend.submit(spec, never)).rejects.toMatchObject({ code: 'backend_rejected', remedy });
    expect(await containersOf(root)).toEqual([]);
    expect(existsSync(join(root.engine, 'containers', `${spec.jobId}.1`))).toBe(false);
  });

  it('whose input went away while its image was made is refused', async () => {
    const root = workspace();
    const file = join(tempFolder(), 'a.tif');
    writeFileSync(file, 'pixels');
    const images: WorkerImages = {
      ensure: (docker, signal) => {
        rmSync(file);
        return shellImages.ensure(docker, signal);
      },
    };
    const spec = launchOf(root, 'true', { inputs: [{ name: 'a.tif', path: file }] });
    await expect(dockerBackend(root, images).submit(spec, never)).rejects.toMatchObject({ code: 'not_found' });
    expect(await containersOf(root)).toEqual([]);
  });

  it('is found again without its handle, running or ended, and not when it never ran', async () => {
    const root = workspace();
    const backend = dockerBackend(root);
    const spec = launchOf(root, stayUp);
    expect(await backend.find(spec)).toBeNull();
    const launched = await running(backend, spec);
    // Another engine of the same workspace.
    const other = dockerBackend(root);
    expect(await other.find(spec)).toEqual(launched);
    expect(await other.submit(spec, never)).toEqual(launched);
    expect(await other.find({ ...spec, attempt: 2 })).toBeNull();
    await other.cancel(launched.handle, 'kill');
    await other.watch(spec, launched.handle, never);
    expect(await other.find(spec)).toEqual(launched);
    await other.cleanup(spec, launched.handle);
    expect(await other.find(spec)).toBeNull();
  });

  it('whose start was cut short after the container was made: what is there is removed', async () => {
    const root = workspace();
    const backend = dockerBackend(root);
    const spec = launchOf(root, stayUp);
    const { handle } = await running(backend, spec);
    const docker = dockerClient();
    const made = await docker.getContainer(String(handle['container'])).inspect();
    await backend.cleanup(spec, handle);
    await docker.createContainer({ name: made.Name.slice(1), Image: made.Image, Labels: made.Config.Labels });
    expect(await backend.find(spec)).toBeNull();
    expect(await containersOf(root)).toEqual([]);
  });

  it('that is not wanted any more is not started, and nothing is left of it', async () => {
    const root = workspace();
    const unwanted = new AbortController();
    const reason = new Error('not wanted');
    const backend = dockerBackend(root, {
      ensure: () => {
        unwanted.abort(reason);
        return Promise.resolve({ ref: 'none', id: 'none', digest: 'none' });
      },
    });
    await expect(backend.submit(launchOf(root, 'true'), unwanted.signal)).rejects.toBe(reason);
    expect(await containersOf(root)).toEqual([]);
  });
});

describe.skipIf(!hasDockerd())('the sweep', { timeout: 180_000 }, () => {
  it('removes what belongs to no living job of this workspace, and nothing else', async () => {
    const [root, otherRoot] = [workspace(), workspace()];
    const first = dockerBackend(root);
    const [lost, kept] = [launchOf(root, stayUp), launchOf(root, stayUp)];
    await running(first, lost);
    const { handle } = await running(first, kept);
    const stranger = dockerBackend(otherRoot);
    const theirs = launchOf(otherRoot, stayUp);
    await running(stranger, theirs);
    const removed = await dockerBackend(root).sweep(() => new Set([kept.jobId]), never);
    expect(removed).toEqual([`container transect-${lost.jobId}-1 (running)`]);
    expect((await containersOf(root)).map(({ Id }) => Id)).toEqual([handle['container']]);
    expect(await containersOf(otherRoot)).toHaveLength(1);
    expect(existsSync(join(root.engine, 'containers', `${lost.jobId}.1`))).toBe(false);
    expect(existsSync(join(root.engine, 'containers', `${kept.jobId}.1`))).toBe(true);
    expect(await networksOf(root)).toEqual([]);
  });
});
