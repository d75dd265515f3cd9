import type Docker from 'dockerode';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { ImageArch, ImageStep, WorkerImage } from '../../../src-shared/api/images.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { archiveOf } from './archive.ts';
import { counted } from './counted.ts';
import { engineArch, listImages, loadArchive } from './engine-images.ts';
import { readArchive } from './foreign-archive.ts';
import type { Image } from './image.ts';
import { ownArch } from './own-arch.ts';
import { pushImages } from './registry/push.ts';
import { stepsOf } from './steps.ts';
import type { BuiltWorkerImages } from './worker-images.ts';
import { writeNewFile } from './write-new-file.ts';

export interface ImageServiceParts {
  readonly images: BuiltWorkerImages;
  readonly env: NodeJS.ProcessEnv;
  /** The container engine of this machine. @throws AppError `backend_unavailable` with what to do */
  readonly docker: (signal: AbortSignal) => Promise<Docker>;
}

/** What a person can do with worker images: every long piece of work is a stream of steps, and ends when its reader leaves. */
export class ImageService {
  readonly #parts: ImageServiceParts;

  constructor(parts: ImageServiceParts) {
    this.#parts = parts;
  }

  async list(signal: AbortSignal): Promise<WorkerImage[]> {
    const docker = await this.#parts.docker(signal);
    return listImages(docker, await this.#parts.images.bundleDiffId(signal), signal);
  }

  /** Has the container engine hold the image of these architectures, its own when none is given. */
  build(archs: readonly ImageArch[], base: string | null, caller: AbortSignal): AsyncGenerator<ImageStep> {
    return stepsOf(caller, async (signal, step, say) => {
      const docker = await this.#parts.docker(signal);
      const wanted = archs.length > 0 ? [...new Set(archs)] : [await engineArch(docker, signal)];
      const refs: string[] = [];
      for (const arch of wanted) {
        const { diffIds: _, ...image } = await this.#parts.images.load(docker, arch, base, signal, step);
        refs.push(image.ref);
        say({ message: `${image.ref} is there`, done: false, bytes: image.bytes, total: null, image });
      }
      return { message: `The container engine holds ${refs.join(' and ')}` };
    });
  }

  /** Takes worker images from an archive. @throws AppError `bad_data` for an archive that holds anything else */
  load(path: string, caller: AbortSignal): AsyncGenerator<ImageStep> {
    return stepsOf(caller, async (signal, step, say) => {
      if (!isAbsolute(path)) throw new AppError('bad_data', `${path} is no absolute path.`);
      const docker = await this.#parts.docker(signal);
      await using file = await opened(path);
      step({ message: `Reading ${path}` });
      const archive = await readArchive(file, path);
      const { size: total } = await file.stat();
      const message = `Loading ${archive.refs.join(' and ')}`;
      step({ message });
      const bytes = counted(archive.cleaned(), (count) => {
        step({ message, bytes: count, total: Math.max(count, total) });
      });
      await loadArchive(docker, bytes, signal);
      const held = await listImages(docker, await this.#parts.images.bundleDiffId(signal), signal);
      const loaded = held.filter(({ ref }) => archive.refs.includes(ref));
      for (const image of loaded)
        say({ message: `${image.ref} is there`, done: false, bytes: image.bytes, total: null, image });
      const own = loaded.some(({ current }) => current);
      return {
        message: own ? `Loaded ${path}` : `Loaded ${path}. It is not the worker of this installation, and is not used.`,
      };
    });
  }

  /** Writes the image to a new file. Needs no container engine; where one holds the image, it is the same one. */
  save(path: string, arch: ImageArch | null, caller: AbortSignal): AsyncGenerator<ImageStep> {
    return stepsOf(caller, async (signal, step) => {
      if (!isAbsolute(path)) throw new AppError('bad_data', `${path} is no absolute path.`);
      const docker = await this.#dockerIfAny(signal);
      const image = await this.#parts.images.image(docker, arch ?? ownArch(), signal, step);
      const total = image.layers.reduce((sum, { size }) => sum + size, 0);
      const message = `Writing ${path}`;
      step({ message });
      const bytes = counted(archiveOf(image), (count) => {
        step({ message, bytes: Math.min(count, total), total });
      });
      const size = await writeNewFile(path, bytes, signal);
      return { message: `${image.ref} is in ${path}`, bytes: size };
    });
  }

  /** Sends the image to a registry; several architectures become one name, of which every machine takes its own. */
  push(ref: string, archs: readonly ImageArch[], caller: AbortSignal): AsyncGenerator<ImageStep> {
    return stepsOf(caller, async (signal, step) => {
      const docker = await this.#dockerIfAny(signal);
      const images: Image[] = [];
      for (const arch of archs.length > 0 ? new Set(archs) : [ownArch()])
        images.push(await this.#parts.images.image(docker, arch, signal, step));
      const { name, digest } = await pushImages(ref, images, this.#parts.env, signal, step);
      return { message: `${name}@${digest}` };
    });
  }

  /** Saving and sending work without a container engine; where there is one, its image says which base was chosen. */
  async #dockerIfAny(signal: AbortSignal): Promise<Docker | null> {
    try {
      return await this.#parts.docker(signal);
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }
}

/** Never waits for a pipe's other end. @throws AppError `not_found`, or `bad_data` for what is no plain file */
async function opened(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new AppError('not_found', `There is no file ${path}.`);
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new AppError('bad_data', `${path} is no plain file.`);
}
