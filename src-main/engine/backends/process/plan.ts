import { join } from 'node:path';
import type { IsolationAsked } from '../../../../src-shared/isolation.ts';
import { workerFiles } from '../../../../src-shared/worker-protocol.ts';
import type { LaunchSpec } from '../backend.ts';

/** What of the host the plan depends on. */
export interface ProcessHost {
  readonly node: string;
  readonly worker: string;
  /** Absolute path of prlimit(1), or null where the system has none. */
  readonly prlimit: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ProcessPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly isolation: IsolationAsked;
}

/** Address space that Node itself needs before any work, and per thread, in MiB (measured on Node 24; see pitfalls). */
const baseMb = 640;
const threadMb = 600;
const threads = 2;

/** Names that reach the worker from the engine's environment: certificates, proxies, and what Windows cannot run without. */
const passed = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SystemRoot', 'TEMP', 'TMPDIR'];
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** The argv, environment and limits of a worker on the host. Pure. */
export function planProcess(spec: LaunchSpec, host: ProcessHost): ProcessPlan {
  const worker = [
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
  ];
  const dataMb = spec.memoryMb + baseMb + threads * threadMb;
  const limited = host.prlimit !== null;
  const proxied = proxies.some((name) => host.env[name] !== undefined);
  return {
    command: host.prlimit ?? host.node,
    args: limited ? [`--data=${dataMb * 1_048_576}`, '--core=0', '--', host.node, ...worker] : worker,
    cwd: spec.folder,
    env: {
      ...copied([...passed, ...proxies], host.env),
      ...(proxied && { NODE_USE_ENV_PROXY: '1' }),
      PATH: '/usr/bin:/bin',
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      TRANSECT_JOB_ID: spec.jobId,
      TRANSECT_TIMEOUT_SEC: String(spec.timeoutSec),
      ...(spec.offline && { TRANSECT_WORKER_OFFLINE: '1' }),
    },
    isolation: {
      kind: 'process',
      sandbox: 'none',
      uid: null,
      unprivileged: false,
      systemCalls: 'all',
      minimalEnvironment: true,
      filesRead: 'user',
      filesWritten: 'user',
      network: 'host',
      hosts: [],
      memoryBytes: limited ? dataMb * 1_048_576 : null,
      memoryOf: limited ? 'data' : null,
      cpus: null,
      processes: null,
      diskBytes: null,
    },
  };
}

function copied(names: readonly string[], env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
