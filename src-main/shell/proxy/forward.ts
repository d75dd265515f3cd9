import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Endpoint } from '../../client/endpoint.ts';
import { bodyOf } from './body.ts';

/** A request as the engine gets it. */
export interface EngineCall {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

/** The engine's answer, or how far the call came before the socket failed. */
export type Forwarded =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: Headers;
      readonly body: ReadableStream<Uint8Array> | null;
    }
  | { readonly ok: false; /** Whether the engine may have got it. */ readonly sent: boolean; readonly cause: unknown };

/** What may pass back to the page. A list of what may, since one of what may not is never complete. */
const answerHeaders = [
  'accept-ranges',
  'cache-control',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'retry-after',
];

const withoutBody = new Set([204, 205, 304]);

/**
 * Sends one call over the engine's socket, with the engine's token. The answer's body streams. Aborting ends the call at its source.
 * @throws the signal's reason when it was aborted
 */
export function forward(endpoint: Endpoint, call: EngineCall, signal: AbortSignal): Promise<Forwarded> {
  return new Promise((resolve, reject) => {
    let sent = false;
    const outgoing = request({
      socketPath: endpoint.socket,
      method: call.method,
      path: call.path,
      headers: {
        ...call.headers,
        authorization: `Bearer ${endpoint.agentToken}`,
        ...(call.body !== null && { 'content-length': call.body.byteLength }),
      },
      // A kept connection may be closed by the engine just as it is used again; a new one costs a tenth of a millisecond.
      agent: false,
      signal,
    });
    outgoing.on('socket', (socket) => {
      socket.once('connect', () => (sent = true));
    });
    outgoing.on('error', (cause) => {
      if (signal.aborted) reject(signal.reason);
      else resolve({ ok: false, sent, cause });
    });
    outgoing.on('response', (incoming) => {
      resolve(answerOf(incoming, call.method));
    });
    outgoing.end(call.body ?? undefined);
  });
}

function answerOf(incoming: IncomingMessage, method: string): Forwarded {
  const status = incoming.statusCode ?? 500;
  const headers = new Headers();
  for (const name of answerHeaders) {
    const value = incoming.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const empty = method === 'HEAD' || withoutBody.has(status);
  if (empty) incoming.resume();
  return { ok: true, status, headers, body: empty ? null : bodyOf(incoming) };
}
