import { z } from 'zod';
import { AppError, toAppError } from '../../../src-shared/errors.ts';
import { Candidate } from '../../../src-shared/money/price.ts';
import type { Backend } from '../backends/backend.ts';
import type { QuoteAsk } from '../backends/billing.ts';

const quoteMs = 20_000;

/**
 * The machines that a back end offers for a task, with their prices now. What it says is checked: a price that is no number is no price.
 * @throws AppError `gate_closed` when there is no answer that can be used
 */
export async function quoteOf(
  { id, billing }: Pick<Backend, 'id' | 'billing'>,
  ask: QuoteAsk,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  if (billing === undefined) return [];
  const quoted = z.array(Candidate).safeParse(await answered(id, billing.quote(ask, within(signal)), signal));
  if (!quoted.success)
    throw new AppError('gate_closed', `What ${id} says of its prices can’t be understood.`, {
      remedy: 'Nothing is launched without a price. Choose another back end.',
      cause: quoted.error,
    });
  if (quoted.data.length === 0)
    throw new AppError('gate_closed', `${id} has no machines for this task.`, {
      remedy: 'Ask for less in the task’s resources, or choose another back end.',
    });
  return quoted.data;
}

function within(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(quoteMs)]);
}

/** Also of a back end that does not listen to its signal. */
async function answered<T>(id: string, answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error(`no answer within ${quoteMs / 1_000} s`));
  }, quoteMs);
  const either = AbortSignal.any([signal, late.signal]);
  const cut = new Promise<never>((_, reject) => {
    either.addEventListener('abort', () => {
      reject(either.reason as Error);
    });
  });
  // Whichever comes second is heard by nobody.
  cut.catch(() => undefined);
  try {
    return await Promise.race([answer, cut]);
  } catch (cause) {
    signal.throwIfAborted();
    const { message, remedy, retryable } = toAppError(cause);
    throw new AppError('gate_closed', `What it costs on ${id} can’t be known now: ${message}`, {
      remedy: cause instanceof AppError ? remedy : 'Try again later.',
      retryable: cause instanceof AppError ? retryable : true,
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}
