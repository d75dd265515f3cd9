import { AppError, type ErrorData } from '../errors.ts';
import type { CallInput, CallOutput, RouteName } from './contract.ts';
import { ErrorAnswer, contract } from './contract.ts';

/** An answer as a transport gives it: status and a body that arrives in pieces of text. */
export interface RawAnswer {
  readonly status: number;
  readonly body: AsyncIterable<string>;
}

/** Sends one request to the engine: a socket in Node, `fetch` in the window. */
export type Transport = (
  request: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body: string | undefined },
  signal: AbortSignal | undefined,
) => Promise<RawAnswer>;

export type Client = <N extends RouteName>(
  name: N,
  input: CallInput<N>,
  signal?: AbortSignal,
) => Promise<CallOutput<N>>;

/** The typed client of the contract. Answers are parsed again here; errors arrive as `AppError`. */
export function makeClient(transport: Transport): Client {
  return async (name, input, signal) => {
    const route = contract[name];
    const given = { ...(input as Record<string, unknown>) };
    const path = route.path.replace(/:(\w+)/g, (_, key: string) => {
      const value = String(given[key]);
      Reflect.deleteProperty(given, key);
      return encodeURIComponent(value);
    });
    const query = 'query' in route ? queryOf(given) : '';
    const body = 'body' in route ? JSON.stringify(route.body.parse(given)) : undefined;
    const answer = await transport({ method: route.method, path: path + query, body }, signal);
    if (answer.status < 200 || answer.status > 299) throw await errorOf(answer);
    const { answer: expected } = route;
    if (expected.kind === 'json')
      return expected.schema.parse(JSON.parse(await textOf(answer.body))) as CallOutput<typeof name>;
    if (expected.kind === 'text') return answer.body as CallOutput<typeof name>;
    return parseLines(answer.body, (line) => {
      const value: unknown = JSON.parse(line);
      // A stream that failed on its way says so in its last line.
      const failure = ErrorAnswer.safeParse(value);
      if (failure.success) throw AppError.fromData(failure.data.error);
      return expected.schema.parse(value);
    }) as CallOutput<typeof name>;
  };
}

function queryOf(given: Record<string, unknown>): string {
  const pairs = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`);
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

async function textOf(body: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of body) text += piece;
  return text;
}

async function* parseLines<T>(body: AsyncIterable<string>, parse: (line: string) => T): AsyncGenerator<T> {
  let rest = '';
  for await (const piece of body) {
    const parts = (rest + piece).split('\n');
    rest = parts.pop() ?? '';
    // JSON lines may be empty.
    for (const line of parts) if (line !== '') yield parse(line);
  }
  if (rest !== '') yield parse(rest);
}

async function errorOf(answer: RawAnswer): Promise<AppError> {
  const text = await textOf(answer.body);
  try {
    return AppError.fromData(ErrorAnswer.parse(JSON.parse(text)).error);
  } catch (cause) {
    const data: ErrorData = {
      code: 'internal',
      message: `The engine answered ${answer.status}: ${text.slice(0, 200)}`,
      retryable: false,
    };
    return new AppError(data.code, data.message, { cause });
  }
}
