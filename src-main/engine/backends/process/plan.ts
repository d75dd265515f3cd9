import { isAbsolute, join } from 'node:path';
import { relayPort } from '../../../../src-shared/egress.ts';
import type { EgressPolicy } from '../../../../src-shared/egress.ts';
import type { IsolationAsked } from '../../../../src-shared/isolation.ts';
import { workerFiles } from '../../../../src-shared/worker-protocol.ts';
import type { LaunchSpec } from '../backend.ts';
import { cacheArguments } from '../cache-arguments.ts';
import { egressEnvironment, egressPolicyOf } from '../hosts-of-run.ts';
import type { ProcessHost } from './host.ts';
import type { RunPlace } from './run-place.ts';
import { inside, sandboxCommand } from './sandbox-plan.ts';
import { mostThreads, threadLimit } from './system-view.ts';
import { workerMemory } from '../worker-memory.ts';

export interface ProcessPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly isolation: IsolationAsked;
  /** What the run's proxy admits; null when it has none, for lack of walls or of a need. */
  readonly policy: EgressPolicy | null;
  /** Bytes of memory, of all its processes together, at which the engine ends the run. */
  readonly residentBytes: number;
}

/** Address space that Node itself needs before any work, and per thread, in MiB (measured on Node 24; see pitfalls). */
const baseMb = 640;
const threadMb = 600;
const threads = 2;

/** Names that reach the worker from the engine's environment: certificates, and what Windows cannot run without. */
const certificates = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];
const passed = [...certificates, 'SystemRoot', 'TEMP', 'TMPDIR'];
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** The argv, environment and limits of a worker on the host, inside a sandbox (`walled`) or without one. */
export function planProcess(spec: LaunchSpec, host: ProcessHost, place: RunPlace, walled: boolean): ProcessPlan {
  const bwrap = walled ? (host.bubblewrap.path ?? 'bwrap') : null;
  const policy = bwrap === null ? null : egressPolicyOf(spec);
  const hasSecrets = spec.task.secrets !== undefined && Object.keys(spec.task.secrets).length > 0;
  const worker = [
    host.node,
    `--max-old-space-size=${spec.memoryMb}`,
    host.worker,
    '--task',
    join(spec.folder, workerFiles.task),
    '--out',
    spec.folder,
    '--job-id',
    spec.jobId,
    '--inputs',
    join(spec.records, 'inputs.json'),
    ...(spec.offline ? ['--offline'] : []),
    ...cacheArguments(spec.cache),
  ];
  const dataBytes = (spec.memoryMb + baseMb + threads * threadMb) * 1_048_576;
  const limited = host.prlimit !== null;
  const [command = host.node, ...args] = [
    ...(host.prlimit === null ? [] : [host.prlimit, `--data=${dataBytes}`, '--core=0', '--']),
    ...(bwrap === null
      ? []
      : sandboxCommand(spec, {
          ...host,
          bwrap,
          place,
          hasSecrets,
          hasProxy: policy !== null,
          certificates: certificates.flatMap((name) => host.env[name] ?? []).filter((path) => isAbsolute(path)),
        })),
    ...(bwrap === null ? [] : threadLimit(host.prlimit)),
    ...worker,
  ];
  return {
    command,
    args,
    cwd: spec.folder,
    env: {
      ...copied(passed, host.env),
      ...(bwrap === null ? openNetwork(host.env) : { TMPDIR: '/tmp', TRANSECT_OWN_PIDS: '1' }),
      ...(policy !== null && {
        ...egressEnvironment(policy, `http://127.0.0.1:${relayPort}`),
        TRANSECT_EGRESS_SOCKET: inside.socket,
      }),
      ...workerMemory,
      PATH: '/usr/bin:/bin',
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      TRANSECT_JOB_ID: spec.jobId,
      TRANSECT_TIMEOUT_SEC: String(spec.timeoutSec),
      ...(hasSecrets && { TRANSECT_SECRETS_DIR: bwrap === null ? place.secrets : inside.secrets }),
      ...(spec.offline && { TRANSECT_WORKER_OFFLINE: '1' }),
    },
    isolation: {
      ...(bwrap === null ? open : walls),
      kind: 'process',
      uid: null,
      minimalEnvironment: true,
      network: bwrap === null ? 'host' : policy === null ? 'none' : 'proxy',
      hosts: policy?.hosts ?? [],
      ...(policy?.search === true && { foundHosts: true }),
      memoryBytes: limited ? dataBytes : null,
      memoryOf: limited ? 'data' : null,
      cpus: null,
      processes: bwrap !== null && threadLimit(host.prlimit).length > 0 ? mostThreads : null,
      diskBytes: spec.task.limits.max_output_bytes,
    },
    policy,
    residentBytes: dataBytes,
  };
}

const walls = {
  sandbox: 'bubblewrap',
  unprivileged: true,
  systemCalls: 'no_new_processes',
  filesRead: 'inputs',
  filesWritten: 'outputs',
} as const;

const open = {
  sandbox: 'none',
  unprivileged: false,
  systemCalls: 'all',
  filesRead: 'user',
  filesWritten: 'user',
} as const;

/** Without walls the worker uses the network as the engine would, by the same proxy. */
function openNetwork(env: ProcessHost['env']): Record<string, string> {
  const found = copied(proxies, env);
  return Object.keys(found).length === 0 ? {} : { ...found, NODE_USE_ENV_PROXY: '1' };
}

function copied(names: readonly string[], env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
