import { posix } from 'node:path';
import type { IsolationAsked } from '../../../../../src-shared/isolation.ts';
import { servicePlaces } from '../../../../../src-shared/service-protocol.ts';
import type { ResolvedService } from '../../../services/resolve.ts';
import type { ServiceNeeds } from '../../../services/needs.ts';
import type { LaunchSpec } from '../../backend.ts';
import { egressEnvironment, egressPolicyOf } from '../../hosts-of-run.ts';
import type { NamedContainer } from '../containers.ts';
import type { DaemonFacts } from '../daemon.ts';
import type { Egress } from '../egress-sidecar.ts';
import { behindProxy } from '../egress-sidecar.ts';
import { mountInputs } from '../inputs.ts';
import type { Labelled } from '../labels.ts';
import { labelsOf, nameOf } from '../labels.ts';
import type { ContainerUser } from '../user.ts';
import type { Bind } from '../walls.ts';
import { walled } from '../walls.ts';
import type { ServiceControl } from './control-folder.ts';
import type { HiddenEntry } from './hidden-entries.ts';

const mib = 1_048_576;
/** MPI starts a process for each part, and solvers start threads. */
const processes = 1_024;
const tmpBytes = 512 * mib;
/** Programs that work in parallel on one machine talk through shared memory. It counts against the service's memory. */
const sharedMemoryBytes = 256 * mib;
/**
 * Output that the container engine keeps at a time, and again as much: more than is ever taken down, in the form in which it
 * keeps it, so that the beginning is not gone before it is read.
 */
const logFileBytes = 128 * mib;
/** Folders that an image declares as volumes become small ones in memory: an anonymous volume would be bounded by nothing. */
const volumeBytes = 64 * mib;

export interface ServicePlace {
  readonly service: ResolvedService;
  readonly needs: ServiceNeeds;
  /** Id of the image: what is started is exactly what was looked at. */
  readonly imageId: string;
  /** Folders that the image declares as volumes. */
  readonly volumes: readonly string[];
  readonly user: ContainerUser;
  readonly facts: Pick<DaemonFacts, 'cpus' | 'selinux' | 'userns'>;
  readonly control: Pick<ServiceControl, 'work' | 'outputs'>;
  readonly egress: Egress | null;
  readonly secrets: ReadonlyMap<string, string>;
  /** Hidden entries of the case folder, which the service does not see. */
  readonly hidden: readonly HiddenEntry[];
}

/** Where a service finds its declared inputs: a case folder at /inputs itself, everything else below it. Pure. */
function inputBinds(spec: Pick<LaunchSpec, 'task' | 'inputs'>): readonly Bind[] {
  if (!('folder' in spec.task.inputs)) return mountInputs(spec).binds;
  return spec.inputs.map(({ path }) => ({ source: path, target: servicePlaces.inputs, readOnly: true }));
}

/** An empty device in place of a hidden file of the case folder. */
function covered(path: string): Bind {
  return { source: '/dev/null', target: posix.join(servicePlaces.inputs, path), readOnly: true };
}

/**
 * The container of a service. Its argv is started as it stands, in place of what the image would start. The walls are those of
 * every container of ours; only its working folder and /outputs, of the disk, and /tmp can be written. Pure.
 */
export function serviceContainer(spec: LaunchSpec, labelled: Labelled, place: ServicePlace): NamedContainer {
  const { service, user, control, egress, needs } = place;
  const [program = '', ...args] = service.argv;
  const binds = [
    { source: control.work, target: service.workdir, readOnly: false },
    { source: control.outputs, target: servicePlaces.outputs, readOnly: false },
    ...inputBinds(spec),
    ...place.hidden.filter(({ isFolder }) => !isFolder).map(({ path }) => covered(path)),
  ];
  const host = walled({ ...needs, processes, tmpBytes, binds, network: egress?.network ?? 'none' }, place.facts);
  const taken = new Set(binds.map(({ target }) => target));
  const volumes = place.volumes.filter((path) => !taken.has(path));
  // A mount takes on the permissions of the image's own folder: its owner has to be the one who writes.
  const [uid, gid] = user.user.split(':');
  const inMemory = (size: number) => `rw,exec,nosuid,nodev,size=${size},mode=1777,uid=${uid ?? ''},gid=${gid ?? ''}`;
  const coveredFolders = place.hidden.filter(({ isFolder }) => isFolder);
  const tmpfs = [
    ...coveredFolders.map(({ path }) => [posix.join(servicePlaces.inputs, path), 'ro,noexec,nosuid,nodev,size=4096']),
    ...volumes.map((path) => [path, inMemory(volumeBytes)]),
    ['/tmp', inMemory(tmpBytes)],
  ];
  return {
    name: nameOf(labelled, 'service'),
    Image: place.imageId,
    Entrypoint: [program],
    Cmd: args,
    Env: environment(spec, place),
    User: user.user,
    WorkingDir: service.workdir,
    Hostname: 'service',
    AttachStdin: false,
    OpenStdin: false,
    Tty: false,
    Healthcheck: { Test: ['NONE'] },
    Labels: labelsOf(labelled, 'service'),
    HostConfig: {
      ...host,
      Tmpfs: Object.fromEntries(tmpfs) as Record<string, string>,
      LogConfig: { Type: 'json-file', Config: { 'max-size': String(logFileBytes), 'max-file': '2' } },
      IpcMode: 'private',
      ShmSize: sharedMemoryBytes,
      ...(user.usernsMode !== null && { UsernsMode: user.usernsMode }),
      ...(egress !== null && behindProxy(egress)),
    },
  };
}

function environment(spec: LaunchSpec, { service, egress, secrets }: ServicePlace): string[] {
  const policy = egressPolicyOf(spec);
  const named = Object.entries({
    HOME: service.workdir,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    TRANSECT_JOB_ID: spec.jobId,
    TRANSECT_INPUTS: servicePlaces.inputs,
    TRANSECT_OUTPUTS: servicePlaces.outputs,
    ...(policy !== null && egress !== null && egressEnvironment(policy, `http://${egress.proxy}:${egress.port}`)),
  });
  // The task's own names come last: they are what its author asked for.
  return [...named, ...secrets].map(([name, value]) => `${name}=${value}`);
}

/** What is asked for around a service. Nothing inside a foreign image measures whether it was held. Pure. */
export function askedOfService(spec: LaunchSpec, needs: ServiceNeeds, uid: number, cpus: number): IsolationAsked {
  const policy = egressPolicyOf(spec);
  return {
    kind: 'container',
    sandbox: 'docker',
    uid,
    unprivileged: true,
    systemCalls: 'default_filter',
    minimalEnvironment: true,
    filesRead: 'inputs',
    filesWritten: 'outputs',
    network: policy === null ? 'none' : 'proxy',
    hosts: policy?.hosts ?? [],
    memoryBytes: needs.memoryBytes,
    memoryOf: 'all',
    cpus: Math.min(needs.cpus, cpus),
    processes,
    diskBytes: spec.task.limits.max_output_bytes,
  };
}
