import type { StreamedEvent } from '../../../src-shared/api/contract.ts';
import type { JobStore } from '../store/job-store.ts';

export interface StreamStart {
  /** Cursor of the last event that the client has; it counts only together with its epoch. */
  readonly after: number;
  readonly epoch?: string | undefined;
  readonly follow: boolean;
}

/**
 * Events of all jobs after a cursor: first what is stored, then, with `follow`, what comes. A rebuilt index has new cursors, so
 * the stream begins anew with it, and a cursor of another epoch counts as none.
 */
export async function* eventStream(
  store: JobStore,
  start: StreamStart,
  signal: AbortSignal,
): AsyncGenerator<StreamedEvent> {
  let { epoch } = store;
  let cursor = start.epoch === undefined || start.epoch === epoch ? start.after : 0;
  let wake = () => {};
  const stopListening = store.listen(() => {
    wake();
  });
  signal.addEventListener(
    'abort',
    () => {
      wake();
    },
    { once: true },
  );
  try {
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      if (store.epoch !== epoch) {
        ({ epoch } = store);
        cursor = 0;
      }
      const stored = store.eventsAfter(cursor);
      for (const event of stored) {
        yield event;
        cursor = event.cursor;
      }
      if (stored.length > 0) continue;
      if (!start.follow) return;
      await woken;
    }
  } finally {
    stopListening();
  }
}
