import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { attach } from '../../src-main/client/connect.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';

/** Ends the engine of a test's workspace, if there is one. It is asked who it is first: a pid in a file proves nothing. */
export async function endEngine(dataRoot: string): Promise<void> {
  const found = await attach(openDataRoot(dataRoot)).catch(() => null);
  if (found === null || found.health.dataRoot !== dataRoot) return;
  await found.client('stopEngine', {}).catch(() => undefined);
  if (!(await hasEnded(found.health.pid, 3_000))) await endProcess(found.health.pid);
}

/** Ends a process that this test caused to exist, by its id. */
export async function endProcess(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return;
  }
  await hasEnded(pid, 3_000);
}

async function hasEnded(pid: number, withinMs: number): Promise<boolean> {
  for (const end = performance.now() + withinMs; performance.now() < end; await sleep(20)) if (isGone(pid)) return true;
  return false;
}

/** Whether a process has ended, also when whoever inherited it has not yet taken notice. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(' Z ');
  } catch {
    return false;
  }
}
