import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { extract } from 'tar-stream';
import { baseSource } from '../../src-main/engine/images/base-source.ts';
import type { Base } from '../../src-main/engine/images/base.ts';
import { imageCacheFolder } from '../../src-main/engine/images/cache-folder.ts';
import { ImageBuilder } from '../../src-main/engine/images/image-builder.ts';
import type { Image } from '../../src-main/engine/images/image.ts';
import { canFetchDebian } from '../../src-main/engine/images/layers/debian-packages.ts';
import { LayerStore } from '../../src-main/engine/images/layers/layer-store.ts';
import { ownArch } from '../../src-main/engine/images/own-arch.ts';
import { basePuller } from '../../src-main/engine/images/registry/pull-base.ts';
import { findWorkerBundle } from '../../src-main/engine/worker-bundle.ts';

export const bundle = findWorkerBundle();
export const noSteps = () => undefined;
export const never = new AbortController().signal;

/** Whether images can be built on Debian's packages here; says so when not. */
export function hasDebian(): boolean {
  const can = canFetchDebian(process.env);
  if (!can) console.warn('skipped: no apt-get and dpkg-deb on this system');
  return can;
}

/** A builder like the engine's; with the tests' own cache when no other is given. */
export function builder(env: NodeJS.ProcessEnv = process.env, of = bundle): ImageBuilder {
  const cache = imageCacheFolder(env);
  const store = new LayerStore(cache);
  return new ImageBuilder({
    bundle: of,
    store,
    baseOf: baseSource({ store, cache, env, pull: basePuller(store, env) }),
  });
}

/** An image on Debian's packages. */
export function debianImage(arch = ownArch(), env: NodeJS.ProcessEnv = process.env): Promise<Image> {
  return builder(env).build(arch, 'debian', never, noSteps);
}

/** What stands in for an official image of Node in a test registry: the same libraries, with its variables. */
export async function standInBase(variables: readonly string[] = ['NODE_VERSION=24.21.0']): Promise<Base> {
  const { layers } = await debianImage();
  return {
    name: 'debian',
    layers: layers.slice(0, 2),
    environment: variables,
    nodeVersion: '24.21.0',
    node: '/usr/local/bin/node',
  };
}

/** One file of an image, as tar describes it. */
export interface ImageFile {
  readonly mode: number;
  readonly type: string;
  readonly target: string | null;
  readonly owner: string;
  readonly time: number;
  /** The beginning of it; all of it when it is small. */
  readonly start: Buffer;
}

/** Every entry of an image's layers by path; a higher layer wins. */
export async function filesOf(image: Image): Promise<Map<string, ImageFile>> {
  const files = new Map<string, ImageFile>();
  for (const { file } of image.layers) {
    const archive = extract();
    archive.end(gunzipSync(readFileSync(file)));
    for await (const entry of archive) {
      const { name, mode, type, linkname, uid, gid, mtime } = entry.header;
      files.set(join('/', name).replace(/(.)\/$/, '$1'), {
        mode,
        type: type ?? 'file',
        target: linkname,
        owner: `${uid}:${gid}`,
        time: mtime?.getTime() ?? 0,
        start: (await buffer(entry)).subarray(0, 65_536),
      });
    }
  }
  return files;
}
