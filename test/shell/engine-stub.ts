import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Connection } from '../../src-main/client/connect.ts';
import { socketTransport } from '../../src-main/client/socket-transport.ts';
import { EngineLink } from '../../src-main/shell/engine-link.ts';
import { makeClient } from '../../src-shared/api/client.ts';
import { transectVersion } from '../../src-shared/version.ts';
import { tempFolder } from '../helpers/temp.ts';

/** A server on a socket in the engine's place: what the proxy does to requests can be seen there. */
export interface Listener {
  readonly connection: Connection;
  /** Ends it and everything that is connected. */
  end(): Promise<void>;
}

export const token = 'a-token-of-at-least-thirty-two-characters';

export async function listenInEnginesPlace(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listener> {
  const socket = join(tempFolder(), 'engine.sock');
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(socket, done));
  const end = () =>
    new Promise<void>((done) => {
      server.close(() => {
        done();
      });
      server.closeAllConnections();
    });
  onTestFinished(end);
  const endpoint = { v: 1 as const, pid: process.pid, version: transectVersion, socket, agentToken: token };
  const health = {
    name: 'transect-engine' as const,
    version: transectVersion,
    apiVersion: 1,
    workerVersion: transectVersion,
    pid: process.pid,
    dataRoot: '/nowhere',
    startedAt: '2026-01-01T00:00:00Z',
    epoch: 'e',
    cursor: 0,
    running: 0,
    queued: 0,
  };
  return { end, connection: { endpoint, health, client: makeClient(socketTransport(endpoint)) } };
}

/** A link that connects to these one after the other, and then fails. */
export function linkTo(...listeners: readonly Listener[]): EngineLink {
  const rest = [...listeners];
  return new EngineLink({
    connect: () => {
      const next = rest.shift();
      return next === undefined ? Promise.reject(new Error('no engine')) : Promise.resolve(next.connection);
    },
    onState: () => undefined,
  });
}
