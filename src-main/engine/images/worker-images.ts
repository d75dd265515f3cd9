import type Docker from 'dockerode';
import type { ImageArch } from '../../../src-shared/api/images.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { archiveOf } from './archive.ts';
import { counted } from './counted.ts';
import { debianBase, officialBase } from './base.ts';
import { canBuildOnDebian } from './base-source.ts';
import type { HeldImage } from './engine-images.ts';
import { engineArch, findImage, loadArchive } from './engine-images.ts';
import type { Image } from './image.ts';
import { imageRef } from './image.ts';
import type { ImageBuilder } from './image-builder.ts';
import { SingleFlight } from './single-flight.ts';
import type { Step } from './step.ts';

/** The worker image of this installation as the container engine holds it. */
export interface EnsuredImage {
  /** Name to start containers from. Its entry point is Node with the worker: a command is the worker’s arguments. */
  readonly ref: string;
  /** `sha256:…`, as the engine names the image. */
  readonly id: string;
  /** What runs record. It is the id: the digest of the configuration, and so of every layer, the same on every machine. */
  readonly digest: string;
}

/** Says what is being done, in words. */
export type OnStep = (text: string) => void;

/** Keeps the worker image of this installation in a container engine. */
export interface WorkerImages {
  /**
   * Gives the image for the container engine’s own architecture, and builds and loads it when it is not there. Callers at the
   * same time share one build, which goes on until the last of them has given up.
   * @throws AppError `backend_unavailable` with a remedy when what it is made of cannot be had
   */
  ensure(docker: Docker, signal: AbortSignal, onStep?: OnStep): Promise<EnsuredImage>;
}

/** Builds, finds and loads worker images. */
export class BuiltWorkerImages implements WorkerImages {
  readonly #builder: ImageBuilder;
  readonly #env: NodeJS.ProcessEnv;
  readonly #flights = new SingleFlight<HeldImage>();

  constructor(builder: ImageBuilder, env: NodeJS.ProcessEnv) {
    this.#builder = builder;
    this.#env = env;
  }

  async ensure(docker: Docker, signal: AbortSignal, onStep: OnStep = () => undefined): Promise<EnsuredImage> {
    const step: Step = ({ message, bytes }) => {
      if (bytes === undefined) onStep(message);
    };
    const { ref, id } = await this.load(docker, await engineArch(docker, signal), null, signal, step);
    return { ref, id, digest: id };
  }

  /**
   * Has the engine hold the image of an architecture. One that is there is kept, on whatever base, unless another is asked for.
   * @param base `debian`, the name of a base image, or null for what is there and else what this system can build on
   */
  async load(
    docker: Docker,
    arch: ImageArch,
    base: string | null,
    signal: AbortSignal,
    step: Step,
  ): Promise<HeldImage> {
    const held = await this.#held(docker, arch, signal);
    if (held !== null && (base === null || sameBase(held.base, base))) return held;
    const key = `${engineKey(docker)} ${arch} ${base ?? ''}`;
    return this.#flights.run(key, signal, async (shared) => {
      const image = await this.#builder.build(arch, base ?? (await this.#usualBase(arch)), shared, step);
      await this.#give(docker, image, shared, step);
      const loaded = await this.#held(docker, arch, shared);
      if (loaded !== null) return loaded;
      throw new AppError('backend_rejected', `The container engine took ${image.ref} and does not hold it.`);
    });
  }

  /** The image as files, on the base that the engine’s one has where there is an engine, for archives and registries. */
  async image(docker: Docker | null, arch: ImageArch, signal: AbortSignal, step: Step): Promise<Image> {
    const held = docker === null ? null : await this.#held(docker, arch, signal);
    return this.#builder.build(arch, held?.base ?? (await this.#usualBase(arch)), signal, step);
  }

  /** Digest of the layer that an image of this installation ends in. */
  bundleDiffId(signal: AbortSignal): Promise<string> {
    return this.#builder.bundleDiffId(signal);
  }

  async #usualBase(arch: ImageArch): Promise<string> {
    return (await canBuildOnDebian(arch, this.#env)) ? debianBase : officialBase;
  }

  async #held(docker: Docker, arch: ImageArch, signal: AbortSignal): Promise<HeldImage | null> {
    const { bundle } = this.#builder;
    const found = await findImage(docker, imageRef(bundle, arch), await this.bundleDiffId(signal), signal);
    return found?.current === true && found.arch === arch ? found : null;
  }

  async #give(docker: Docker, image: Image, signal: AbortSignal, step: Step): Promise<void> {
    const total = image.layers.reduce((sum, { size }) => sum + size, 0);
    const message = `Loading ${image.ref} into the container engine`;
    step({ message });
    const archive = counted(archiveOf(image), (bytes) => {
      step({ message, bytes: Math.min(bytes, total), total });
    });
    try {
      await loadArchive(docker, archive, signal);
    } catch (cause) {
      if ((await this.#builder.removeDamaged(image)) === 0) throw cause;
      throw new AppError('storage', `A part of ${image.ref} was damaged on this disk and has been removed.`, {
        remedy: 'Try again: it is made anew.',
        cause,
      });
    }
  }
}

/** A base is the same when its digest is, whatever else its name says. */
function sameBase(held: string | null, asked: string): boolean {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(asked)?.[1];
  return held === asked || (digest !== undefined && held?.endsWith(`@${digest}`) === true);
}

/** Engines are told apart by where they are reached. */
function engineKey(docker: Docker): string {
  const { socketPath, host, port } = docker.modem as { socketPath?: string; host?: string; port?: string | number };
  return socketPath ?? `${host ?? ''}:${port ?? ''}`;
}
