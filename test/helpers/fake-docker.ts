import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What the engine has and says; what is left out is answered with 404. */
export interface FakeDocker {
  /** Images by name: what `inspect` answers. */
  readonly images: Record<string, object>;
  /** Digest by name, as a registry would say it. */
  readonly registry: Record<string, string>;
  /** Lines that a pull of this name sends; the image is there afterwards if `then` is given. */
  readonly pulls: Record<string, { readonly lines: readonly object[]; readonly then?: object }>;
}

export interface FakeEngine {
  /** As DOCKER_HOST has it. */
  readonly host: string;
  /** Method and path of every request, in their order, with what the registry login was. */
  readonly asked: string[];
}

/** A container engine that speaks only of images: the real API over a real socket, with answers that a test chooses. */
export async function startFakeDocker(fake: FakeDocker): Promise<FakeEngine> {
  // The path of a socket must be short.
  const folder = mkdtempSync(join(tmpdir(), 'fd-'));
  const socket = join(folder, 's');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    answer(fake, request, response, asked);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { host: `unix://${socket}`, asked };
}

function answer(fake: FakeDocker, request: IncomingMessage, response: ServerResponse, asked: string[]): void {
  const url = new URL(request.url ?? '/', 'http://docker');
  const path = decodeURIComponent(url.pathname).replace(/^\/v1\.\d+/, '');
  const login = request.headers['x-registry-auth'];
  asked.push(`${request.method ?? ''} ${path}${url.search === '' ? '' : decodeURIComponent(url.search)}`);
  if (typeof login === 'string') asked.push(`login ${Buffer.from(login, 'base64').toString('utf8')}`);
  const json = (value: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  const missing = () => {
    json({ message: 'no such thing' }, 404);
  };
  if (path === '/info') json({ ServerVersion: '1', OSType: 'linux', Architecture: 'x86_64', NCPU: 4, MemTotal: 16e9 });
  else if (path === '/version') json({ ApiVersion: '1.41', Version: '1' });
  else if (path === '/images/json') json(Object.values(fake.images));
  else if (path === '/images/create') {
    const name = `${url.searchParams.get('fromImage') ?? ''}${tagOf(url.searchParams.get('tag'))}`;
    const pull = fake.pulls[name];
    if (pull === undefined) {
      missing();
      return;
    }
    if (pull.then !== undefined) fake.images[name] = pull.then;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(pull.lines.map((line) => `${JSON.stringify(line)}\r\n`).join(''));
  } else {
    const [, kind, name = '', end] = /^\/(images|distribution)\/(.+)\/(json)$/.exec(path) ?? [];
    const found = kind === 'images' ? fake.images[name] : undefined;
    const digest = kind === 'distribution' ? fake.registry[name] : undefined;
    if (end === undefined || (found === undefined && digest === undefined)) missing();
    else json(found ?? { Descriptor: { digest, size: 1, mediaType: 'x' } });
  }
}

function tagOf(tag: string | null): string {
  if (tag === null || tag === '') return '';
  return tag.includes(':') ? `@${tag}` : `:${tag}`;
}
