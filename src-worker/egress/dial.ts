import { connect } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';

/** How long an address may take to answer: the last one, and one that others follow. */
const lastMs = 10_000;
const firstMs = 3_000;
const mostAddresses = 6;

/** Connects to the first of these addresses that answers. @throws the last error, with its `code` */
export async function dial(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  let last: unknown = new Error('no address');
  const tried = addresses.slice(0, mostAddresses);
  for (const [index, host] of tried.entries()) {
    try {
      // An address, never a name: nothing is resolved here.
      return await open({ host, port }, signal, index === tried.length - 1 ? lastMs : firstMs);
    } catch (cause) {
      signal.throwIfAborted();
      last = cause;
    }
  }
  throw last;
}

/** One connection, half-open when the other side ends first. Errors that come later are the caller's. */
export function open(where: NetConnectOpts, signal: AbortSignal, waitMs = lastMs): Promise<Socket> {
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
    socket.setTimeout(waitMs);
    socket.once('error', fail).once('timeout', late).once('connect', done);
  });
}
