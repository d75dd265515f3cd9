import { readFileSync, readdirSync } from 'node:fs';
import type { JobId } from '../../../../src-shared/job-id.ts';

/** A process of this machine as /proc shows it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** All processes that can be seen. Linux only; elsewhere there are none. A process that ends meanwhile is left out. */
export function processTable(): ProcessRow[] {
  return pids().flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The command's name may hold spaces and brackets: fields are counted from its closing bracket (proc(5)).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state = ''] = fields;
      if (state === 'Z' || state === 'X') return [];
      const number = (index: number) => Number(fields[index] ?? 0);
      return [{ pid, parent: number(1), group: number(2) }];
    } catch {
      return [];
    }
  });
}

/** A process, everything below it, and everything of its process group. */
export function familyOf(pid: number, table: readonly ProcessRow[]): ProcessRow[] {
  const family = new Set([pid]);
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const row of table) if (row.group === pid || family.has(row.parent)) family.add(row.pid);
  }
  return table.filter((row) => family.has(row.pid));
}

/** What a process holds in memory now, in bytes; 0 for one that has ended. */
export function residentBytes({ pid }: ProcessRow): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

/** The last process of the chain that begins at `pid`: the program inside prlimit(1) and bwrap(1). */
export function innermost(pid: number, table: readonly ProcessRow[]): number {
  const child = table.find(({ parent }) => parent === pid);
  return child === undefined ? pid : innermost(child.pid, table);
}

/**
 * The topmost process of a job's worker: prlimit(1) and bwrap(1), which show the worker's command line as theirs, or the worker
 * itself. `walled`: it is inside a sandbox. Linux only.
 */
export function workerOf(jobId: JobId): { readonly pid: number; readonly walled: boolean } | null {
  const found = pids().flatMap((pid) => {
    const words = wordsOf(pid, 'cmdline');
    const ours =
      words.includes('--task') && words[words.indexOf('--job-id') + 1] === jobId && words.includes('--job-id');
    return ours ? [{ pid, walled: words.includes('--unshare-all') }] : [];
  });
  const parents = new Map(processTable().map(({ pid, parent }) => [pid, parent]));
  const ours = new Set(found.map(({ pid }) => pid));
  return found.find(({ pid }) => !ours.has(parents.get(pid) ?? 0)) ?? null;
}

/** What a worker without walls may have started and left behind, by the environment that it passes on. Linux only. */
export function heirsOf(jobId: JobId): number[] {
  return pids().filter((pid) => pid !== process.pid && wordsOf(pid, 'environ').includes(`TRANSECT_JOB_ID=${jobId}`));
}

/** The proxy of a job, by command line (`--egress-of ID`). */
export function proxiesOf(jobId: JobId): number[] {
  return pids().filter((pid) => {
    const words = wordsOf(pid, 'cmdline');
    return words.includes('--egress-of') && words[words.indexOf('--egress-of') + 1] === jobId;
  });
}

function pids(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function wordsOf(pid: number, file: 'cmdline' | 'environ'): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    // It ended while we looked, or is not ours.
    return [];
  }
}
