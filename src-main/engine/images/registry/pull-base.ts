import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createHash, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { ImageArch } from '../../../../src-shared/api/images.ts';
import { AppError } from '../../../../src-shared/errors.ts';
import type { BaseSource } from '../base.ts';
import type { Component, StoredLayer } from '../layers/layer.ts';
import { Layer, gzipLayerType } from '../layers/layer.ts';
import type { LayerStore } from '../layers/layer-store.ts';
import type { RegistryDocument } from './registry.ts';
import { Repository } from './registry.ts';
import { parseReference } from './reference.ts';

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const Index = z.object({
  manifests: z.array(
    z.object({ digest: Digest, platform: z.object({ architecture: z.string(), os: z.string() }).optional() }),
  ),
});
const Manifest = z.object({
  config: z.object({ digest: Digest }),
  layers: z
    .array(z.object({ mediaType: z.string(), digest: Digest, size: z.int().nonnegative() }))
    .min(1)
    .max(100),
});
const Config = z.object({
  architecture: z.string(),
  config: z.object({ Env: z.array(z.string()).nullish() }),
  rootfs: z.object({ diff_ids: z.array(Digest) }),
});

const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
/** Both names of a gzip layer; engines that take others do not all take them from an archive. */
const layerTypes = [gzipLayerType, 'application/vnd.docker.image.rootfs.diff.tar.gzip'];
/** Where an official image of Node has it. */
const node = '/usr/local/bin/node';
/** What is kept of a base image, so that it is not asked for again. */
const Remembered = z.strictObject({
  name: z.string(),
  layers: z.array(Layer),
  environment: z.array(z.string()),
  nodeVersion: z.string(),
});
type Remembered = z.infer<typeof Remembered>;
/** More than any slim image. */
const mostBytes = 1_000_000_000;

/**
 * Brings a base image from its registry: one that holds a Node 24 and the libraries for it. Its name is turned into one with a
 * digest, and that stands in the image’s labels. Layers that are there are not fetched again.
 */
export function basePuller(store: LayerStore, env: NodeJS.ProcessEnv): BaseSource {
  return async (name, arch, signal) => {
    const reference = parseReference(name);
    const kept = Remembered.safeParse(store.recall(`base-${arch}`)).data;
    if (
      kept !== undefined &&
      reference.digest !== null &&
      kept.name.endsWith(`@${reference.digest}`) &&
      kept.layers.every((layer) => store.has(layer))
    )
      return { ...kept, layers: kept.layers.map((layer) => ({ ...layer, file: store.fileOf(layer.digest) })), node };
    const repository = new Repository(reference, 'pull', env, signal);
    const accept = [...indexTypes, ...manifestTypes];
    const top = await repository.manifest(reference.digest ?? reference.tag ?? 'latest', accept);
    const own = indexTypes.includes(top.mediaType)
      ? await repository.manifest(digestFor(arch, top, name), manifestTypes)
      : top;
    const { config: described, layers: listed } = understood(Manifest, own.bytes, name);
    const config = understood(Config, await repository.document(described.digest), name);
    const environment = config.config.Env ?? [];
    const nodeVersion = environment.find((one) => one.startsWith('NODE_VERSION='))?.slice('NODE_VERSION='.length);
    if (config.architecture !== arch) throw unsuitable(name, `it is for ${config.architecture}, not for ${arch}`);
    if (nodeVersion?.startsWith('24.') !== true)
      throw unsuitable(name, `it says nothing of a Node 24 (NODE_VERSION is ${nodeVersion ?? 'not set'})`);
    if (config.rootfs.diff_ids.length !== listed.length)
      throw unsuitable(name, 'its layers and its configuration differ');
    if (listed.reduce((sum, { size }) => sum + size, 0) > mostBytes) throw unsuitable(name, 'it is larger than 1 GB');

    const pinned = `${reference.registry}/${reference.repository}@${top.digest}`;
    for (const layer of listed) {
      if (!layerTypes.includes(layer.mediaType)) throw unsuitable(name, `a layer is ${layer.mediaType}`);
      if (!store.has(layer)) await fetchLayer(repository, layer, store.fileOf(layer.digest), signal);
    }
    const layers = listed.map(({ digest, size }, at): StoredLayer => {
      const diffId = config.rootfs.diff_ids[at] ?? '';
      const components = at === 0 ? [componentOf(pinned)] : [];
      return {
        diffId,
        digest,
        size,
        mediaType: gzipLayerType,
        createdBy: pinned,
        components,
        file: store.fileOf(digest),
      };
    });
    const plain = layers.map(({ file: _, ...layer }) => layer);
    await store.remember(`base-${arch}`, {
      name: pinned,
      layers: plain,
      environment,
      nodeVersion,
    } satisfies Remembered);
    return { name: pinned, layers, environment, nodeVersion, node };
  };
}

function componentOf(pinned: string): Component {
  const [name = '', digest = ''] = pinned.split('@');
  const short = name.slice(name.lastIndexOf('/') + 1);
  const purl = `pkg:oci/${short}@${encodeURIComponent(digest)}?repository_url=${encodeURIComponent(name)}`;
  return { type: 'container', name, version: digest, purl, sha256: digest.replace('sha256:', '') };
}

function digestFor(arch: ImageArch, { bytes }: RegistryDocument, name: string): string {
  const { manifests } = understood(Index, bytes, name);
  const found = manifests.find(({ platform }) => platform?.architecture === arch && platform.os === 'linux');
  if (found === undefined) throw unsuitable(name, `there is none of it for linux/${arch}`);
  return found.digest;
}

async function fetchLayer(
  repository: Repository,
  { digest, size }: Pick<Layer, 'digest' | 'size'>,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const part = join(dirname(file), `${randomBytes(8).toString('hex')}.part`);
  const hash = createHash('sha256');
  const source = await repository.blob(digest);
  async function* checked(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const piece of source) {
      bytes += piece.length;
      if (bytes > size) break;
      hash.update(piece);
      yield piece;
    }
    if (bytes !== size || `sha256:${hash.digest('hex')}` !== digest)
      throw new AppError('bad_data', `A layer of the base image is not what its digest ${digest} says.`);
  }
  try {
    await pipeline(checked(), createWriteStream(part, { flags: 'wx' }), { signal });
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}

function understood<T>(schema: z.ZodType<T>, bytes: Buffer, name: string): T {
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new AppError('bad_data', `What the registry sent for ${name} cannot be understood.`, { cause });
  }
}

function unsuitable(name: string, reason: string): AppError {
  return new AppError('bad_data', `${name} cannot be the base of a worker image: ${reason}.`, {
    remedy: 'Take an official slim image of Node 24, or none: transect image build.',
  });
}
