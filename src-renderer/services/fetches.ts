import { useSyncExternalStore } from 'react';
import type { ImageStep } from '../../src-shared/api/images.ts';
import { toAppError } from '../../src-shared/errors.ts';
import { api, queryClient } from '../app/api.ts';
import { report, toast } from '../ui/toast.tsx';

interface Fetching {
  /** Null until the engine has said something. */
  readonly step: ImageStep | null;
  readonly stop: () => void;
}

// Fetching takes minutes, and goes on while other places are looked at.
let running: ReadonlyMap<string, Fetching> = new Map();
const listeners = new Set<() => void>();

function put(name: string, fetching: Fetching | null): void {
  const next = new Map(running);
  if (fetching === null) next.delete(name);
  else next.set(name, fetching);
  running = next;
  for (const listener of listeners) listener();
}

/** How far the fetching of a service's image is; undefined when it is not being fetched. */
export function useFetching(name: string): Fetching | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => running.get(name),
  );
}

/** Fetches a service's image, once however often it is asked for. Tells in a toast how it ended. */
export async function fetchImage(name: string): Promise<void> {
  if (running.has(name)) return;
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort();
  };
  put(name, { step: null, stop });
  try {
    for await (const step of await api('pullService', { name }, stopping.signal)) put(name, { step, stop });
    toast({ title: `${name} is on this machine` });
  } catch (cause) {
    if (stopping.signal.aborted) toast({ title: `Stopped fetching ${name}` });
    else report(toAppError(cause));
  } finally {
    put(name, null);
    await queryClient.invalidateQueries({ queryKey: ['listServices'] });
  }
}
