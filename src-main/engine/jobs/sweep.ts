import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isFinal, jobStates } from '../../../src-shared/job.ts';
import type { Backend } from '../backends/backend.ts';
import type { JobStore } from '../store/job-store.ts';

const againMs = 60_000;

export interface SweepParts {
  readonly backends: Iterable<Backend>;
  readonly store: JobStore;
  readonly log: Logger;
  readonly stop: AbortSignal;
}

/**
 * Has every back end remove what earlier engines of this workspace left behind and no living job owns. One that does not
 * answer is asked again, as it may hold something.
 */
export async function sweepLeftovers({ backends, store, log, stop }: SweepParts): Promise<void> {
  await Promise.all(
    Array.from(backends, async (backend) => {
      while (backend.sweep !== undefined && !stop.aborted) {
        const live = new Set(store.inStates(...jobStates.filter((state) => !isFinal(state))).map(({ id }) => id));
        try {
          const removed = await backend.sweep(live, stop);
          if (removed.length > 0) log.info({ backend: backend.id, removed }, 'leftovers of earlier runs were removed');
          return;
        } catch (cause) {
          if (!stop.aborted) log.warn({ backend: backend.id, cause }, 'leftovers could not be looked for');
          await sleep(againMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
        }
      }
    }),
  );
}
