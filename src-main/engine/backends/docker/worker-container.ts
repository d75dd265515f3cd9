import type { IsolationAsked } from '../../../../src-shared/isolation.ts';
import { posix } from 'node:path';
import type { CacheFolders, LaunchSpec } from '../backend.ts';
import { cacheArguments } from '../cache-arguments.ts';
import { egressEnvironment, egressPolicyOf } from '../hosts-of-run.ts';
import type { NamedContainer } from './containers.ts';
import type { DaemonFacts } from './daemon.ts';
import type { Egress } from './egress-sidecar.ts';
import { behindProxy } from './egress-sidecar.ts';
import type { MountedInputs } from './inputs.ts';
import type { Labelled } from './labels.ts';
import { label, labelsOf, nameOf } from './labels.ts';
import type { ContainerUser } from './user.ts';
import type { Room } from './walls.ts';
import { walled } from './walls.ts';
import { workerMemory } from '../worker-memory.ts';

const mib = 1_048_576;

/** What the program needs before any pixel, beside the task's memory; the worker ends a run itself before this is reached. */
const baseMb = 512;
const tmpBytes = 128 * mib;
/** Node needs about thirty threads; this leaves room, and ends a bomb. */
const processes = 128;

/** Where things lie in a worker's container. The run's folder is where tasks say that outputs go. */
export const inside = {
  jobs: '/data/outputs/jobs',
  runtime: '/run/transect',
  inputs: '/run/transect/inputs.json',
  /** What runs have read: of all, and of this one. */
  shared: '/cache/ranges',
  own: '/cache/new',
  secrets: '/run/transect/secrets',
  certificates: '/run/transect/certificates.pem',
} as const;

/** What a worker's container is given besides what the task says. */
export interface WorkerPlace {
  readonly image: string;
  readonly imageDigest: string;
  readonly user: ContainerUser;
  readonly facts: Pick<DaemonFacts, 'cpus' | 'selinux' | 'userns'>;
  /** Folder of this machine that is seen, read-only, at /run/transect. */
  readonly runtime: string;
  readonly inputs: MountedInputs;
  readonly hasSecrets: boolean;
  /** Further certificates that this network needs (NODE_EXTRA_CA_CERTS). */
  readonly hasCertificates: boolean;
  /** The run's way out; null when it needs none. */
  readonly egress: Egress | null;
}

/** Memory, processors and processes of a run. */
export function roomOf(
  { task, memoryMb }: Pick<LaunchSpec, 'task' | 'memoryMb'>,
  facts: Pick<DaemonFacts, 'cpus'>,
): Pick<Room, 'memoryBytes' | 'cpus' | 'processes' | 'tmpBytes'> {
  const cpus = Math.min(task.resources.cpus ?? facts.cpus, facts.cpus);
  return { memoryBytes: (memoryMb + baseMb) * mib + tmpBytes, cpus, processes, tmpBytes };
}

/** What is asked for around a run's worker. Pure. */
export function askedOf(
  spec: LaunchSpec,
  user: Pick<ContainerUser, 'uid'>,
  facts: Pick<DaemonFacts, 'cpus'>,
): IsolationAsked {
  const room = roomOf(spec, facts);
  const policy = egressPolicyOf(spec);
  return {
    kind: 'container',
    sandbox: 'docker',
    uid: user.uid,
    unprivileged: true,
    systemCalls: 'default_filter',
    minimalEnvironment: true,
    filesRead: 'inputs',
    filesWritten: 'outputs',
    network: policy === null ? 'none' : 'proxy',
    hosts: policy?.hosts ?? [],
    ...(policy?.search === true && { foundHosts: true }),
    memoryBytes: room.memoryBytes,
    memoryOf: 'all',
    cpus: room.cpus,
    processes: room.processes,
    diskBytes: spec.task.limits.max_output_bytes,
  };
}

/** The container of a run's worker. Pure. */
export function workerContainer(spec: LaunchSpec, labelled: Labelled, place: WorkerPlace): NamedContainer {
  const folder = posix.join(inside.jobs, spec.jobId);
  const { egress, user } = place;
  const binds = [
    { source: spec.folder, target: folder, readOnly: false },
    { source: place.runtime, target: inside.runtime, readOnly: true },
    ...place.inputs.binds,
    ...cacheBinds(cacheOf(spec, user)),
  ];
  const host = walled({ ...roomOf(spec, place.facts), binds, network: egress?.network ?? 'none' }, place.facts);
  return {
    name: nameOf(labelled, 'worker'),
    Image: place.image,
    Cmd: workerArguments(spec, folder, user),
    Env: environment(spec, place),
    User: user.user,
    WorkingDir: folder,
    Hostname: 'worker',
    AttachStdin: false,
    Tty: false,
    Labels: {
      ...labelsOf(labelled, 'worker'),
      [label.isolation]: JSON.stringify(askedOf(spec, user, place.facts)),
      [label.image]: place.imageDigest,
    },
    HostConfig: {
      ...host,
      ...(user.usernsMode !== null && { UsernsMode: user.usernsMode }),
      ...(egress !== null && behindProxy(egress)),
    },
  };
}

/** Files of another user than the engine's would be in the way of its other runs: such a container keeps nothing. */
export function cacheOf({ cache }: LaunchSpec, { owner }: Pick<ContainerUser, 'owner'>): CacheFolders | null {
  return owner === null ? (cache ?? null) : null;
}

function cacheBinds(cache: CacheFolders | null) {
  if (cache === null) return [];
  return [
    { source: cache.shared, target: inside.shared, readOnly: true },
    { source: cache.own, target: inside.own, readOnly: false },
  ];
}

function workerArguments(spec: LaunchSpec, folder: string, user: ContainerUser): string[] {
  const cache = cacheOf(spec, user);
  const seen = cache === null ? null : { ...cache, shared: inside.shared, own: inside.own };
  const files = ['--task', posix.join(folder, 'task.yaml'), '--out', folder, '--inputs', inside.inputs];
  return [...files, '--job-id', spec.jobId, ...(spec.offline ? ['--offline'] : []), ...cacheArguments(seen)];
}

function environment(spec: LaunchSpec, { egress, hasSecrets, hasCertificates }: WorkerPlace): string[] {
  const policy = egressPolicyOf(spec);
  return Object.entries({
    HOME: '/tmp',
    ...workerMemory,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    TRANSECT_JOB_ID: spec.jobId,
    // Its process numbers mean nothing outside.
    TRANSECT_OWN_PIDS: '1',
    TRANSECT_TIMEOUT_SEC: String(spec.timeoutSec),
    ...(spec.offline && { TRANSECT_WORKER_OFFLINE: '1' }),
    ...(hasSecrets && { TRANSECT_SECRETS_DIR: inside.secrets }),
    ...(hasCertificates && { NODE_EXTRA_CA_CERTS: inside.certificates }),
    ...(policy !== null && egress !== null && egressEnvironment(policy, `http://${egress.proxy}:${egress.port}`)),
  }).map(([name, value]) => `${name}=${value}`);
}
