import type { UseQueryOptions, UseQueryResult } from '@tanstack/react-query';
import { QueryClient, useQuery } from '@tanstack/react-query';
import type { Client, Transport } from '../../src-shared/api/client.ts';
import { makeClient } from '../../src-shared/api/client.ts';
import type { CallInput, CallOutput, Contract, RouteName } from '../../src-shared/api/contract.ts';
import { AppError } from '../../src-shared/errors.ts';
import { windowSecretHeader } from '../../src-shared/native.ts';
import { bridge } from './native.ts';

const transport: Transport = async ({ method, path, body }, signal) => {
  const response = await fetch(path, {
    method,
    headers: { [windowSecretHeader]: bridge.secret, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
    ...(signal !== undefined && { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause;
    throw new AppError('backend_unavailable', 'The engine does not answer.', { cause });
  });
  return { status: response.status, body: pieces(response) };
};

async function* pieces(response: Response): AsyncGenerator<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    // Leaving early ends the stream at its source too.
    await reader.cancel().catch(() => undefined);
  }
}

/** The engine. Calls throw `AppError`. */
export const api: Client = makeClient(transport);

/** What the window knows of the engine's data. The event stream keeps it fresh, so nothing is asked again on focus. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 5 && error instanceof AppError && error.code === 'backend_unavailable',
      retryDelay: (attempt) => Math.min(250 * 2 ** attempt, 4_000),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

/** Calls that answer once. */
type JsonRouteName = { [N in RouteName]: Contract[N]['answer'] extends { kind: 'json' } ? N : never }[RouteName];
type ApiOptions<N extends JsonRouteName> = Omit<UseQueryOptions<CallOutput<N>, Error>, 'queryKey' | 'queryFn'>;

/** A call's answer as a query, under the key `[name, input]`. */
export function useApi<N extends JsonRouteName>(
  name: N,
  input: CallInput<N>,
  options: ApiOptions<N> = {},
): UseQueryResult<CallOutput<N>, Error> {
  return useQuery<CallOutput<N>, Error>({
    queryKey: [name, input],
    queryFn: ({ signal }) => api(name, input, signal),
    ...options,
  });
}
