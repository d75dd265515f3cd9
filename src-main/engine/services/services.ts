import type Docker from 'dockerode';
import type { ImageStep } from '../../../src-shared/api/images.ts';
import type { KnownService } from '../../../src-shared/api/services.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { ServiceEntry } from '../../../src-shared/services.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { parseReference } from '../images/registry/reference.ts';
import { readCatalogue, requireService, withInherited } from './catalogue.ts';
import type { LocalLimits, MachineRoom } from './needs.ts';
import { checkNeeds } from './needs.ts';
import { PinFile } from './pins.ts';
import type { ResolvedService } from './resolve.ts';
import { resolveService } from './resolve.ts';
import { searchServices } from './search.ts';
import { digestAtRegistry, fetchImage, findHeld, fullName, heldSizes, pullImage } from './service-images.ts';

/** A container engine that answered. */
export interface ServiceHost {
  readonly docker: Docker;
  readonly room: MachineRoom;
}

export interface ServicesParts {
  readonly root: DataRoot;
  readonly env: NodeJS.ProcessEnv;
  readonly limits: LocalLimits;
  /** The container engine of this machine. @throws AppError `backend_unavailable` with what to do */
  readonly host: (signal: AbortSignal) => Promise<ServiceHost>;
}

/** How long a look at the container engine may hold up a list, ms. */
const lookMs = 3_000;

/** The catalogue of scientific container images, and what this workspace and this machine have of it. */
export class Services {
  readonly #parts: ServicesParts;
  readonly #pins: PinFile;
  /** What images that nobody has pinned stood for exactly when they were last looked at, by their names. */
  readonly #settled = new Map<string, string>();

  constructor(parts: ServicesParts) {
    this.#parts = parts;
    this.#pins = new PinFile(parts.root);
  }

  /** The services that a search finds, the best first; all, by name, without one. */
  async list(search: string, signal: AbortSignal): Promise<KnownService[]> {
    const entries = readCatalogue(this.#parts.root.path);
    const full = [...entries.values()].map((entry) => withInherited(entries, entry));
    const found = new Set(searchServices(full, search).map(({ name }) => name));
    const sizes = await this.#sizes(signal);
    return [...found].flatMap((name) => entries.get(name) ?? []).map((entry) => this.#known(entry, sizes));
  }

  /** @throws AppError `not_found` with the nearest names */
  async show(name: string, signal: AbortSignal): Promise<KnownService> {
    const entries = readCatalogue(this.#parts.root.path);
    return this.#known(withInherited(entries, requireService(entries, name)), await this.#sizes(signal));
  }

  /**
   * Finds what a service's image stands for now and keeps that for every later run of this workspace: by the registry's word,
   * else by fetching it; an image that only this machine has is pinned by its id.
   * @throws AppError `not_found`, `backend_unavailable`, `source_unavailable`
   */
  async pin(name: string, signal: AbortSignal): Promise<KnownService> {
    const { image } = requireService(readCatalogue(this.#parts.root.path), name);
    const { docker } = await this.#parts.host(signal);
    const at = new Date().toISOString();
    const digest = await this.#digestOf(docker, image, signal);
    if (digest !== null) this.#pins.set(name, { image, digest, ref: byDigest(image, digest), at });
    else {
      const held = await findHeld(docker, image, signal);
      if (held === null)
        throw new AppError('source_unavailable', `The container engine does not hold ${image} after it was fetched.`);
      // What came from no registry is known by its id alone.
      const own =
        held.digest === null
          ? { digest: held.id, ref: held.id }
          : { digest: held.digest, ref: byDigest(image, held.digest) };
      this.#pins.set(name, { image, ...own, at });
    }
    return this.show(name, signal);
  }

  /** Fetches a service's image: the pinned one, else what its tag stands for. */
  async *pull(name: string, signal: AbortSignal): AsyncGenerator<ImageStep> {
    const entry = requireService(readCatalogue(this.#parts.root.path), name);
    const { docker } = await this.#parts.host(signal);
    const pin = this.#pins.read().get(name);
    const ref = pin?.image === entry.image ? pin.ref : entry.image;
    const step = (message: string, done = false): ImageStep => ({
      message,
      done,
      bytes: null,
      total: null,
      image: null,
    });
    const before = await findHeld(docker, ref, signal);
    if (before !== null && ref !== entry.image) {
      yield step(`${name} is there already, as it was pinned.`, true);
      return;
    }
    for await (const { message, bytes, total } of pullImage(docker, ref, this.#parts.env, signal))
      yield { ...step(message), bytes, total };
    const held = await findHeld(docker, ref, signal);
    const word = held?.id === before?.id ? 'is there already and is the newest' : 'is fetched';
    yield { ...step(`${name} ${word}.`, true), bytes: held?.bytes ?? null };
  }

  /**
   * Finds the digest behind the image of a service task that is not pinned: of the image that this machine holds, which is the one that
   * would run, else what its registry says. Until it is asked again, `resolve` names that one. Fetches nothing.
   * @throws AppError `source_unavailable` when nobody knows it
   */
  async settle(
    { task, offline }: { readonly task: Task; readonly offline: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const service = this.#resolve(task);
    if (service === null || service.pinned !== null) return;
    const { image, name } = service;
    const { docker } = await this.#parts.host(signal);
    const held = await findHeld(docker, image, signal);
    const asked = held === null && !offline;
    const digest = asked ? await digestAtRegistry(docker, image, this.#parts.env, signal) : (held?.digest ?? null);
    if (digest !== null) this.#settled.set(image, byDigest(image, digest));
    else if (held !== null) this.#settled.set(image, held.id);
    else {
      this.#settled.delete(image);
      throw new AppError(
        'source_unavailable',
        `Which image ${image} stands for is not known: it is not on this machine.`,
        {
          remedy: name === null ? `Fetch it: docker pull ${image}` : `Fetch it: transect services pull ${name}`,
        },
      );
    }
  }

  /** What a service task runs, by catalogue, pins and `settle`; null for every other task. @throws AppError as `resolveService` */
  resolve(task: Task): ResolvedService | null {
    const service = this.#resolve(task);
    if (service === null || service.pinned !== null) return service;
    // It stays an image that nobody has pinned: only this launch is held to it.
    return { ...service, ref: this.#settled.get(service.image) ?? service.ref };
  }

  /** Refuses a service task that cannot run here. @throws AppError `not_found`, `over_limit`, `backend_rejected` … */
  async admit(task: Task, backend: BackendId): Promise<void> {
    const service = this.resolve(task);
    if (service === null || backend !== 'docker') return;
    const { room } = await this.#parts.host(AbortSignal.timeout(lookMs));
    checkNeeds(task, service.entry, room, this.#parts.limits);
  }

  #resolve(task: Task): ResolvedService | null {
    if (task.analysis.type !== 'service') return null;
    return resolveService(task, readCatalogue(this.#parts.root.path), this.#pins.read());
  }

  async #digestOf(docker: Docker, image: string, signal: AbortSignal): Promise<string | null> {
    const { digest } = parseReference(image);
    if (digest !== null) return digest;
    const named = await digestAtRegistry(docker, image, this.#parts.env, signal);
    if (named !== null || (await findHeld(docker, image, signal)) !== null) return named;
    await fetchImage(docker, image, this.#parts.env, signal);
    return null;
  }

  /** Null where no container engine answers: the catalogue is shown all the same. */
  async #sizes(caller: AbortSignal): Promise<Map<string, number> | null> {
    const signal = AbortSignal.any([caller, AbortSignal.timeout(lookMs)]);
    try {
      const { docker } = await this.#parts.host(signal);
      return await heldSizes(docker, signal);
    } catch {
      caller.throwIfAborted();
      return null;
    }
  }

  #known(entry: ServiceEntry, sizes: ReadonlyMap<string, number> | null): KnownService {
    const pin = this.#pins.read().get(entry.name);
    const pinned = pin?.image === entry.image ? pin : undefined;
    const bytes = sizes?.get(fullName(pinned?.ref ?? entry.image)) ?? null;
    return {
      entry,
      pinned: pinned === undefined ? null : { digest: pinned.digest, at: pinned.at },
      present: sizes === null ? null : bytes !== null,
      bytes,
    };
  }
}

function byDigest(image: string, digest: string): string {
  return `${image.replace(/@.*$/, '').replace(/:[\w.-]+$/, '')}@${digest}`;
}
