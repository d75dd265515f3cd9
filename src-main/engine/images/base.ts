import type { ImageArch } from '../../../src-shared/api/images.ts';
import type { StoredLayer } from './layers/layer.ts';

/** What an image stands on: the layers below the worker, and what of a base image’s configuration goes on to hold. */
export interface Base {
  /** `debian` for Debian’s packages, else the name of a base image with its digest. */
  readonly name: string;
  readonly layers: readonly StoredLayer[];
  readonly environment: readonly string[];
  readonly nodeVersion: string;
  /** Absolute path of Node in it. */
  readonly node: string;
}

/** The word for “no base image: libraries from Debian’s packages”. */
export const debianBase = 'debian';

/**
 * The official image that is used where Debian’s packages cannot be fetched, as on macOS and Windows. Pinned: its tag moves. The
 * digest is the one that public projects pin for Node 24.18.0; what is fetched is held against it.
 */
export const officialBase =
  'docker.io/library/node:24-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d';

export type BaseSource = (name: string, arch: ImageArch, signal: AbortSignal) => Promise<Base>;
