import type { ImageArch } from '../../../src-shared/api/images.ts';
import type { ErrorCode } from '../../../src-shared/errors.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { Base, BaseSource } from './base.ts';
import { debianBase } from './base.ts';
import { debianLayer } from './layers/debian-layer.ts';
import { canFetchDebian } from './layers/debian-packages.ts';
import type { LayerStore } from './layers/layer-store.ts';
import { hasOwnNode, nodeLayer } from './layers/node-layer.ts';
import { nodeVersion } from './layers/node-packages.ts';
import { findProgram } from './tool.ts';

export interface BaseParts {
  readonly store: LayerStore;
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  /** Brings a base image from its registry. */
  readonly pull: BaseSource;
}

const unavailable: ReadonlySet<ErrorCode> = new Set(['backend_unavailable', 'not_found']);
const remedy =
  'Load an image that another machine saved (transect image load FILE), or build on a base image (transect image build --base REF).';

/** Gives what images stand on: Debian’s packages with the pinned Node, or a base image that holds a Node 24. */
export function baseSource({ store, cache, env, pull }: BaseParts): BaseSource {
  return async (name, arch, signal) => {
    try {
      return name === debianBase ? await debian(arch, signal) : await pull(name, arch, signal);
    } catch (cause) {
      // What already says what to do says it better.
      if (!(cause instanceof AppError) || !unavailable.has(cause.code) || cause.remedy !== undefined) throw cause;
      throw new AppError(cause.code, `The worker image for ${arch} cannot be built. ${cause.message}`, {
        remedy,
        cause,
      });
    }
  };

  async function debian(arch: ImageArch, signal: AbortSignal): Promise<Base> {
    const making = [
      store.layer(debianLayer(arch, cache, env), signal),
      store.layer(nodeLayer(arch, { cache, env }), signal),
    ];
    // When one fails, the other is waited for: it may be fetching still.
    await Promise.allSettled(making);
    const layers = await Promise.all(making);
    return { name: debianBase, layers, environment: [], nodeVersion, node: '/usr/local/bin/node' };
  }
}

/** Whether this system can build on Debian’s packages; where it cannot, the official base image is tried. */
export async function canBuildOnDebian(arch: ImageArch, env: NodeJS.ProcessEnv): Promise<boolean> {
  return canFetchDebian(env) && (findProgram('npm', env) !== null || (await hasOwnNode(arch)));
}
