import { isMainThread } from 'node:worker_threads';

// Imported before everything else: a signal that comes while the rest is still loading must not be lost. It stays until the
// process has ended, so that none can undo an end that was already written.
let received: NodeJS.Signals | null = null;
let listener: ((signal: NodeJS.Signals) => void) | null = null;

if (isMainThread)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => {
      received ??= signal;
      listener?.(received);
    });

/** Calls back at the first signal that ends a run, at once when it has already come; null: nobody listens any more. */
export function onEndSignal(heard: ((signal: NodeJS.Signals) => void) | null): void {
  listener = heard;
  if (received !== null) heard?.(received);
}
