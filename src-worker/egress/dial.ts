import { connect } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';

/** How long one address may take to answer. */
const attemptMs = 10_000;

/** Connects to the first of these addresses that answers. @throws the last error, with its `code` */
export async function dial(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  let last: unknown = new Error('no address');
  for (const host of addresses) {
    try {
      // An address, never a name: nothing is resolved here.
      return await open({ host, port }, signal);
    } catch (cause) {
      signal.throwIfAborted();
      last = cause;
    }
  }
  throw last;
}

/** One connection, half-open when the other side ends first. Errors that come later are the caller's. */
export function open(where: NetConnectOpts, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = connect({ ...where, allowHalfOpen: true, noDelay: true });
    const settle = () => {
      signal.removeEventListener('abort', stop);
      socket.off('error', fail).off('timeout', late).off('connect', done);
      socket.setTimeout(0);
    };
    const fail = (cause: Error) => {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(cause);
    };
    const stop = () => fail(signal.reason as Error);
    const late = () => fail(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    const done = () => {
      settle();
      // Until the caller listens; an error without a listener would end the proxy.
      socket.on('error', () => undefined);
      resolve(socket);
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.setTimeout(attemptMs);
    socket.once('error', fail).once('timeout', late).once('connect', done);
  });
}
