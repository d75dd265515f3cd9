import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { transectVersion } from '../../../src-shared/version.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { socketPath } from '../../client/data-root.ts';
import type { Endpoint } from '../../client/endpoint.ts';
import { readEndpoint } from '../../client/endpoint.ts';
import { writeFileAtomic } from '../store/files.ts';

export interface Listening {
  /** Requests and streams under way. */
  readonly connections: () => number;
  /** When the last request began or ended, ms since the epoch. */
  readonly lastUse: () => number;
  /** Takes the endpoint away, so that no new client comes; calls under way are still answered. */
  retire(): void;
  close(): Promise<void>;
}

/** Serves the app on the data root's socket, and then says so in `engine.json`. Call only with the lock held. */
export async function listen(app: Hono, root: DataRoot, agentToken: string): Promise<Listening> {
  const socket = socketPath(root, randomBytes(4).toString('hex'));
  let open = 0;
  let lastUse = Date.now();
  const answer = getRequestListener(app.fetch);
  const server: Server = createServer((request, response) => {
    open += 1;
    lastUse = Date.now();
    response.on('close', () => {
      open -= 1;
      lastUse = Date.now();
    });
    void answer(request, response);
  });
  // The lock is ours, so an endpoint that is there is a dead engine's.
  const left = readEndpoint(root);
  if (left !== null && dirname(left.socket) === dirname(socket)) rmSync(left.socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  if (process.platform !== 'win32') chmodSync(socket, 0o600);
  const endpoint: Endpoint = { v: 1, pid: process.pid, version: transectVersion, socket, agentToken };
  writeFileAtomic(root.endpointFile, `${JSON.stringify(endpoint, null, 2)}\n`);
  const retire = () => {
    rmSync(root.endpointFile, { force: true });
  };
  return {
    connections: () => open,
    lastUse: () => lastUse,
    retire,
    close: () =>
      new Promise((resolve) => {
        retire();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
