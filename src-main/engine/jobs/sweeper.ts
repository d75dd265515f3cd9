import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isFinal, jobStates } from '../../../src-shared/job.ts';
import type { Backend } from '../backends/backend.ts';
import type { JobStore } from '../store/job-store.ts';

const againMs = 60_000;
const unfinished = jobStates.filter((state) => !isFinal(state));

interface SweeperParts {
  readonly store: JobStore;
  readonly log: Logger;
  readonly stop: AbortSignal;
}

/**
 * Has back ends remove what runs of this workspace left behind and no living job owns: at an engine's start, and after a run
 * of which something could not be removed. A back end that does not answer is asked again, as it may hold something.
 */
export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #asking = new Set<Backend>();

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  /** Returns at once. */
  request(backend: Backend): void {
    if (backend.sweep === undefined || this.#asking.has(backend)) return;
    this.#asking.add(backend);
    void this.#untilDone(backend).finally(() => this.#asking.delete(backend));
  }

  async #untilDone(backend: Backend): Promise<void> {
    const { store, log, stop } = this.#parts;
    while (!stop.aborted) {
      const live = () => new Set(store.inStates(...unfinished).map(({ id }) => id));
      try {
        const removed = (await backend.sweep?.(live, stop)) ?? [];
        if (removed.length > 0) log.info({ backend: backend.id, removed }, 'what earlier runs left was removed');
        return;
      } catch (cause) {
        if (!stop.aborted) log.warn({ backend: backend.id, cause }, 'what runs left could not be looked for');
        await sleep(againMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
      }
    }
  }
}
