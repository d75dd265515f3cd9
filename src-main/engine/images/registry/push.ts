import { AppError } from '../../../../src-shared/errors.ts';
import { sha256Of } from '../digests.ts';
import type { Image } from '../image.ts';
import { manifestType } from '../image.ts';
import type { Step } from '../step.ts';
import { parseReference } from './reference.ts';
import { Repository } from './registry.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';

/**
 * Sends images to a registry under one name; several architectures become one index, of which every machine takes its own.
 * Straight from the layers on this disk: no container engine takes part. What the registry has is not sent again.
 * @returns the digest under which the name now stands
 */
export async function pushImages(
  ref: string,
  images: readonly Image[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  step: Step,
): Promise<{ name: string; digest: string }> {
  const reference = parseReference(ref);
  if (reference.digest !== null)
    throw new AppError('bad_data', `${ref} names a digest, and that of a new image is not known before.`, {
      remedy: 'Give a tag, or none for the version of the worker.',
    });
  const [first] = images;
  if (first === undefined) throw new AppError('bad_data', 'There is no image to send.');
  const tag = reference.tag ?? first.ref.slice(first.ref.indexOf(':') + 1).replace(/-[a-z0-9]+$/, '');
  const repository = new Repository(reference, 'pull,push', env, signal);
  for (const image of images) {
    await pushBlobs(repository, image, signal, step);
    await repository.putManifest(images.length === 1 ? tag : image.digest, manifestType, image.manifest);
  }
  const name = `${reference.registry}/${reference.repository}:${tag}`;
  if (images.length === 1) return { name, digest: first.digest };
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: images.map(({ manifest, digest, arch }) => ({
        mediaType: manifestType,
        digest,
        size: manifest.length,
        platform: { architecture: arch, os: 'linux' },
      })),
    }),
  );
  await repository.putManifest(tag, indexType, index);
  return { name, digest: sha256Of(index) };
}

async function pushBlobs(repository: Repository, image: Image, signal: AbortSignal, step: Step): Promise<void> {
  const total = image.layers.reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  for (const { digest, file, size, createdBy } of image.layers) {
    signal.throwIfAborted();
    const message = `${image.arch}: ${createdBy}`;
    step({ message, bytes, total });
    if (!(await repository.hasBlob(digest))) await repository.putBlob(digest, file);
    bytes += size;
    step({ message, bytes, total });
  }
  if (!(await repository.hasBlob(image.id))) await repository.putBlob(image.id, image.config);
}
