import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { AppError } from '../../src-shared/errors.ts';
import type { RawAnswer, Transport } from '../../src-shared/api/client.ts';
import { ownerHeader } from '../../src-shared/api/owner.ts';
import type { Endpoint } from './endpoint.ts';

/** A transport over the engine's Unix socket or named pipe. @param ownerToken of a session that a person opened */
export function socketTransport(endpoint: Endpoint, ownerToken?: string): Transport {
  return ({ method, path, body }, signal) =>
    new Promise<RawAnswer>((resolve, reject) => {
      const sent = request({
        socketPath: endpoint.socket,
        method,
        path,
        headers: {
          authorization: `Bearer ${endpoint.agentToken}`,
          ...(ownerToken !== undefined && { [ownerHeader]: ownerToken }),
          ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
        ...(signal !== undefined && { signal }),
      });
      sent.on('error', (cause) => {
        reject(signal?.aborted === true ? cause : unreachable(cause));
      });
      sent.on('response', (response) => {
        response.setEncoding('utf8');
        resolve({ status: response.statusCode ?? 500, body: pieces(response) });
      });
      sent.end(body);
    });
}

/** The body in pieces; a connection that breaks in the middle is the engine's absence, not a defect. */
async function* pieces(response: IncomingMessage): AsyncGenerator<string> {
  try {
    for await (const piece of response) yield piece as string;
  } catch (cause) {
    throw unreachable(cause as Error);
  }
}

function unreachable(cause: Error): AppError {
  return new AppError('backend_unavailable', `The engine does not answer: ${cause.message}`, {
    remedy: 'Run the command again; it starts an engine.',
    cause,
  });
}
