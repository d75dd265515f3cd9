import { isIP } from 'node:net';
import type { RangeCache, ReadContext, Remote, SignedRequest } from '../../../src-raster/bytes/read-context.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { Access } from '../../../src-shared/task/access.ts';
import { httpAddress, isBucketAddress, parseBucketAddress } from '../../../src-shared/task/object-address.ts';
import { redactHref } from '../redact.ts';
import { blobVersion, signWithAccountKey } from './azure-key.ts';
import type { Credentials } from './credentials.ts';
import { PlanetaryComputer } from './planetary-computer.ts';
import { signV4 } from './sigv4.ts';

type Headers = Readonly<Record<string, string>>;

export interface TaskRemoteOptions {
  readonly access: Partial<Access> | undefined;
  readonly credentials: Credentials;
  /** Signs storage of the Planetary Computer; null: such addresses are read as they are. */
  readonly planetaryComputer: PlanetaryComputer | null;
  readonly cache: RangeCache | null;
  /** Folder for whole downloads, when the task allows them. */
  readonly downloads: string | null;
}

/** How one task reads servers and buckets: by its `access` block and its secrets. */
export class TaskRemote implements Remote {
  readonly cache: RangeCache | null;
  readonly downloads: string | null;
  readonly #options: TaskRemoteOptions;

  constructor(options: TaskRemoteOptions) {
    this.#options = options;
    this.cache = options.cache;
    this.downloads = options.access?.whole_downloads === true ? options.downloads : null;
  }

  /**
   * The request as it is sent. Each credential goes only where it belongs: S3 and Google keys as signatures of requests to buckets,
   * Azure ones to the account that the task names, tokens (of sessions too) over TLS only.
   * @throws AppError `invalid_task` for an address that leads nowhere
   */
  async sign(href: string, method: string, headers: Headers, ctx: ReadContext): Promise<SignedRequest> {
    const { access } = this.#options;
    const url = httpAddress(href, access);
    if (url === null) throw nowhere(href);
    const address = parseBucketAddress(href);
    switch (address?.store) {
      case undefined:
        return this.#web(url, method, headers, ctx);
      case 's3':
        return this.#s3(url, method, headers);
      case 'gs':
        return this.#google(url, method, headers);
      case 'az':
        return this.#azure({ url, headers }, method, address?.account ?? access?.account, ctx);
    }
  }

  async #s3(url: string, method: string, headers: Headers): Promise<SignedRequest> {
    const { access, credentials } = this.#options;
    const payer = access?.requester_pays === true ? { 'x-amz-request-payer': 'requester' } : {};
    const request = { url, headers: { ...headers, ...payer } };
    if (credentials.s3?.sessionToken !== undefined) requireTls(url);
    return credentials.s3 === null ? request : signV4(request, method, credentials.s3, access?.region ?? 'us-east-1');
  }

  async #google(url: string, method: string, headers: Headers): Promise<SignedRequest> {
    const { access, credentials } = this.#options;
    const payer =
      access?.requester_pays === true && access.billing_project !== undefined
        ? { 'x-goog-user-project': access.billing_project }
        : {};
    const request = { url, headers: { ...headers, ...payer } };
    if (credentials.gs !== null) return signV4(request, method, credentials.gs, access?.region ?? 'auto');
    if (credentials.gsToken === null) return request;
    requireTls(url);
    return { url, headers: { ...request.headers, authorization: `Bearer ${credentials.gsToken}` } };
  }

  async #azure(
    { url, headers }: SignedRequest,
    method: string,
    account: string | undefined,
    ctx: ReadContext,
  ): Promise<SignedRequest> {
    const { access, credentials, planetaryComputer } = this.#options;
    const versioned = { url, headers: { ...headers, 'x-ms-version': blobVersion } };
    if (account !== undefined && account === access?.account) {
      if (credentials.azSas !== null) {
        requireTls(url);
        return { ...versioned, url: `${url}${url.includes('?') ? '&' : '?'}${credentials.azSas}` };
      }
      if (credentials.azKey !== null)
        return signWithAccountKey(versioned, method, account, credentials.azKey, new Date());
    }
    const parsed = new URL(url);
    if (planetaryComputer === null || !PlanetaryComputer.signs(parsed)) return versioned;
    return { ...versioned, url: await planetaryComputer.sign(parsed, ctx) };
  }

  async #web(url: string, method: string, headers: Headers, ctx: ReadContext): Promise<SignedRequest> {
    const parsed = new URL(url);
    if (!PlanetaryComputer.signs(parsed)) return { url, headers };
    const account = parsed.host.split('.', 1)[0];
    const { access, planetaryComputer } = this.#options;
    if (planetaryComputer === null && account !== access?.account) return { url, headers };
    return this.#azure({ url, headers }, method, account, ctx);
  }
}

/** A token in a header or an address is readable by whoever carries it; a signature shows nothing of its key. */
function requireTls(url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || isThisMachine(hostname)) return;
  throw new AppError('denied', `Credentials are not sent to ${redactHref(url)}, which is not encrypted.`, {
    remedy: 'Give access.endpoint an https address.',
  });
}

/** @param hostname as the URL parser writes it: an address in any notation is in its plain form */
function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

function nowhere(href: string): AppError {
  const where = redactHref(href);
  if (isBucketAddress(href) && parseBucketAddress(href)?.store === 'az')
    return new AppError('invalid_task', `${where} names no storage account.`, {
      remedy: 'Set access.account in the task, or write abfs://CONTAINER@ACCOUNT.dfs.core.windows.net/KEY.',
    });
  return new AppError('invalid_task', `${where} is not an address that can be read.`, {
    remedy: 'Write s3://BUCKET/KEY, gs://BUCKET/KEY, az://CONTAINER/KEY or an http(s) address.',
  });
}
