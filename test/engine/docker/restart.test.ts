import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDockerd } from '../../../scripts/test/dockerd.mjs';
import type { TestDockerd } from '../../../scripts/test/dockerd.mjs';
import { dockerBackend, launchOf, shellImages } from '../../helpers/docker-engine.ts';
import { dockerClient, hasDockerd } from '../../helpers/dockerd.ts';
import { until, workspace } from '../../helpers/programs.ts';

const never = new AbortController().signal;
const timeout = 300_000;
const untilTold = 'echo first; touch up; while [ ! -e go ]; do sleep 0.1; done; echo last; exit 3';

/** A dockerd of this test's own, which it may kill. */
async function ownDockerd(...daemonArgs: string[]): Promise<TestDockerd> {
  const dockerd = await startDockerd({ daemonArgs });
  onTestFinished(() => dockerd.stop());
  return dockerd;
}

/** Kills dockerd and waits until the next one answers. */
async function restart(dockerd: TestDockerd): Promise<void> {
  const docker = dockerClient(dockerd.host);
  const before = await dockerd.pid();
  dockerd.restart();
  await until('another dockerd', 120_000, async () => {
    const now = await dockerd.pid();
    return (
      now !== null &&
      now !== before &&
      docker.ping().then(
        () => true,
        () => false,
      )
    );
  });
}

describe.skipIf(!hasDockerd())('a container engine that is killed and started again', { timeout }, () => {
  it('while a run goes on: the run is followed to its end, with all that it said', async () => {
    const dockerd = await ownDockerd('--live-restore');
    const root = workspace();
    const backend = dockerBackend(root, shellImages, dockerd.host);
    const spec = launchOf(root, untilTold);
    const { handle } = await backend.submit(spec, never);
    const ending = backend.watch(spec, handle, never);
    await until('the run to be up', 60_000, () => existsSync(join(spec.folder, 'up')));
    await restart(dockerd);
    writeFileSync(join(spec.folder, 'go'), '');
    expect(await ending).toMatchObject({ exitCode: 3, signal: null });
    expect(readFileSync(join(spec.records, 'worker.log'), 'utf8')).toBe('first\nlast\n');
    await backend.cleanup(spec, handle);
  });

  it('and takes its containers with it: the run has an end, and can be cleaned up', async () => {
    const dockerd = await ownDockerd();
    const root = workspace();
    const backend = dockerBackend(root, shellImages, dockerd.host);
    const spec = launchOf(root, untilTold);
    const { handle } = await backend.submit(spec, never);
    const ending = backend.watch(spec, handle, never);
    await until('the run to be up', 60_000, () => existsSync(join(spec.folder, 'up')));
    await restart(dockerd);
    expect((await ending).found).toMatch(/^its container (ended with|is gone)/);
    expect(existsSync(join(spec.folder, 'go'))).toBe(false);
    await backend.cleanup(spec, handle);
    expect(await backend.find(spec)).toBeNull();
  });

  it('and is away for good: orders fail so that they are given again, and nothing claims that the run has ended', async () => {
    const dockerd = await ownDockerd();
    const root = workspace();
    const backend = dockerBackend(root, shellImages, dockerd.host);
    const spec = launchOf(root, untilTold);
    const { handle } = await backend.submit(spec, never);
    const stop = new AbortController();
    const ending = backend.watch(spec, handle, stop.signal);
    await dockerd.stop();
    const away = { code: 'backend_unavailable', remedy: expect.any(String) as string };
    await expect(backend.cancel(handle, 'kill')).rejects.toMatchObject(away);
    await expect(backend.find(spec)).rejects.toMatchObject(away);
    await expect(backend.submit(launchOf(root, 'true'), never)).rejects.toMatchObject(away);
    // An engine that is started now, and does not know of the run.
    const next = dockerBackend(root, shellImages, dockerd.host);
    await expect(next.sweep(() => new Set(), never)).rejects.toMatchObject(away);
    expect(await backend.check(never)).toMatchObject({ available: false, remedy: expect.any(String) as string });
    const reason = new Error('stopped');
    stop.abort(reason);
    await expect(ending).rejects.toBe(reason);
  });
});
