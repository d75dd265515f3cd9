/** How long a container engine may take over one plain question. */
const callMs = 30_000;

/**
 * Waits for an answer until the signal is aborted or the time is up, and rejects with the signal's reason or a TimeoutError
 * then. What was asked may still happen: it is for questions, and for orders that are harmless when repeated.
 */
export async function bounded<T>(asked: Promise<T>, signal?: AbortSignal, ms = callMs): Promise<T> {
  const limit = AbortSignal.any([AbortSignal.timeout(ms), ...(signal === undefined ? [] : [signal])]);
  limit.throwIfAborted();
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    limit.addEventListener('abort', () => reject(limit.reason as Error), { signal: over.signal });
  });
  try {
    return await Promise.race([asked, aborted]);
  } finally {
    over.abort();
  }
}
