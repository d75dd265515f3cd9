import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { open } from './dial.ts';
import type { Target } from './target.ts';

/** The longest answer to CONNECT that is read. */
const maxHeadBytes = 16_384;
const answerMs = 30_000;

/** The proxy of this network that leads to a target by the usual environment names; null: it is reached directly. */
export function upstreamFor({ host, port }: Target, env: NodeJS.ProcessEnv): URL | null {
  const value = (name: string) => env[name.toLowerCase()] ?? env[name] ?? '';
  const skipped = value('NO_PROXY')
    .split(/[\s,]+/)
    .filter((one) => one !== '')
    .map((one) => one.toLowerCase().replace(/^\*?\./, ''));
  const spared = (one: string) =>
    one === '*' || one === host || one === `${host}:${port}` || (isIP(host) === 0 && host.endsWith(`.${one}`));
  if (skipped.some(spared)) return null;
  const href = port === 80 ? value('HTTP_PROXY') : value('HTTPS_PROXY') || value('HTTP_PROXY');
  const url = href === '' ? null : URL.parse(href);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : null;
}

/** A connection to the target through the network's own proxy. @throws an error with `code` when that refuses */
export async function throughProxy(proxy: URL, { host, port }: Target, signal: AbortSignal): Promise<Socket> {
  const secure = proxy.protocol === 'https:';
  const name = proxy.hostname.replace(/^\[|\]$/g, '');
  const plain = await open({ host: name, port: Number(proxy.port) || (secure ? 443 : 80) }, signal);
  const socket = secure ? connectTls({ socket: plain, ...(isIP(name) === 0 && { servername: name }) }) : plain;
  socket.on('error', () => undefined);
  const give = (): void => void socket.destroy();
  signal.addEventListener('abort', give, { once: true });
  socket.setTimeout(answerMs, give);
  try {
    if (secure) await once(socket, 'secureConnect');
    const { username, password } = proxy;
    const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
    const authority = `${host}:${port}`;
    socket.write(
      `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n` +
        `${username === '' ? '' : `Proxy-Authorization: Basic ${login}\r\n`}\r\n`,
    );
    await readAnswer(socket);
    return socket;
  } catch (cause) {
    socket.destroy();
    throw cause;
  } finally {
    signal.removeEventListener('abort', give);
    socket.setTimeout(0);
    socket.removeListener('timeout', give);
  }
}

async function readAnswer(socket: Socket): Promise<void> {
  let head = Buffer.alloc(0);
  while (head.indexOf('\r\n\r\n') < 0) {
    if (head.length > maxHeadBytes || socket.destroyed || socket.readableEnded) throw refusal('EPROTO');
    const piece = socket.read() as Buffer | null;
    if (piece === null) await new Promise((resolve) => socket.once('readable', resolve).once('close', resolve));
    else head = Buffer.concat([head, piece]);
  }
  const end = head.indexOf('\r\n\r\n') + 4;
  if (!/^HTTP\/1\.[01] 200\b/.test(head.toString('latin1', 0, 64))) throw refusal('EPROXY');
  socket.removeAllListeners('readable');
  if (end < head.length) socket.unshift(head.subarray(end));
}

function refusal(code: string): Error {
  return Object.assign(new Error('the proxy of this network did not connect'), { code });
}
