import { endAll } from '../../src-main/engine/backends/process/end-processes.ts';
import { startTimeOf } from '../../src-main/engine/backends/process/identity.ts';
import type { Provider } from './provider.ts';

/** How often it is looked, ms of real time. */
const lookMs = 50;

/**
 * Holds the provider's rentals and the processes that stand for their commands together: a process that ends makes its machines
 * idle, and machines that end take their process with them, whether or not any engine lives.
 */
export function keepWorkers(provider: Provider): { stop(): void } {
  const over = new Set<string>();
  const look = async () => {
    for (const { id, state, attached } of provider.rentals()) {
      if (attached === null || over.has(id)) continue;
      const lives = (await startTimeOf(attached.pid)) === attached.startTime;
      const runs = state === 'running' || state === 'stopping';
      if (lives && runs) continue;
      over.add(id);
      if (lives) endAll(attached.pid);
      else provider.commandEnded(id);
    }
  };
  const timer = setInterval(() => {
    void look();
  }, lookMs);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}
