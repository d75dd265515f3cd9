import type { ChildProcess } from 'node:child_process';
import type Docker from 'dockerode';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { pack } from 'tar-stream';
import { onTestFinished } from 'vitest';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import type { LaunchSpec } from '../../src-main/engine/backends/backend.ts';
import { Daemons } from '../../src-main/engine/backends/docker/daemon.ts';
import { DockerBackend } from '../../src-main/engine/backends/docker/docker-backend.ts';
import { label, workspaceId } from '../../src-main/engine/backends/docker/labels.ts';
import { makeWorkerImages } from '../../src-main/engine/images/make-worker-images.ts';
import type { WorkerImages } from '../../src-main/engine/images/worker-images.ts';
import { findWorkerBundle } from '../../src-main/engine/worker-bundle.ts';
import { makeJobId } from '../../src-shared/job-id.ts';
import { readTask } from '../../src-shared/task/read-task.ts';
import type { Task } from '../../src-shared/task/schema.ts';
import { dockerClient, dockerHost } from './dockerd.ts';
import { startEngine, summaryTask } from './programs.ts';

/** Parts of worker images are kept here from one run of the tests to the next, apart from the user's own. */
export const imageCache = resolve(import.meta.dirname, '../../.cache/worker-images');

/** An engine that uses the tests' dockerd, or another one. */
export function startDockerEngine(root: DataRoot, env: Record<string, string> = {}): ChildProcess {
  return startEngine(root, { DOCKER_HOST: dockerHost ?? '', TRANSECT_CACHE: imageCache, ...env });
}

/** The worker image as users get it. */
export function realWorkerImages(): WorkerImages {
  return makeWorkerImages(findWorkerBundle(), { ...process.env, TRANSECT_CACHE: imageCache });
}

/** The Docker back end in this very process, which removes what is left of the workspace's containers after the test. */
export function dockerBackend(
  root: DataRoot,
  images: WorkerImages = shellImages,
  host = dockerHost,
  env: Record<string, string> = {},
): DockerBackend {
  const all = { ...env, DOCKER_HOST: host ?? '' };
  const daemons = new Daemons({ env: all, platform: process.platform, home: homedir() });
  const backend = new DockerBackend({ root, env: all, daemons, images });
  onTestFinished(async () => {
    const left = new DockerBackend({ root, env: all, daemons, images });
    // A test that ended its dockerd has no containers left.
    await left.sweep(() => new Set(), AbortSignal.timeout(60_000)).catch(() => undefined);
  });
  return backend;
}

/** What of a workspace the container engine holds, running or not. */
export function containersOf(root: DataRoot, docker = dockerClient()): Promise<Docker.ContainerInfo[]> {
  const filters = { label: [`${label.workspace}=${workspaceId(root.path)}`] };
  return docker.listContainers({ all: true, filters });
}

export function networksOf(root: DataRoot, docker = dockerClient()): Promise<Docker.NetworkInspectInfo[]> {
  return docker.listNetworks({ filters: { label: [`${label.workspace}=${workspaceId(root.path)}`] } });
}

const shellTag = 'transect-test-shell:1';
/** The "worker" runs the run's task.yaml as a shell script, in the run's folder. */
const shellWorker = '#!/bin/sh\ncd "$4" && exec /bin/sh "$2" "$@"\n';

/** A small image in place of the worker's: whatever a test has a run do, as a shell script. */
export const shellImages: WorkerImages = {
  async ensure(docker) {
    await loadShellImage(docker);
    const { Id } = await docker.getImage(shellTag).inspect();
    return { ref: shellTag, id: Id, digest: Id };
  },
};

/** Gives a container engine an image with busybox and nothing else; its name. */
export async function loadShellImage(docker: Docker): Promise<string> {
  const there = await docker.listImages({ filters: { reference: [shellTag] } });
  if (there.length > 0) return shellTag;
  const archive = pack();
  archive.entry({ name: 'bin/sh', mode: 0o755 }, readFileSync('/bin/busybox'));
  archive.entry({ name: 'worker', mode: 0o755 }, shellWorker);
  archive.finalize();
  const [repo, tag] = shellTag.split(':');
  const changes = 'ENTRYPOINT ["/bin/sh", "/worker"]';
  const answer = await docker.importImage(archive as unknown as NodeJS.ReadableStream, {
    repo,
    tag,
    changes,
  });
  await new Promise((done) => answer.on('end', done).resume());
  return shellTag;
}

let made = 0;

/** The task of such a launch; what it says of inputs is not read. */
export function shellTask(): Task {
  const text = summaryTask(['/nowhere.tif'], 'limits: { memory_mb: 256 }\nresources: { cpus: 1 }');
  const { task, problems } = readTask(text);
  if (task === null) throw new Error(JSON.stringify(problems));
  return task;
}

/** A launch of a run that does what the script says. Its folder is there as the engine would have made it. */
export function launchOf(root: DataRoot, script: string, change: Partial<LaunchSpec> = {}): LaunchSpec {
  const random = Uint8Array.from([0, 0, 0, 0, made >> 5, (made += 1)]);
  const jobId = makeJobId('docker test', new Date(), random);
  const spec: LaunchSpec = {
    jobId,
    taskName: 'docker test',
    folder: root.jobFolder(jobId),
    records: root.jobRecords(jobId),
    offline: false,
    timeoutSec: 60,
    memoryMb: 256,
    attempt: 1,
    task: shellTask(),
    inputs: [],
    secrets: () => Promise.resolve(new Map()),
    ...change,
  };
  mkdirSync(spec.folder, { mode: 0o755 });
  chmodSync(spec.folder, 0o755);
  mkdirSync(spec.records, { recursive: true, mode: 0o700 });
  writeFileSync(join(spec.folder, 'task.yaml'), script);
  return spec;
}
