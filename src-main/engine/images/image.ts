import type { ImageArch } from '../../../src-shared/api/images.ts';
import type { WorkerBundle } from '../worker-bundle.ts';
import type { Base } from './base.ts';
import { sha256Of } from './digests.ts';
import { workerProgram } from './layers/bundle-layer.ts';
import { workerUser } from './layers/debian-layer.ts';
import type { StoredLayer } from './layers/layer.ts';

/** Labels of worker images, and what `listImages` finds them by. */
export const imageLabels = {
  workerVersion: 'org.transect.worker.version',
  bundle: 'org.transect.bundle.sha256',
  base: 'org.transect.base',
  node: 'org.transect.node.version',
} as const;

const configType = 'application/vnd.oci.image.config.v1+json';
export const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** An image in full: two documents and its layers, lowest first. */
export interface Image {
  readonly ref: string;
  readonly arch: ImageArch;
  readonly config: Buffer;
  readonly manifest: Buffer;
  readonly layers: readonly StoredLayer[];
  /** Digest of the configuration: what Docker calls the image’s id. */
  readonly id: string;
  /** Digest of the manifest: what a registry calls the image’s digest. */
  readonly digest: string;
}

/** The one name of the image of this worker for an architecture. */
export function imageRef({ version, sha256 }: Pick<WorkerBundle, 'version' | 'sha256'>, arch: ImageArch): string {
  return `transect-worker:${version}-${sha256.slice(0, 12)}-${arch}`;
}

/** Puts an image together. Pure: no time, no host, so that the same layers give the same digests everywhere. */
export function composeImage(bundle: WorkerBundle, arch: ImageArch, base: Base, above: readonly StoredLayer[]): Image {
  const layers = [...base.layers, ...above];
  const created = '1970-01-01T00:00:00Z';
  const config = encoded({
    architecture: arch,
    os: 'linux',
    created,
    config: {
      User: `${workerUser}:${workerUser}`,
      Env: environment(base),
      Entrypoint: [base.node, workerProgram],
      WorkingDir: '/',
      Labels: labels(bundle, base),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ createdBy }) => ({ created, created_by: createdBy })),
  });
  const id = sha256Of(config);
  const manifest = encoded({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest: id, size: config.length },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
  return { ref: imageRef(bundle, arch), arch, config, manifest, layers, id, digest: sha256Of(manifest) };
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value));

function environment(base: Base): string[] {
  const own = ['HOME=/tmp', 'LANG=C.UTF-8', 'TZ=UTC'];
  const kept = base.environment.filter((one) => /^(PATH|SSL_CERT_FILE|NODE_VERSION)=/.test(one));
  const path = kept.some((one) => one.startsWith('PATH=')) ? [] : ['PATH=/usr/local/bin:/usr/bin:/bin'];
  return [...path, ...kept, ...own];
}

function labels(bundle: WorkerBundle, base: Base): Record<string, string> {
  const [name = '', digest] = base.name.split('@');
  return {
    [imageLabels.base]: base.name,
    [imageLabels.bundle]: bundle.sha256,
    [imageLabels.node]: base.nodeVersion,
    [imageLabels.workerVersion]: bundle.version,
    ...(digest !== undefined && {
      'org.opencontainers.image.base.digest': digest,
      'org.opencontainers.image.base.name': name,
    }),
    'org.opencontainers.image.description': 'Runs one Transect task and exits',
    'org.opencontainers.image.title': 'transect-worker',
    'org.opencontainers.image.version': bundle.version,
  };
}
