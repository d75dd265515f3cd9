import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DataRoot } from '../../../src-main/client/data-root.ts';
import type { LaunchSpec } from '../../../src-main/engine/backends/backend.ts';
import { createContainer } from '../../../src-main/engine/backends/docker/containers.ts';
import { Daemons } from '../../../src-main/engine/backends/docker/daemon.ts';
import { DockerBackend } from '../../../src-main/engine/backends/docker/docker-backend.ts';
import { labelsOf, nameOf, workspaceId } from '../../../src-main/engine/backends/docker/labels.ts';
import { DockerServices } from '../../../src-main/engine/backends/docker/service/docker-services.ts';
import { startService } from '../../../src-main/engine/backends/docker/service/start.ts';
import { serviceHost } from '../../../src-main/engine/services/host.ts';
import { Services } from '../../../src-main/engine/services/services.ts';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import { WorkerStatus } from '../../../src-shared/worker-protocol.ts';
import { containersOf, dockerBackend, launchOf, realWorkerImages } from '../../helpers/docker-engine.ts';
import { dockerClient, dockerHost, hasDockerd } from '../../helpers/dockerd.ts';
import { until, workspace } from '../../helpers/programs.ts';
import { loadServiceImage, serviceTask } from '../../helpers/service-image.ts';

const longMs = 240_000;
const never = new AbortController().signal;

/** The back end as an engine builds it, without one; each call is another engine of the same workspace. */
function backendOf(root: DataRoot) {
  const env = { DOCKER_HOST: dockerHost ?? '' };
  const daemons = new Daemons({ env, platform: process.platform, home: homedir() });
  const limits = { local_max_memory_gb: 16, local_max_cpus: 8 };
  const services = new Services({ root, env, limits, host: serviceHost(daemons) });
  const parts = { root, env, daemons, images: realWorkerImages() };
  return { ...parts, services, backend: new DockerServices({ ...parts, services, docker: new DockerBackend(parts) }) };
}

function launch(root: DataRoot, script: string): LaunchSpec {
  const text = serviceTask(script, '', 'raster: none.tif');
  const spec = launchOf(root, text, { task: requireTask(Buffer.from(text)).task });
  writeFileSync(join(spec.folder, 'task.yaml'), text);
  // Removes what is left of the workspace's containers after the test.
  dockerBackend(root);
  return spec;
}

const statusOf = ({ folder }: LaunchSpec) =>
  WorkerStatus.parse(JSON.parse(readFileSync(join(folder, 'status.json'), 'utf8')));

const containers = async (root: DataRoot) =>
  Object.fromEntries((await containersOf(root)).map(({ Labels, State }) => [Labels['org.transect.role'], State]));

describe.skipIf(!hasDockerd())('a service whose launch is cut short', { timeout: longMs }, () => {
  beforeAll(async () => {
    await loadServiceImage(dockerClient());
  }, longMs);

  it('right before the service is started is taken up, and runs once', async () => {
    const root = workspace();
    const spec = launch(root, 'echo once >> /outputs/runs');
    const first = backendOf(root);
    const daemon = await first.daemons.first(never);
    const labelled = { workspace: workspaceId(root.path), jobId: spec.jobId, attempt: 1 };
    const service = first.services.resolve(spec.task);
    if (service === null) throw new Error('the task is no service');
    // The engine dies here: the worker waits for a service that nobody has started.
    await startService(spec, { ...first, daemon, labelled, service }, never);
    expect(await containers(root)).toEqual({ worker: 'running', service: 'created' });

    const { backend } = backendOf(root);
    const found = await backend.find(spec);
    if (found === null) throw new Error('nothing was found');
    expect(await backend.find(spec)).toEqual(found);
    const ending = await backend.watch(spec, found.handle, never);
    expect(ending.exitCode).toBe(0);
    expect(statusOf(spec)).toMatchObject({ state: 'succeeded', validity: ['computed'], isolation: null });
    expect(readFileSync(join(spec.folder, 'outputs/runs'), 'utf8')).toBe('once\n');
    await backend.cleanup(spec, found.handle);
    expect(await containersOf(root)).toEqual([]);
  });

  it('before anything ran leaves nothing', async () => {
    const root = workspace();
    const spec = launch(root, 'true');
    const labelled = { workspace: workspaceId(root.path), jobId: spec.jobId, attempt: 1 };
    const docker = dockerClient();
    for (const role of ['service', 'worker'] as const) {
      const Image = await loadServiceImage(docker);
      await createContainer(docker, { name: nameOf(labelled, role), Image, Labels: labelsOf(labelled, role) }, never);
    }
    expect(await backendOf(root).backend.find(spec)).toBeNull();
    expect(await containersOf(root)).toEqual([]);
    expect(existsSync(join(spec.folder, '.service.tmp'))).toBe(false);
  });

  it('submitted twice runs once; a worker that is killed takes its service along', async () => {
    const root = workspace();
    const spec = launch(root, 'echo up; while true; do sleep 0.2; done');
    const { backend } = backendOf(root);
    const launched = await backend.submit(spec, never);
    expect(await backendOf(root).backend.submit(spec, never)).toEqual(launched);
    const watched = backend.watch(spec, launched.handle, never);
    const logs = join(spec.folder, 'logs.txt');
    await until('the service to be up', longMs, () => existsSync(logs) && readFileSync(logs, 'utf8').includes(' up\n'));
    await dockerClient().getContainer(String(launched.handle['container'])).kill({ signal: 'SIGKILL' });
    expect(await watched).toMatchObject({ signal: 'SIGKILL', exitCode: null });
    await until('the service to be ended', 30_000, async () => (await containers(root))['service'] === 'exited');
    await backend.cleanup(spec, launched.handle);
    await backend.cleanup(spec, launched.handle);
    expect(await containersOf(root)).toEqual([]);
    expect(existsSync(join(spec.folder, '.service.tmp'))).toBe(false);
  });
});
