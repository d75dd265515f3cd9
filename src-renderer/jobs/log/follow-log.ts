import type { LogBuffer } from './log-buffer.ts';

/** What following a log needs. */
export interface LogSource {
  /** The log from a byte on; with `follow` as it grows, until the job has ended. */
  readonly open: (after: number, follow: boolean, signal: AbortSignal) => Promise<AsyncIterable<string>>;
  readonly hasEnded: (signal: AbortSignal) => Promise<boolean>;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How following stands: `broken` while the engine is not heard, with the reason. */
export type Following =
  { readonly state: 'reading' | 'following' | 'ended' } | { readonly state: 'broken'; readonly error: unknown };

/**
 * Reads a log to its end into the buffer, and goes on after every break at the byte where it stopped. A stream that ends
 * tells nothing (the engine may have been stopped): the log is whole once the job has ended and a last reading gave the rest.
 */
export async function followLog(
  buffer: LogBuffer,
  source: LogSource,
  signal: AbortSignal,
  tell: (following: Following) => void,
): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      const ended = await source.hasEnded(signal);
      tell({ state: ended ? 'reading' : 'following' });
      for await (const piece of await source.open(buffer.resumeAt(), !ended, signal)) {
        buffer.append(piece);
        failures = 0;
      }
      if (ended) {
        tell({ state: 'ended' });
        return;
      }
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      tell({ state: 'broken', error });
    }
    await source.wait(Math.min(150 * 2 ** failures, 4_000), signal);
  }
}
