import { useSyncExternalStore } from 'react';
import type { ImageStep } from '../../src-shared/api/images.ts';
import type { AppError } from '../../src-shared/errors.ts';
import { toAppError } from '../../src-shared/errors.ts';
import { api, queryClient } from '../app/api.ts';
import { toast } from '../ui/toast.tsx';

/** An image that is being fetched, or the last try that failed. */
type Fetching =
  | {
      readonly state: 'running';
      /** Null until the engine has said something. */
      readonly step: ImageStep | null;
      readonly stop: () => void;
    }
  | { readonly state: 'failed'; readonly error: AppError };

// Fetching takes minutes, and goes on while other places are looked at.
let known: ReadonlyMap<string, Fetching> = new Map();
const listeners = new Set<() => void>();

function put(name: string, fetching: Fetching | null): void {
  const next = new Map(known);
  if (fetching === null) next.delete(name);
  else next.set(name, fetching);
  known = next;
  for (const listener of listeners) listener();
}

/** How far the fetching of a service's image is; why it failed; undefined when nothing is under way. */
export function useFetching(name: string): Fetching | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => known.get(name),
  );
}

/** Fetches a service's image, once however often it is asked for. A failure stays in sight until the next try. */
export async function fetchImage(name: string): Promise<void> {
  if (known.get(name)?.state === 'running') return;
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort();
  };
  put(name, { state: 'running', step: null, stop });
  try {
    for await (const step of await api('pullService', { name }, stopping.signal))
      put(name, { state: 'running', step, stop });
    put(name, null);
    toast({ title: `${name} is on this machine` });
  } catch (cause) {
    put(name, stopping.signal.aborted ? null : { state: 'failed', error: toAppError(cause) });
    if (stopping.signal.aborted) toast({ title: `Stopped fetching ${name}` });
  }
  await queryClient.invalidateQueries({ queryKey: ['listServices'] });
}
