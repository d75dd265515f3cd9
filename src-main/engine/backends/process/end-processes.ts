import { setTimeout as sleep } from 'node:timers/promises';
import type { JobId } from '../../../../src-shared/job-id.ts';
import { familyOf, heirsOf, innermost, processTable, workerOf } from './process-table.ts';

const pollMs = 20;
/** How long a sandbox may take to start its program. */
const startMs = 5_000;
/** How long the system may take to end what was killed. */
const endMs = 10_000;

/** Sends SIGTERM to the worker itself: inside a sandbox, where its launchers would not pass it on. */
export async function askToEnd(pid: number, walled: boolean): Promise<void> {
  if (!walled) return signal(pid, 'SIGTERM');
  for (const end = performance.now() + startMs; performance.now() < end; await sleep(pollMs)) {
    const table = processTable();
    // bwrap, the first process of the sandbox, and the program in it.
    const family = familyOf(pid, table);
    if (family.length >= 3) return signal(innermost(pid, family), 'SIGTERM');
    if (family.length === 0) return;
  }
  endAll(pid);
}

/** Kills a process, all that it started, and its process group. */
export function endAll(pid: number): void {
  if (process.platform === 'win32') return signal(pid, 'SIGKILL');
  // The group first: it is there also when its leader is gone.
  signal(-pid, 'SIGKILL');
  for (const row of familyOf(pid, processTable())) signal(row.pid, 'SIGKILL');
}

/**
 * Kills what is left of a job whose worker has ended, and waits until nothing is. Gives how many processes there were.
 * @param child the worker's pid when it was a child of this engine and has just ended; a pid of earlier times may be another's
 */
export async function endLeftovers(jobId: JobId, child: number | null): Promise<number> {
  const left = () => {
    const table = processTable();
    const sandbox = workerOf(jobId);
    const families = [child, sandbox?.pid ?? null].flatMap((pid) => (pid === null ? [] : familyOf(pid, table)));
    return [...new Set([...families.map(({ pid }) => pid), ...heirsOf(jobId)])];
  };
  const first = left();
  for (const end = performance.now() + endMs; performance.now() < end; await sleep(pollMs)) {
    const still = left();
    if (still.length === 0) break;
    for (const one of still) signal(one, 'SIGKILL');
  }
  return first.length;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    // Gone, or of another user by now.
    if (!['ESRCH', 'EPERM'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  }
}
