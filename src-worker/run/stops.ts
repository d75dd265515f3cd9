import { AppError, toAppError } from '../../src-shared/errors.ts';
import { onEndSignal } from './signals.ts';

/**
 * Everything from outside that ends a run early: signals, the deadline, and errors nobody caught.
 * @param timeoutSec wall-clock limit; null or 0 for none
 */
export function watchStops(timeoutSec: number | null, stop: (reason: AppError) => void): { close(): void } {
  const onSignal = (signal: NodeJS.Signals) =>
    stop(
      new AppError('cancelled', 'The run was cancelled.', {
        remedy: 'Run it again when you want its result.',
        details: { signal },
      }),
    );
  const onError = (cause: unknown) => stop(toAppError(cause));
  onEndSignal(onSignal);
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  const timer =
    timeoutSec === null || timeoutSec === 0
      ? undefined
      : setTimeout(() => stop(timedOut(timeoutSec)), timeoutSec * 1_000);
  return {
    close() {
      clearTimeout(timer);
      onEndSignal(null);
      process.off('uncaughtException', onError);
      process.off('unhandledRejection', onError);
    },
  };
}

function timedOut(timeoutSec: number): AppError {
  return new AppError(
    'timed_out',
    `The run was stopped after ${timeoutSec} s, its wall-clock limit (limits.timeout_sec).`,
    {
      remedy: 'Choose a smaller area or fewer items, or raise limits.timeout_sec in the task.',
      details: { limit: 'timeout_sec', allowed: timeoutSec },
    },
  );
}
