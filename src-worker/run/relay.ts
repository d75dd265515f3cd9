import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../src-shared/errors.ts';
import { relayPort } from '../../src-shared/egress.ts';

/** The proxy is started together with the worker: it may take so long to be there. */
const startMs = 15_000;
const againMs = 50;

/**
 * Inside a sandbox with a network of its own, the worker's proxy is a Unix socket that is bound into it, and programs reach
 * proxies by port only: this forwards a port of the sandbox's own loopback to that socket. Does nothing where the launcher
 * names no socket. Holds the proxy for as long as this process lives.
 */
export async function openRelay(env: NodeJS.ProcessEnv): Promise<void> {
  const path = env['TRANSECT_EGRESS_SOCKET'];
  if (path === undefined) return;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => void forward(client, path));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new AppError('internal', `The way to the run’s proxy could not be opened: ${cause.message}`, { cause }));
    });
    server.listen(relayPort, '127.0.0.1', resolve);
  });
  server.unref();
  void lease(path);
}

async function forward(client: Socket, path: string): Promise<void> {
  client.on('error', () => undefined);
  const proxy = await reach(path);
  if (proxy === null || client.destroyed) {
    client.destroy();
    proxy?.destroy();
    return;
  }
  for (const [from, to] of [
    [client, proxy],
    [proxy, client],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => {
      if (!from.readableEnded || !from.writableFinished) to.destroy();
    });
    from.pipe(to);
  }
}

async function reach(path: string): Promise<Socket | null> {
  for (const end = performance.now() + startMs; performance.now() < end; await sleep(againMs)) {
    const socket = await new Promise<Socket | null>((resolve) => {
      const trying = connect({ path, allowHalfOpen: true });
      trying.once('connect', () => resolve(trying));
      trying.on('error', () => resolve(null));
    });
    if (socket !== null) return socket;
  }
  return null;
}

/** Asks for something that is never answered to its end: the proxy sees by it whether its worker lives. */
async function lease(path: string): Promise<void> {
  const first = await reach(path);
  first?.destroy();
  if (first === null) return;
  const held = request({ socketPath: path, path: '/lease', agent: false }, (answer) => answer.resume());
  held.on('error', () => undefined);
  held.on('socket', (socket) => socket.unref());
  held.end();
}
