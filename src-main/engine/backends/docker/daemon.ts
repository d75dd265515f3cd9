import type Docker from 'dockerode';
import { z } from 'zod';
import { AppError } from '../../../../src-shared/errors.ts';
import type { AddressHost, DockerAddress } from './addresses.ts';
import { dockerAddresses } from './addresses.ts';
import { bounded } from './bounded.ts';
import { dockerClient } from './client.ts';
import { dockerError } from './failure.ts';

/** What is known of a container engine, in plain words; absent fields of old or other engines count as their defaults. */
const Info = z.looseObject({
  ServerVersion: z.string().default('unknown'),
  OperatingSystem: z.string().default(''),
  OSType: z.string().default('linux'),
  Architecture: z.string().default(''),
  NCPU: z.number().default(1),
  MemTotal: z.number().default(0),
  MemoryLimit: z.boolean().default(true),
  SwapLimit: z.boolean().default(true),
  PidsLimit: z.boolean().default(true),
  CpuCfsQuota: z.boolean().default(true),
  CgroupVersion: z.string().default('1'),
  Driver: z.string().default(''),
  DockerRootDir: z.string().default(''),
  SecurityOptions: z
    .array(z.string())
    .nullish()
    .transform((options) => options ?? []),
});
const Version = z.looseObject({
  ApiVersion: z.string().default('unknown'),
  Components: z.array(z.looseObject({ Name: z.string() })).nullish(),
});

export interface DaemonFacts {
  readonly engine: 'Docker' | 'Podman';
  readonly version: string;
  readonly apiVersion: string;
  readonly system: string;
  readonly osType: string;
  readonly architecture: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly limits: { readonly memory: boolean; readonly swap: boolean; readonly pids: boolean; readonly cpu: boolean };
  readonly cgroupVersion: string;
  readonly storage: string;
  /** Runs without root: root in a container is the user outside. */
  readonly rootless: boolean;
  /** Maps user ids of containers to others outside. */
  readonly userns: boolean;
  readonly selinux: boolean;
  readonly seccomp: boolean;
}

/** How long a container engine may take to say who it is. */
const lookMs = 15_000;

/** A container engine that answered. */
export interface Daemon extends DockerAddress {
  readonly docker: Docker;
  readonly facts: DaemonFacts;
}

/** One place that was looked at: the engine that answers there, or why none does. */
export type Looked = DockerAddress &
  ({ readonly daemon: Daemon; readonly error: null } | { readonly daemon: null; readonly error: AppError });

/** Finds the container engines of this machine. */
export class Daemons {
  readonly #host: AddressHost;
  readonly #clients = new Map<string, Docker>();

  constructor(host: AddressHost) {
    this.#host = host;
  }

  /** The first container engine that answers. @throws AppError `backend_unavailable` with what to do */
  async first(signal: AbortSignal): Promise<Daemon> {
    const looked = await this.all(signal);
    for (const { daemon } of looked) if (daemon !== null) return daemon;
    throw mostTelling(looked);
  }

  /** Every place where one is looked for. */
  all(signal: AbortSignal): Promise<Looked[]> {
    return Promise.all(dockerAddresses(this.#host).map((place) => this.#look(place, signal)));
  }

  /** The client for an address that a launch recorded. */
  client(address: string): Docker {
    const known = this.#clients.get(address) ?? dockerClient(address, this.#host.env);
    this.#clients.set(address, known);
    return known;
  }

  async #look(place: DockerAddress, signal: AbortSignal): Promise<Looked> {
    try {
      const docker = this.client(place.address);
      const [info, version] = await bounded(
        Promise.all([docker.info() as Promise<unknown>, docker.version()]),
        signal,
        lookMs,
      );
      return { ...place, error: null, daemon: { ...place, docker, facts: factsOf(info, version) } };
    } catch (cause) {
      if (signal.aborted) throw isTimeout(signal.reason) ? dockerError(signal.reason, 'looking for it') : signal.reason;
      return { ...place, daemon: null, error: dockerError(cause, `at ${place.address}`) };
    }
  }
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError';
}

function factsOf(rawInfo: unknown, rawVersion: unknown): DaemonFacts {
  const info = Info.parse(rawInfo);
  const version = Version.parse(rawVersion);
  const has = (option: string) => info.SecurityOptions.some((text) => text.startsWith(`name=${option}`));
  return {
    engine: version.Components?.some(({ Name }) => /podman/i.test(Name)) === true ? 'Podman' : 'Docker',
    version: info.ServerVersion,
    apiVersion: version.ApiVersion,
    system: info.OperatingSystem,
    osType: info.OSType,
    architecture: info.Architecture,
    cpus: info.NCPU,
    memoryBytes: info.MemTotal,
    limits: { memory: info.MemoryLimit, swap: info.SwapLimit, pids: info.PidsLimit, cpu: info.CpuCfsQuota },
    cgroupVersion: info.CgroupVersion,
    storage: info.Driver,
    rootless: has('rootless'),
    userns: has('userns'),
    selinux: has('selinux'),
    seccomp: has('seccomp'),
  };
}

/** One failure for all places: a socket that is there and refuses says more than one that is not. */
function mostTelling(looked: readonly Looked[]): AppError {
  const failed = looked.flatMap(({ error }) => (error === null ? [] : [error]));
  const [only] = failed;
  if (failed.length === 1 && only !== undefined) return only;
  const absent = (error: AppError) => (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  return (
    failed.find((error) => !absent(error)) ??
    new AppError('backend_unavailable', 'No container engine answers on this machine.', {
      remedy: 'Install or start Docker (or Podman, Colima). Doctor shows where it was looked for.',
    })
  );
}
