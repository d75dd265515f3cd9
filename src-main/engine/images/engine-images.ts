import type Docker from 'dockerode';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { WorkerImage } from '../../../src-shared/api/images.ts';
import { ImageArch } from '../../../src-shared/api/images.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { bounded } from '../backends/docker/bounded.ts';
import { dockerError, statusOf } from '../backends/docker/failure.ts';
import { imageLabels } from './image.ts';

/** An image as the container engine holds it, and what it consists of. */
export interface HeldImage extends WorkerImage {
  readonly diffIds: readonly string[];
}

/** The engine’s own architecture. @throws AppError `backend_unavailable` for one that no worker image is made for */
export async function engineArch(docker: Docker, signal: AbortSignal): Promise<ImageArch> {
  const { Arch } = await asked(docker.version(), signal);
  // Podman and some others say it as the kernel does.
  const arch = ImageArch.safeParse({ x86_64: 'amd64', aarch64: 'arm64' }[Arch] ?? Arch);
  if (arch.success) return arch.data;
  throw new AppError(
    'backend_unavailable',
    `The container engine runs on ${Arch}, for which there is no worker image.`,
    {
      remedy: `Run on this machine without a container: --backend process. Images are made for ${ImageArch.options.join(' and ')}.`,
      retryable: false,
    },
  );
}

/** The image of this name or id, or null. `current`: whether it ends in the layer of this installation’s worker. */
export async function findImage(
  docker: Docker,
  ref: string,
  bundleDiffId: string,
  signal: AbortSignal,
): Promise<HeldImage | null> {
  const inspected = docker
    .getImage(ref)
    .inspect()
    .catch((cause: unknown) => {
      if (statusOf(cause) === 404) return null;
      throw cause;
    });
  const found = await asked(inspected, signal);
  if (found === null) return null;
  // Null in what some engines answer, whatever the types say.
  const labels = (found.Config.Labels ?? {}) as Record<string, string | undefined>;
  const diffIds = found.RootFS.Layers ?? [];
  const tagged = (found as { Metadata?: { LastTagTime?: string } }).Metadata?.LastTagTime;
  return {
    ref,
    id: found.Id,
    arch: found.Architecture,
    bytes: found.Size,
    workerVersion: labels[imageLabels.workerVersion] ?? null,
    bundleSha256: labels[imageLabels.bundle] ?? null,
    base: labels[imageLabels.base] ?? null,
    // An image that was never tagged here has the year 1.
    createdAt: tagged === undefined || tagged.startsWith('0001') ? null : new Date(tagged).toISOString(),
    current: diffIds.at(-1) === bundleDiffId,
    diffIds,
  };
}

/** Every worker image, the newest first. */
export async function listImages(docker: Docker, bundleDiffId: string, signal: AbortSignal): Promise<WorkerImage[]> {
  const summaries = await asked(docker.listImages({ filters: { label: [imageLabels.bundle] } }), signal);
  const names = summaries.flatMap(({ RepoTags, Id }) => (RepoTags == null || RepoTags.length === 0 ? [Id] : RepoTags));
  const found = await Promise.all(names.map((name) => findImage(docker, name, bundleDiffId, signal)));
  return found
    .filter((image) => image !== null)
    .map(({ diffIds: _, ...image }) => image)
    .sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
}

/**
 * Gives an archive to the engine.
 * @throws AppError `backend_rejected` with the engine’s words when it does not take it
 */
export async function loadArchive(docker: Docker, archive: Readable, signal: AbortSignal): Promise<void> {
  // What goes wrong with the archive destroys the request, and would come out as a broken connection.
  let broken: Error | null = null as Error | null;
  archive.on('error', (cause) => (broken = cause));
  try {
    const answer = await docker.loadImage(archive, { quiet: true, abortSignal: signal });
    const refused = (await text(answer))
      .split('\n')
      .map(errorIn)
      .find((said) => said !== null);
    if (refused !== undefined)
      throw new AppError('backend_rejected', `The container engine did not take the image: ${refused}`);
  } catch (cause) {
    archive.destroy();
    signal.throwIfAborted();
    throw broken ?? dockerError(cause, 'giving it the worker image');
  }
}

async function asked<T>(question: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await bounded(question, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw dockerError(cause, 'asking for worker images');
  }
}

function errorIn(line: string): string | null {
  try {
    const { error } = JSON.parse(line) as { error?: string };
    return error ?? null;
  } catch {
    return null;
  }
}
