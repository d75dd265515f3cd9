import { useSyncExternalStore } from 'react';
import { AppError } from '../../src-shared/errors.ts';
import { native } from './native.ts';

/** A call that waits for a person to prove that the workspace is theirs. */
interface OwnerAsk {
  readonly answered: Promise<boolean>;
  /** Ends the wait: proved, or given up. */
  readonly answer: (isProved: boolean) => void;
}

let ask: OwnerAsk | null = null;
const listeners = new Set<() => void>();

function setAsk(next: OwnerAsk | null): void {
  ask = next;
  for (const listener of listeners) listener();
}

/** What the unlock dialog answers; null while nothing asks. */
export function currentAsk(): OwnerAsk | null {
  return ask;
}

/** The same, for the dialog to follow. */
export function useOwnerAsk(): OwnerAsk | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentAsk);
}

/** Whether a call was refused because only the owner may make it. */
export function needsOwner(cause: unknown): boolean {
  return cause instanceof AppError && cause.code === 'denied' && cause.details?.['needs'] === 'owner';
}

/** Whether a person closed the unlock dialog: nothing went wrong then, and nothing was done. */
export function isGivenUp(cause: unknown): boolean {
  return cause instanceof AppError && cause.details?.['gaveUp'] === 'owner';
}

/**
 * Makes a call that only the owner may make: where it is refused for that, the unlock dialog appears, and the call is made once more.
 * @throws AppError what the call throws, or `cancelled` when the person gave up (see `isGivenUp`)
 */
export async function asOwner<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (!needsOwner(cause)) throw cause;
  }
  // Where this system keeps a key, asking is enough.
  await ensureOwner();
  return call();
}

/**
 * Has the owner proved before a call that means something else without it: a task that an agent submits is a proposal.
 * @throws AppError `cancelled` when the person gave up
 */
export async function ensureOwner(): Promise<void> {
  const { unlocked } = await native('ownerState', null);
  if (!unlocked) await unlock();
}

/** Shows the unlock dialog; all who ask at the same time get the one answer. */
async function unlock(): Promise<void> {
  if (ask === null) {
    let answer: OwnerAsk['answer'] = () => undefined;
    const answered = new Promise<boolean>((resolve) => {
      answer = (isProved) => {
        setAsk(null);
        resolve(isProved);
      };
    });
    setAsk({ answered, answer });
  }
  if ((await ask?.answered) === true) return;
  throw new AppError('cancelled', 'Approvals stay locked: nothing was done.', { details: { gaveUp: 'owner' } });
}
