import type { StreamedEvent } from '../../../src-shared/api/contract.ts';
import type { JobStore } from '../store/job-store.ts';

/** Events of all jobs after a cursor: first what is stored, then, with `follow`, what comes. */
export async function* eventStream(
  store: JobStore,
  after: number,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<StreamedEvent> {
  let cursor = after;
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
      const stored = store.eventsAfter(cursor);
      for (const event of stored) {
        yield event;
        cursor = event.cursor;
      }
      if (stored.length > 0) continue;
      if (!follow) return;
      await woken;
    }
  } finally {
    stopListening();
  }
}
