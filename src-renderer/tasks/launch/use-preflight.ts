import { useEffect, useRef, useState } from 'react';
import type { Preflight } from '../../../src-shared/api/plans.ts';
import type { AppError } from '../../../src-shared/errors.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import type { Launch, Wanted } from './use-launch.ts';

type PreflightState =
  | { readonly kind: 'none' }
  | { readonly kind: 'planning' }
  | { readonly kind: 'found'; readonly preflight: Preflight }
  | { readonly kind: 'failed'; readonly error: AppError };

interface UsePreflight {
  readonly state: PreflightState;
  readonly look: () => void;
}

/** Plans a task when it is asked to. What was found for other choices, and what is under way for them, is dropped. */
export function usePreflight(launch: Pick<Launch, 'plan'>, { backend, isOffline }: Wanted): UsePreflight {
  const choice = `${backend ?? ''}/${isOffline ? 'offline' : 'online'}`;
  const [known, setKnown] = useState<{ readonly choice: string; readonly state: PreflightState } | null>(null);
  const stopping = useRef(new AbortController());
  useEffect(
    () => () => {
      stopping.current.abort();
      setKnown(null);
    },
    [choice],
  );
  return {
    state: known?.choice === choice ? known.state : { kind: 'none' },
    look: () => {
      stopping.current.abort();
      const { signal } = (stopping.current = new AbortController());
      const show = (state: PreflightState) => {
        if (!signal.aborted) setKnown({ choice, state });
      };
      show({ kind: 'planning' });
      launch.plan({ backend, isOffline }, signal).then(
        (preflight) => {
          show({ kind: 'found', preflight });
        },
        (cause: unknown) => {
          show({ kind: 'failed', error: toAppError(cause) });
        },
      );
    },
  };
}
