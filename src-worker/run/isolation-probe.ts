import { dirname, resolve } from 'node:path';
import type { IsolationProbe } from '../../src-shared/isolation.ts';
import { groupLimits } from './probe/cgroup.ts';
import { probedPlaces, readablePlaces, writablePlaces } from './probe/places.ts';
import { ownStatus, softLimit } from './probe/proc-self.ts';
import { couldStartProcess } from './probe/process-trial.ts';
import { hasDefaultRoute, isProxied, outerInterfaces } from './probe/reach.ts';
import { readText } from './probe/read-text.ts';

const mostNames = 20;

/**
 * Measures the walls around this process, by looking and by trying, without leaving a trace. Takes some milliseconds, never
 * throws, and says null for what cannot be measured here; most of it can on Linux only.
 * @param out the run's folder
 * @param inputs paths that the run was granted, which may lie anywhere
 */
export function measureIsolation(out: string, inputs: readonly string[], env: NodeJS.ProcessEnv): IsolationProbe {
  const common = {
    platform: process.platform,
    uid: process.getuid?.() ?? null,
    gid: process.getgid?.() ?? null,
    interfaces: outerInterfaces(),
    proxied: isProxied(env),
    environment: Object.keys(env).sort(),
  };
  if (process.platform !== 'linux') return { ...common, ...unknown };
  const folder = resolve(out);
  const mounted = [env['TRANSECT_SECRETS_DIR'], env['TRANSECT_EGRESS_SOCKET']].filter((path) => path !== undefined);
  const given = [folder, dirname(process.argv[1] ?? ''), process.execPath, ...inputs, ...mounted];
  const places = probedPlaces(folder);
  const limits = readText('/proc/self/limits');
  const groups = groupLimits(readText('/proc/self/cgroup'));
  const data = softLimit(limits, 'Max data size');
  const byGroup = groups.memoryBytes !== null && (data === null || groups.memoryBytes <= data);
  return {
    ...common,
    ...ownStatus(),
    canStartProcesses: couldStartProcess(),
    writable: writablePlaces(places, given).slice(0, mostNames),
    readable: readablePlaces(places, folder, given).slice(0, mostNames),
    hasRoute: hasDefaultRoute(),
    memoryBytes: byGroup ? groups.memoryBytes : data,
    memoryOf: byGroup ? 'all' : data === null ? null : 'data',
    cpus: groups.cpus,
    processes: least(groups.processes, softLimit(limits, 'Max processes')),
  };
}

const unknown = {
  capEff: null,
  capBnd: null,
  noNewPrivs: null,
  seccomp: null,
  canStartProcesses: null,
  writable: null,
  readable: null,
  hasRoute: null,
  memoryBytes: null,
  memoryOf: null,
  cpus: null,
  processes: null,
};

function least(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}
