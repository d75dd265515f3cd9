import type { ImageArch } from '../../../src-shared/api/images.ts';
import type { WorkerBundle } from '../worker-bundle.ts';
import type { BaseSource } from './base.ts';
import type { Image } from './image.ts';
import { composeImage } from './image.ts';
import { bundleLayer } from './layers/bundle-layer.ts';
import type { LayerStore } from './layers/layer-store.ts';
import { sbomLayer } from './layers/sbom-layer.ts';
import type { Step } from './step.ts';

export interface ImageBuilderParts {
  readonly bundle: WorkerBundle;
  readonly store: LayerStore;
  readonly baseOf: BaseSource;
}

/** Makes worker images from layers, of which every one is made once and kept. Needs no container engine. */
export class ImageBuilder {
  readonly bundle: WorkerBundle;
  readonly #parts: ImageBuilderParts;

  constructor(parts: ImageBuilderParts) {
    this.bundle = parts.bundle;
    this.#parts = parts;
  }

  /** Digest of the layer that holds this installation’s worker: an image without it is another’s, whatever its labels say. */
  bundleDiffId(signal: AbortSignal): Promise<string> {
    return this.#parts.store.diffId(bundleLayer(this.bundle), signal);
  }

  /**
   * @param base `debian`, or the name of a base image
   * @throws AppError `backend_unavailable` with a remedy when what it is made of cannot be had
   */
  async build(arch: ImageArch, base: string, signal: AbortSignal, step: Step): Promise<Image> {
    const { bundle, store, baseOf } = this.#parts;
    step({ message: base === 'debian' ? `Node and its libraries for ${arch}` : `Base image ${base} for ${arch}` });
    const below = await baseOf(base, arch, signal);
    const worker = await store.layer(bundleLayer(bundle), signal);
    const sbom = await store.layer(sbomLayer(arch, bundle, [...below.layers, worker]), signal);
    return composeImage(bundle, arch, below, [sbom, worker]);
  }

  /** Throws away layers whose files were damaged after they were made. */
  async removeDamaged(image: Image): Promise<number> {
    return this.#parts.store.removeDamaged(image.layers);
  }
}
