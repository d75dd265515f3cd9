import type { Readable } from 'node:stream';
import type { Image } from './image.ts';
import { manifestType } from './image.ts';
import type { TarEntry } from './layers/tar.ts';
import { directory, fileOf, tarOf } from './layers/tar.ts';

/**
 * An image as one archive that is both an OCI layout and what `docker load` of every version takes. Layers that lie twice in an
 * image are written once.
 */
export function archiveOf(image: Image): Readable {
  const { config, manifest, layers, id, digest, ref, arch } = image;
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        mediaType: manifestType,
        digest,
        size: manifest.length,
        platform: { architecture: arch, os: 'linux' },
        annotations: {
          'io.containerd.image.name': `docker.io/library/${ref}`,
          'org.opencontainers.image.ref.name': ref.slice(ref.indexOf(':') + 1),
        },
      },
    ],
  };
  const docker = [{ Config: blob(id), RepoTags: [ref], Layers: layers.map((layer) => blob(layer.digest)) }];
  const files = new Map<string, TarEntry>(
    layers.map(({ digest: of, file, size }) => [
      of,
      { path: blob(of), mode: 0o644, content: { kind: 'file', file, size } },
    ]),
  );
  return tarOf([
    directory('blobs'),
    directory('blobs/sha256'),
    fileOf('manifest.json', JSON.stringify(docker)),
    fileOf('index.json', JSON.stringify(index)),
    fileOf('oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' })),
    fileOf(blob(id), config),
    fileOf(blob(digest), manifest),
    ...files.values(),
  ]);
}

const blob = (digest: string) => `blobs/${digest.replace(':', '/')}`;
