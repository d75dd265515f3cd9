import { setTimeout as sleep } from 'node:timers/promises';
import type { AppError } from '../../src-shared/errors.ts';

/** Thrown by an attempt that may succeed when repeated; `error` is what the caller sees when the tries are used up. */
export class Retryable extends Error {
  readonly error: AppError;
  readonly retryAfterMs: number | undefined;

  constructor(error: AppError, retryAfterMs?: number) {
    super(error.message, { cause: error });
    this.error = error;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface RetryPolicy {
  readonly tries: number;
  readonly firstDelayMs: number;
  /** A longer Retry-After than this is not waited for: the error is thrown at once. */
  readonly maxDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { tries: 3, firstDelayMs: 200, maxDelayMs: 20_000 };

/** Runs `attempt` until it succeeds, throws anything but `Retryable`, or the tries are used up. Doubles the delay each time. */
export async function withRetry<T>(
  attempt: () => Promise<T>,
  signal: AbortSignal,
  policy: RetryPolicy = defaultRetryPolicy,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (cause) {
      if (!(cause instanceof Retryable)) throw cause;
      const delay = cause.retryAfterMs ?? policy.firstDelayMs * 2 ** (tried - 1);
      if (tried >= policy.tries || delay > policy.maxDelayMs) throw cause.error;
      await sleep(delay, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** Milliseconds of a Retry-After header (seconds or a date), or undefined where there is none that makes sense. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
