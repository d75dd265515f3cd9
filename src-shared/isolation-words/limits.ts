import type { Comparison } from './comparison.ts';
import type { IsolationAsked, IsolationProbe } from '../isolation.ts';

const mib = 1_048_576;

/** Control groups round to pages; schedulers to microseconds. */
const slack = 1.01;

export function memoryWall(asked: IsolationAsked, probe: IsolationProbe | null): Comparison {
  const wanted = memoryWords(asked.memoryBytes, asked.memoryOf);
  if (probe === null || !measuresLimits(probe)) return { asked: wanted, had: null, asMuch: null };
  const had = memoryWords(probe.memoryBytes, probe.memoryOf);
  const within = isWithin(probe.memoryBytes, asked.memoryBytes);
  return {
    asked: wanted,
    had: had ?? 'no limit',
    asMuch: within && (asked.memoryOf !== 'all' || probe.memoryOf === 'all'),
  };
}

function memoryWords(bytes: number | null, of: 'data' | 'all' | null): string | null {
  if (bytes === null) return null;
  const what = of === 'data' ? 'of its own data' : 'in all';
  return `at most ${Math.round(bytes / mib)} MiB ${what}`;
}

export function processorWall(asked: IsolationAsked, probe: IsolationProbe | null): Comparison {
  const wanted = cpuWords(asked.cpus);
  if (probe === null || !measuresLimits(probe)) return { asked: wanted, had: null, asMuch: null };
  return { asked: wanted, had: cpuWords(probe.cpus) ?? 'no limit', asMuch: isWithin(probe.cpus, asked.cpus) };
}

function cpuWords(cpus: number | null): string | null {
  if (cpus === null) return null;
  const rounded = Math.round(cpus * 100) / 100;
  return `at most ${rounded} ${rounded === 1 ? 'processor' : 'processors'}`;
}

export function processesWall(asked: IsolationAsked, probe: IsolationProbe | null): Comparison {
  const wanted = asked.systemCalls === 'no_new_processes' ? 'no further ones' : processWords(asked.processes);
  if (probe === null || !measuresLimits(probe)) return { asked: wanted, had: null, asMuch: null };
  if (probe.canStartProcesses === false) return { asked: wanted, had: 'no further ones', asMuch: true };
  return {
    asked: wanted,
    had: processWords(probe.processes) ?? 'no limit',
    asMuch: isWithin(probe.processes, asked.processes),
  };
}

function processWords(count: number | null): string | null {
  return count === null ? null : `at most ${count} processes and threads`;
}

/** Bytes in the run's folder are counted by the worker and by whoever launched it; no system call tells of that. */
export function diskWall({ diskBytes }: IsolationAsked): Comparison {
  const asked =
    diskBytes === null ? null : `at most ${Math.round(diskBytes / mib)} MiB in its own folder, held by counting`;
  return { asked, had: null, asMuch: null };
}

function isWithin(had: number | null, asked: number | null): boolean {
  return had !== null && asked !== null && had <= asked * slack;
}

/** Limits are read from /proc and control groups. Elsewhere "none found" would be no finding. */
function measuresLimits({ platform }: IsolationProbe): boolean {
  return platform === 'linux';
}
