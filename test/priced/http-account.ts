import { AppError, ErrorData } from '../../src-shared/errors.ts';
import type { Account, CallName, Calls } from './calls.ts';
import type { Command } from './provider-server.ts';

/** The provider in a process of its own, as a back end reaches it. */
export class HttpAccount implements Account {
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  async ask<N extends CallName>(name: N, input: Calls[N]['in'], signal: AbortSignal): Promise<Calls[N]['out']> {
    return (await post(`${this.#address}/ask/${name}`, input, signal)) as Calls[N]['out'];
  }
}

/** What only tests can do to that provider. */
export async function command(address: string, order: Command): Promise<unknown> {
  return post(`${address}/command`, order, AbortSignal.timeout(10_000));
}

async function post(address: string, body: unknown, signal: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(address, { method: 'POST', body: JSON.stringify(body), signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new AppError('backend_unavailable', 'The provider can’t be reached.', { cause });
  }
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  throw AppError.fromData(ErrorData.parse(answer));
}
