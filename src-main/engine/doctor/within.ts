import { AppError } from '../../../src-shared/errors.ts';

/**
 * What `ask` answers, or an error when it takes too long, also where `ask` does not listen to its signal: a daemon that
 * hangs must not hold up what is known of everything else.
 * @param limitMs patience in milliseconds
 * @throws AppError `timed_out`, the caller’s reason when it went away, or what `ask` throws
 */
export async function within<T>(
  what: string,
  limitMs: number,
  caller: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  caller.throwIfAborted();
  const done = new AbortController();
  const late = new AppError('timed_out', `${what} did not answer within ${limitMs / 1_000} s.`);
  const timer = setTimeout(() => {
    done.abort(late);
  }, limitMs);
  const leave = () => {
    done.abort(caller.reason);
  };
  caller.addEventListener('abort', leave, { once: true });
  const ended = new Promise<never>((_, reject) => {
    done.signal.addEventListener(
      'abort',
      () => {
        reject(done.signal.reason as Error);
      },
      { once: true },
    );
  });
  try {
    return await Promise.race([ask(done.signal), ended]);
  } finally {
    clearTimeout(timer);
    caller.removeEventListener('abort', leave);
  }
}
