import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { LaunchSheet } from '../../../src-shared/api/gate.ts';
import type { TaskId } from '../../../src-shared/api/library.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import { api } from '../../app/api.ts';
import type { Choice } from './choice.ts';
import { chosenBackend, withReplanned } from './choice.ts';

interface SheetState {
  readonly sheet: LaunchSheet | undefined;
  readonly backend: BackendId | null;
  /** The answer shown is not yet the one to what is chosen. */
  readonly isAsking: boolean;
  readonly error: Error | null;
  readonly askAgain: () => void;
}

/** What a sheet is asked about. */
interface SheetOf {
  readonly taskId: TaskId;
  readonly text: string;
  readonly isOffline: boolean;
  readonly choice: Choice;
}

/**
 * The launch sheet's data: asked anew each time that the sheet opens, since prices and back ends change. The last answer stays while
 * another is on its way, so that nothing jumps.
 */
export function useLaunchSheet({ taskId, text, isOffline, choice }: SheetOf): SheetState {
  const given = { text, from: taskId, offline: isOffline };
  const fresh = { placeholderData: keepPreviousData, staleTime: 0, gcTime: 0, retry: false, refetchOnReconnect: false };
  const all = useQuery({
    queryKey: ['launchSheet', given],
    queryFn: ({ signal }) => api('launchSheet', given, signal),
    ...fresh,
  });
  const backend = chosenBackend(all.data, choice);
  const candidate = backend === null ? undefined : choice.candidates[backend];
  const again = useQuery({
    queryKey: ['launchSheet', { ...given, backend, candidate }],
    queryFn: ({ signal }) =>
      api('launchSheet', { ...given, ...(backend !== null && { backend }), candidate: candidate ?? '' }, signal),
    enabled: candidate !== undefined,
    ...fresh,
  });
  const isAgain = candidate !== undefined;
  return {
    sheet: all.data === undefined ? undefined : withReplanned(all.data, isAgain ? again.data : undefined, backend),
    backend,
    isAsking: all.isFetching || (isAgain && again.isFetching),
    error: all.error ?? (isAgain ? again.error : null),
    askAgain: () => {
      void all.refetch();
      if (isAgain) void again.refetch();
    },
  };
}
