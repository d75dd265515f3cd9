import { openAsBlob } from 'node:fs';
import { text } from 'node:stream/consumers';
import { AppError } from '../../../../src-shared/errors.ts';
import { sha256Of } from '../digests.ts';
import type { Login } from './docker-auth.ts';
import { loginAt } from './docker-auth.ts';
import type { Reference } from './reference.ts';
import { isLoopback } from './reference.ts';

/** Documents of a registry are small. */
const longestDocument = 4 * 1_048_576;
/** How long a registry may take to answer, apart from the bytes of a layer. */
const answerMs = 60_000;

export interface RegistryDocument {
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly digest: string;
}

/** One repository of a registry, over the distribution API. Logs in when it is asked to, with the person’s own login. */
export class Repository {
  readonly #of: Reference;
  readonly #login: Login;
  readonly #actions: string;
  readonly #signal: AbortSignal;
  #authorization: string | null = null;

  /** @throws AppError `denied` when a push would need a login that lies with one of Docker’s helper programs */
  constructor(of: Reference, actions: 'pull' | 'pull,push', env: NodeJS.ProcessEnv, signal: AbortSignal) {
    this.#of = of;
    this.#actions = actions;
    this.#signal = signal;
    this.#login = loginAt(of.registry, env);
    if (this.#login.kind === 'helper' && actions !== 'pull') throw helperRefused(of, this.#login);
  }

  /** A manifest or index by tag or digest. @throws AppError `not_found` when there is none */
  async manifest(name: string, accept: readonly string[]): Promise<RegistryDocument> {
    const path = `manifests/${name}`;
    const answer = await this.#ask('GET', path, { headers: { accept: accept.join(', ') } });
    if (answer.status === 404) throw new AppError('not_found', `${this.#name()} has no image ${name}.`);
    const bytes = await documentOf(answer, this.#name());
    const digest = sha256Of(bytes);
    if (name.startsWith('sha256:') && digest !== name) throw this.#falsified(name);
    return { bytes, digest, mediaType: (answer.headers.get('content-type') ?? '').replace(/;.*/, '') };
  }

  /** A small blob, held against its digest. */
  async document(digest: string): Promise<Buffer> {
    const bytes = await documentOf(await this.#ask('GET', `blobs/${digest}`), this.#name());
    if (sha256Of(bytes) !== digest) throw this.#falsified(digest);
    return bytes;
  }

  /** The bytes of a blob as they come; whoever reads them holds them against the digest. */
  async blob(digest: string): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.#ask('GET', `blobs/${digest}`);
    if (!answer.ok || answer.body === null) throw await failed(answer, this.#name());
    return answer.body;
  }

  async hasBlob(digest: string): Promise<boolean> {
    const answer = await this.#ask('HEAD', `blobs/${digest}`);
    if (answer.ok) return true;
    if (answer.status === 404) return false;
    throw await failed(answer, this.#name());
  }

  /** Sends a blob: bytes, or the file at a path. */
  async putBlob(digest: string, content: Buffer | string): Promise<void> {
    const started = await this.#ask('POST', 'blobs/uploads/', { body: '' });
    const location = started.headers.get('location');
    if (started.status !== 202 || location === null) throw await failed(started, this.#name());
    const url = new URL(location, this.#of.url);
    url.searchParams.set('digest', digest);
    const body = typeof content === 'string' ? await openAsBlob(content) : new Blob([new Uint8Array(content)]);
    const headers = { 'content-type': 'application/octet-stream' };
    const answer = await this.#ask('PUT', url.href, { body, headers, unhurried: true });
    if (answer.status !== 201) throw await failed(answer, this.#name());
  }

  async putManifest(name: string, mediaType: string, bytes: Buffer): Promise<void> {
    const body = new Blob([new Uint8Array(bytes)]);
    const answer = await this.#ask('PUT', `manifests/${name}`, { body, headers: { 'content-type': mediaType } });
    if (answer.status !== 201) throw await failed(answer, this.#name());
  }

  async #ask(
    method: string,
    path: string,
    {
      headers = {},
      body,
      unhurried = false,
    }: { headers?: Record<string, string>; body?: Blob | string; unhurried?: boolean } = {},
  ): Promise<Response> {
    const url = new URL(path, `${this.#of.url}/v2/${this.#of.repository}/`);
    // A registry may send uploads elsewhere; the login is for itself alone.
    const own = url.origin === new URL(this.#of.url).origin;
    const send = () =>
      this.#fetch(
        url,
        {
          method,
          headers: { ...headers, ...(own && this.#authorization !== null && { authorization: this.#authorization }) },
          ...(body !== undefined && { body }),
        },
        unhurried,
      );
    const answer = await send();
    if (answer.status !== 401 || !own) return answer;
    await answer.body?.cancel();
    await this.#logIn(answer.headers.get('www-authenticate') ?? '');
    const again = await send();
    if (again.status !== 401 && again.status !== 403) return again;
    throw this.#refused(await said(again));
  }

  /** The answer’s head must come in time; a layer’s bytes may take as long as they come. */
  async #fetch(url: URL, init: RequestInit, unhurried: boolean): Promise<Response> {
    const patience = new AbortController();
    const timer = unhurried
      ? undefined
      : setTimeout(() => {
          patience.abort(new Error(`no answer within ${answerMs / 1000} s`));
        }, answerMs);
    try {
      return await fetch(url, { ...init, signal: AbortSignal.any([this.#signal, patience.signal]) });
    } catch (cause) {
      this.#signal.throwIfAborted();
      const { cause: deeper, message } = cause as Error;
      const reason = deeper instanceof Error ? deeper.message : message;
      throw new AppError('backend_unavailable', `The registry ${this.#of.registry} cannot be reached: ${reason}`, {
        cause,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async #logIn(challenge: string): Promise<void> {
    const basic = this.#login.kind === 'basic' ? this.#login.header : null;
    if (/^basic/i.test(challenge)) {
      if (basic === null) throw this.#refused('it wants a login');
      this.#authorization = basic;
      return;
    }
    const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
    const realm = fields.get('realm');
    if (!/^bearer/i.test(challenge) || realm === undefined || !URL.canParse(realm))
      throw this.#refused('it asks for a login that Transect does not know');
    const url = new URL(realm);
    if (url.protocol !== 'https:' && !isLoopback(url.hostname))
      throw this.#refused('it wants the login over plain HTTP');
    url.searchParams.set('service', fields.get('service') ?? this.#of.registry);
    url.searchParams.set('scope', `repository:${this.#of.repository}:${this.#actions}`);
    const answer = await this.#fetch(url, { headers: basic === null ? {} : { authorization: basic } }, false);
    if (!answer.ok) throw this.#refused(await said(answer));
    const { token, access_token: access } = (await answer.json()) as { token?: string; access_token?: string };
    this.#authorization = `Bearer ${token ?? access ?? ''}`;
  }

  #refused(reason: string): AppError {
    if (this.#login.kind === 'helper') return helperRefused(this.#of, this.#login);
    const known = this.#login.kind === 'basic';
    return new AppError('denied', `The registry ${this.#of.registry} refused ${this.#name()}: ${reason}`, {
      remedy: known
        ? `Check that your login may do this, or log in again: docker login ${this.#of.registry}`
        : `Log in first: docker login ${this.#of.registry}`,
    });
  }

  #falsified(digest: string): AppError {
    return new AppError('bad_data', `What ${this.#name()} sent for ${digest} is something else.`);
  }

  #name(): string {
    return `${this.#of.registry}/${this.#of.repository}`;
  }
}

function helperRefused({ registry }: Reference, { helper, file }: Extract<Login, { kind: 'helper' }>): AppError {
  return new AppError('denied', `The login at ${registry} lies with ${helper}, which Transect does not run.`, {
    remedy: `Set DOCKER_CONFIG to another folder than that of ${file}, without credsStore and credHelpers, and log in there: docker login ${registry}`,
  });
}

async function documentOf(answer: Response, name: string): Promise<Buffer> {
  if (!answer.ok || answer.body === null) throw await failed(answer, name);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > longestDocument) throw new AppError('over_limit', `${name} sent a document of over 4 MiB.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function failed(answer: Response, name: string): Promise<AppError> {
  const code = answer.status === 404 ? 'not_found' : answer.status >= 500 ? 'backend_unavailable' : 'backend_rejected';
  return new AppError(code, `${name} answered ${answer.status}: ${await said(answer)}`);
}

/** The beginning of what a registry says about an error. */
async function said(answer: Response): Promise<string> {
  const words = answer.body === null ? '' : await text(answer.body as AsyncIterable<Uint8Array>).catch(() => '');
  return words.replaceAll(/\s+/g, ' ').trim().slice(0, 300) || answer.statusText;
}
