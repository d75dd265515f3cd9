import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, request } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EgressEvent, EgressPolicy } from '../../src-shared/egress.ts';
import { Reach } from '../../src-worker/run/reach.ts';
import { until } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';

const worker = resolve(import.meta.dirname, '../../out/worker/worker.js');

interface Proxy {
  readonly child: ChildProcess;
  readonly socket: string;
  readonly folder: string;
  events(): EgressEvent[];
}

/** The proxy program on a socket, as the process back end starts it. */
async function startProxy(policy: Partial<EgressPolicy>, env: Record<string, string> = {}): Promise<Proxy> {
  const folder = tempFolder();
  const [file, socket, log] = ['policy.json', 's', 'egress.ndjson'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const hosts = policy.named ?? [];
  writeFileSync(file, JSON.stringify(EgressPolicy.parse({ v: 1, hosts, named: hosts, maxBytes: 1e9, ...policy })));
  const child = spawn(
    process.execPath,
    [worker, '--egress', file, '--socket', socket, '--events', log, '--status', join(folder, 'status.json')],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env['PATH'] ?? '', ...env } },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await until('the proxy to listen', 45_000, () => existsSync(socket));
  const events = () =>
    !existsSync(log)
      ? []
      : readFileSync(log, 'utf8')
          .trimEnd()
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => EgressEvent.parse(JSON.parse(line)));
  return { child, socket, folder, events };
}

/** A TCP server on loopback; every connection is handed over. */
async function startServer(serve: (socket: Socket) => void): Promise<{ host: string; server: Server }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** Sends bytes to the proxy and gives all that comes back until it closes, or until `enough`. */
async function exchange(
  proxy: Proxy,
  bytes: string | Buffer,
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  const socket = connect(proxy.socket);
  socket.on('error', () => undefined);
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
    if (enough(text)) socket.destroy();
  });
  socket.write(bytes);
  await new Promise((fulfil) => socket.on('close', fulfil));
  return text;
}

function connectTo(host: string): string {
  return `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}

describe('the egress proxy', () => {
  it('admits what the policy names, and refuses everything else with the reason', async () => {
    const { host } = await startServer((socket) => socket.end('hello'));
    const port = host.split(':')[1] ?? '';
    const proxy = await startProxy({ named: [host] });
    expect(await exchange(proxy, connectTo(host))).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nhello$/);
    for (const other of [
      `localhost:${port}`,
      `127.0.0.2:${port}`,
      `[::1]:${port}`,
      '169.254.169.254:80',
      '127.0.0.1:22',
    ])
      expect(await exchange(proxy, connectTo(other))).toMatch(/^HTTP\/1\.1 403 /);
    // Another way to write the same address is the same address.
    expect(await exchange(proxy, connectTo(`0x7f.1:${port}`))).toContain('hello');
    await until('the events', 20_000, () => proxy.events().length === 7);
    expect(proxy.events()[0]).toMatchObject({ host, verdict: 'admitted', bytes: 5, reason: null });
    expect(proxy.events()[1]).toMatchObject({ host: `localhost:${port}`, verdict: 'refused', bytes: 0 });
  });

  it('forwards plain requests, as one request each, without what is for the proxy alone', async () => {
    let heard = '';
    const { host } = await startServer((socket) => {
      socket.on('data', (piece) => {
        heard += piece.toString('latin1');
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok');
      });
    });
    const proxy = await startProxy({ named: [host] });
    const head = `Host: other.example\r\nProxy-Authorization: Basic c2VjcmV0\r\nConnection: close\r\n\r\n`;
    expect(await exchange(proxy, `GET http://${host}/a?b HTTP/1.1\r\n${head}`)).toMatch(/^HTTP\/1\.1 200 OK[^]*ok$/);
    expect(heard).toMatch(/^GET \/a\?b HTTP\/1\.1\r\n/);
    expect(heard.toLowerCase()).toContain(`\r\nhost: ${host}\r\n`);
    expect(heard).not.toMatch(/other\.example|secret|c2VjcmV0/);
    expect(await exchange(proxy, `GET http://127.0.0.1:1/ HTTP/1.1\r\n${head}`)).toMatch(/^HTTP\/1\.1 403 /);
    for (const path of ['/', '*', '/hosts', 'https://example.com/', `http://u:p@${host}/`])
      expect(await exchange(proxy, `GET ${path} HTTP/1.1\r\n${head}`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.stringify(proxy.events())).not.toContain('?');
  });

  it('cuts what would exceed the limit, on every connection, and lets nothing more through', async () => {
    const { host } = await startServer((socket) => {
      const send = () => {
        while (socket.writable && socket.write(Buffer.alloc(65_536)));
      };
      socket.on('drain', send);
      send();
    });
    const proxy = await startProxy({ named: [host], maxBytes: 1_000_000 });
    const waiting = exchange(proxy, connectTo(host));
    const [first, second] = await Promise.all([waiting, exchange(proxy, connectTo(host))]);
    expect(first.length + second.length).toBeLessThan(1_000_000 + 4 * 65_536 + 200);
    expect(await exchange(proxy, connectTo(host))).toMatch(/^HTTP\/1\.1 403 /);
    await until('the cut to be written down', 20_000, () => proxy.events().some(({ verdict }) => verdict === 'cut'));
  });

  it('passes each direction on to its end', async () => {
    const { host } = await startServer((socket) => {
      let heard = '';
      socket.on('data', (piece) => (heard += piece.toString()));
      socket.on('end', () => socket.end(`heard ${heard.length}`));
    });
    const proxy = await startProxy({ named: [host] });
    const socket = connect({ path: proxy.socket, allowHalfOpen: true });
    let text = '';
    socket.on('data', (piece) => (text += piece.toString()));
    socket.write(connectTo(host));
    socket.end(Buffer.alloc(300_000, 'x'));
    await once(socket, 'close');
    expect(text).toMatch(/heard 300000$/);
  });

  it('outlives slow, silent, broken, huge and senseless clients', async () => {
    const { host } = await startServer((socket) => socket.end('hello'));
    const proxy = await startProxy({ named: [host] });
    const silent = Array.from({ length: 50 }, () => connect(proxy.socket).on('error', () => undefined));
    onTestFinished(() => silent.forEach((socket) => socket.destroy()));
    const answers = await Promise.all([
      exchange(proxy, `CONNECT ${'a'.repeat(100_000)}:443 HTTP/1.1\r\n\r\n`),
      exchange(proxy, `GET / HTTP/1.1\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`),
      exchange(proxy, '\r\n\r\nnonsense\r\n\r\n'),
      exchange(proxy, Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00])),
      exchange(
        proxy,
        'POST http://127.0.0.1:1/ HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ),
      exchange(proxy, `POST /hosts HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\nContent-Length: 3\r\n\r\n{{{`),
    ]);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    for (const socket of silent) socket.write('CONNECT 127');
    for (const socket of silent.slice(0, 25)) socket.destroy();
    expect(await exchange(proxy, connectTo(host))).toContain('hello');
    expect(proxy.child.exitCode).toBeNull();
  });

  it('answers any bytes or none, reaches nothing that is not listed, and lives on', async () => {
    const reached: string[] = [];
    const { host } = await startServer((socket) => {
      reached.push('other');
      socket.end();
    });
    const proxy = await startProxy({ named: ['127.0.0.1:1'] });
    const word = fc.constantFrom(
      'CONNECT',
      'GET',
      'POST',
      ' ',
      '\r\n',
      '\r\n\r\n',
      ':',
      'HTTP/1.1',
      `http://${host}/`,
      host,
      '\u0000',
      'Host: ',
    );
    const bytes = fc.oneof(
      fc.array(fc.oneof(word, fc.string({ maxLength: 20 })), { maxLength: 12 }).map((words) => words.join('')),
      fc.string({ maxLength: 60 }).map((text) => `CONNECT ${text}${host} HTTP/1.1\r\nHost: x\r\n\r\n`),
      fc.string({ maxLength: 60 }).map((text) => `GET http://${text}@${host}/ HTTP/1.1\r\nHost: x\r\n\r\n`),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (text) => {
        const socket = connect(proxy.socket);
        socket.on('error', () => undefined);
        socket.resume();
        socket.end(text, 'latin1');
        await new Promise((fulfil) => socket.on('close', fulfil));
        expect(proxy.child.exitCode).toBeNull();
      }),
      { numRuns: 300 },
    );
    expect(reached).toEqual([]);
  });

  it('takes the hosts of a search until the last, and says so in its log', async () => {
    const proxy = await startProxy({ named: ['127.0.0.1:1'], search: true });
    const tell = (hosts: string[], last: boolean) => {
      const body = JSON.stringify({ hosts, last });
      return exchange(
        proxy,
        `POST /hosts HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    };
    const { host } = await startServer((socket) => socket.end('private'));
    expect(await tell(['tiles.example', host], false)).toMatch(/^HTTP\/1\.1 204 /);
    expect(await tell(['more.example'], true)).toMatch(/^HTTP\/1\.1 204 /);
    expect(await tell(['late.example'], true)).toMatch(/^HTTP\/1\.1 403 /);
    expect(proxy.events().map((event) => event.host)).toEqual(['tiles.example', host, 'more.example']);
    // What a search found may not lie on this machine.
    expect(await exchange(proxy, connectTo(host))).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('goes through the proxy of the network where there is one', async () => {
    let asked = '';
    const { host: upstream } = await startServer((socket) => {
      socket.on('data', (piece) => {
        asked += piece.toString('latin1');
        if (asked.includes('\r\n\r\n')) socket.end('HTTP/1.1 200 OK\r\n\r\nfrom upstream');
      });
    });
    const env = { HTTPS_PROXY: `http://me:pw@${upstream}`, NO_PROXY: 'spared.example' };
    const proxy = await startProxy({ named: ['10.9.8.7'] }, env);
    expect(await exchange(proxy, connectTo('10.9.8.7:443'))).toMatch(/ 200 [^]*from upstream$/);
    expect(asked).toMatch(/^CONNECT 10\.9\.8\.7:443 HTTP\/1\.1\r\n[^]*Proxy-Authorization: Basic bWU6cHc=/);
    expect(await exchange(proxy, connectTo('10.9.8.8:443'))).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('what a run tells its proxy', () => {
  it('is each public or private host that its search finds, once, until the search is over', async () => {
    const bodies: unknown[] = [];
    const server = createHttpServer((asked, response) => {
      let body = '';
      asked.on('data', (piece: Buffer) => (body += piece.toString()));
      asked.on('end', () => {
        bodies.push(JSON.parse(body));
        response.writeHead(204).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const env = { HTTP_PROXY: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    await new Reach([], env).allow(['https://a.example/'], true);
    expect(bodies).toEqual([]);
    const reach = new Reach(['named.example'], { ...env, TRANSECT_EGRESS_SEARCH: '1' });
    await reach.allow(['https://named.example/a', 'https://a.example/b', 'https://A.example:443/c', 's3://d/e'], false);
    await reach.allow(['https://a.example/f'], false);
    await reach.allow(['https://b.example:8443/g'], true);
    await reach.allow(['https://late.example/'], false);
    expect(bodies).toEqual([
      { hosts: ['a.example'], last: false },
      { hosts: ['b.example:8443'], last: true },
    ]);
  });
});

describe('the end of a proxy on a socket', () => {
  const ended = (proxy: Proxy) => until('the proxy to end', 45_000, () => proxy.child.exitCode !== null);

  it('comes when its socket has gone', async () => {
    const proxy = await startProxy({});
    rmSync(proxy.socket);
    await ended(proxy);
    expect(proxy.child.exitCode).toBe(0);
  });

  it('comes when the worker that held it has gone, and not before', async () => {
    const proxy = await startProxy({});
    const held = request({ socketPath: proxy.socket, path: '/lease', agent: false });
    held.on('error', () => undefined).end();
    await once(held, 'response');
    await exchange(proxy, connectTo('127.0.0.1:1'));
    expect(proxy.child.exitCode).toBeNull();
    held.destroy();
    await ended(proxy);
  });

  it('comes with a signal, and what passed is written down', async () => {
    const { host } = await startServer((socket) => socket.write('hello'));
    const proxy = await startProxy({ named: [host] });
    const open = exchange(proxy, connectTo(host));
    const waiting = connect(proxy.socket);
    onTestFinished(() => {
      waiting.destroy();
    });
    await until(
      'some bytes',
      5_000,
      async () => (await exchange(proxy, connectTo(host), (text) => text.includes('hello'))) !== '',
    );
    proxy.child.kill('SIGTERM');
    await ended(proxy);
    expect(await open).toContain('hello');
    expect(proxy.events().filter(({ verdict, bytes }) => verdict === 'admitted' && bytes === 5)).not.toEqual([]);
  });
});

it('says what is wrong with its command line or policy', async () => {
  const folder = tempFolder();
  const file = join(folder, 'policy.json');
  writeFileSync(file, JSON.stringify({ v: 1, hosts: [], named: [], maxBytes: 1 }));
  writeFileSync(join(folder, 'bad.json'), '{"v": 2}');
  for (const args of [
    ['--egress', file],
    ['--egress', file, '--listen', 'localhost:1'],
    ['--egress', join(folder, 'bad.json'), '--socket', join(folder, 's')],
    ['--egress', join(folder, 'none.json'), '--socket', join(folder, 's')],
  ]) {
    const child = spawn(process.execPath, [worker, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, JSON.parse(said)]).toMatchObject([64, { code: 'invalid_task' }]);
  }
});
