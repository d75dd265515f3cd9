import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { readEndpoint } from '../../src-main/client/endpoint.ts';
import { callerHeader } from '../../src-shared/native.ts';

export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  /** Another token than the agents'. */
  readonly token?: string | undefined;
}

/** Sends a request to the data root's engine exactly as written: no address is tidied up on the way. */
export function askEngine(root: DataRoot, path: string, asking: Asking = {}): Promise<RawReply> {
  const endpoint = readEndpoint(root);
  if (endpoint === null) throw new Error('no engine has this data root');
  const { method = 'GET', headers = {}, body, token = endpoint.agentToken } = asking;
  return new Promise((resolve, reject) => {
    const sent = request(
      { socketPath: endpoint.socket, method, path, headers: { authorization: `Bearer ${token}`, ...headers } },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A call as the shell passes it on for a page in its window. */
export function askThroughWindow(root: DataRoot, path: string, body?: unknown): Promise<RawReply> {
  return askEngine(root, path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { [callerHeader]: 'window' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}
