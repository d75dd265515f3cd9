import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import { FoundHosts } from '../../src-shared/egress.ts';
import type { Admissions } from './admission.ts';
import type { EventLog } from './event-log.ts';
import { parseAbsolute, parseAuthority } from './target.ts';
import { joinStreams } from './tunnel.ts';
import type { Opened, WayOut } from './way-out.ts';

export interface ProxyParts {
  readonly way: WayOut;
  readonly admissions: Admissions;
  readonly events: EventLog;
  /** A client holds the proxy while its `GET /lease` is open; called with how many do. */
  readonly onLease: (leases: number) => void;
}

/** Headers that are for the next hop only (RFC 9110, 7.6.1), and those that the proxy sets itself. */
const hopByHop = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te'];
const dropped = new Set([...hopByHop, 'trailer', 'transfer-encoding', 'upgrade', 'host']);

const maxBodyBytes = 4_000_000;

/** The proxy: CONNECT tunnels, plain requests with an absolute address, and two of its own for the run (`/hosts`, `/lease`). */
export function makeProxy(parts: ProxyParts): Server {
  const server = createServer({
    maxHeaderSize: 32_768,
    headersTimeout: 30_000,
    requestTimeout: 0,
    keepAliveTimeout: 30_000,
    noDelay: true,
  });
  server.maxConnections = 1_000;
  let leases = 0;
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => undefined);
    void tunnel(parts, request.url ?? '', client, head);
  });
  server.on('clientError', (_cause, client: Duplex) => {
    if (client.writable) client.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    else client.destroy();
  });
  server.on('request', (request, response) => {
    response.on('error', () => undefined);
    if (request.method === 'GET' && request.url === '/lease') {
      leases += 1;
      parts.onLease(leases);
      response.writeHead(200).flushHeaders();
      response.on('close', () => {
        leases -= 1;
        parts.onLease(leases);
      });
    } else if (request.method === 'POST' && request.url === '/hosts') void addHosts(parts, request, response);
    else void forward(parts, request, response);
  });
  return server;
}

async function tunnel({ way }: ProxyParts, authority: string, client: Duplex, head: Buffer): Promise<void> {
  const target = parseAuthority(authority);
  const gone = goneSignal(client);
  const opened: Opened =
    target === null ? way.refuse(authority, 403, 'this is no host and port') : await way.open(target, gone.signal);
  if (opened.socket === null) {
    client.end(
      `HTTP/1.1 ${opened.status} ${statusWords[opened.status]}\r\nconnection: close\r\n` +
        `content-type: text/plain\r\n\r\n${opened.reason}\n`,
    );
    // A client that does not read its answer must not stay.
    setTimeout(() => client.destroy(), 5_000).unref();
    return;
  }
  if (client.destroyed) {
    opened.socket.destroy();
    return;
  }
  client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  if (head.length > 0) opened.socket.write(head);
  joinStreams(client, opened.socket);
}

async function forward({ way }: ProxyParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refuse = (status: number, reason: string) => {
    if (response.headersSent) response.destroy();
    else response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${reason}\n`);
    request.resume();
  };
  const target = parseAbsolute(request.url ?? '');
  if (target === null) {
    way.refuse((request.url ?? '').split(/[?#]/, 1)[0] ?? '', 403, 'this is no absolute http address');
    refuse(400, 'this proxy takes CONNECT and absolute http addresses');
    return;
  }
  const opened = await way.open(target, goneSignal(response).signal);
  if (opened.socket === null) {
    refuse(opened.status, opened.reason);
    return;
  }
  const { socket } = opened;
  const headers = Object.entries(request.headersDistinct).filter(([name]) => !dropped.has(name));
  const host = target.port === 80 ? target.host : `${target.host}:${target.port}`;
  const outgoing = ask({
    method: request.method ?? 'GET',
    path: target.path,
    headers: { ...Object.fromEntries(headers), host, connection: 'close' },
    createConnection: () => socket,
  });
  outgoing.on('socket', () => socket.resume());
  outgoing.on('response', (answer) => {
    const kept = Object.entries(answer.headersDistinct).filter(([name]) => !dropped.has(name));
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept) as Record<string, string[]>);
    pipeline(answer, response, () => socket.destroy());
  });
  outgoing.on('error', () => {
    socket.destroy();
    refuse(502, 'the server broke the connection');
  });
  response.on('close', () => socket.destroy());
  pipeline(request, outgoing, () => undefined);
}

const statusWords = { 403: 'Forbidden', 502: 'Bad Gateway', 504: 'Gateway Timeout' } as const;

async function addHosts(parts: ProxyParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of request as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > maxBodyBytes) throw new Error('too large');
      pieces.push(piece);
    }
    const { hosts, last } = FoundHosts.parse(JSON.parse(Buffer.concat(pieces).toString('utf8')));
    const added = parts.admissions.add(hosts, last);
    for (const host of added ?? [])
      parts.events.add({ host, verdict: 'admitted', reason: 'found by the search of the run', bytes: 0 });
    response.writeHead(added === null ? 403 : 204).end();
  } catch {
    response.writeHead(400, { connection: 'close' }).end();
  }
}

/** A signal for work that is of no use once its client has gone. */
function goneSignal(client: Duplex | ServerResponse): AbortController {
  const gone = new AbortController();
  client.once('close', () => gone.abort(new Error('the client has gone')));
  return gone;
}
