import type { UseQueryResult } from '@tanstack/react-query';
import type { Spending } from '../../src-shared/api/spending.ts';
import { useApi } from './api.ts';

/** While something may bill, and while nothing does, ms: what happens at a provider is no event of a job. */
const busyMs = 5_000;
const idleMs = 15_000;

/** What costs money now, asked again and again; the rail and the place of costs share the answer. */
export function useSpending(): UseQueryResult<Spending, Error> {
  return useApi(
    'spending',
    {},
    {
      refetchInterval: ({ state }) => ((state.data?.open.length ?? 0) > 0 ? busyMs : idleMs),
      retry: false,
    },
  );
}
