import type { ObjectVersion, ReadContext } from '../../src-raster/bytes/read-context.ts';
import { AppError } from '../../src-shared/errors.ts';
import { parseBucketAddress } from '../../src-shared/task/object-address.ts';
import type { Place } from '../run/places.ts';
import { notKept } from './http-errors.ts';
import { exchange, readBody } from './http.ts';
import type { Alive, HttpOptions } from './http.ts';
import type { KeyedStore } from './keyed-store.ts';
import { belowAddress, keyParts, maxObjectBytes, tooLarge } from './object-key.ts';
import {
  changed,
  checkInside,
  cutShort,
  declaredSize,
  ifChanged,
  requestRange,
  sameVersion,
  versionOf,
} from './range-request.ts';
import { redactHref } from './redact.ts';

/** Versions that are remembered, so that parts of one object are of one version. */
const mostVersions = 4_096;

/** What is read of an object to learn its size and version. */
const askedBytes = 2;

/** A store on an http(s) server or in a bucket. Only `get`, `getRange`, `getSuffix` and `size` of named objects; never a listing. */
export class ServerStore implements KeyedStore {
  readonly name: string;
  readonly #base: string;
  readonly #ctx: ReadContext;
  readonly #options: HttpOptions;
  readonly #versions = new Map<string, ObjectVersion>();

  constructor(place: Place, ctx: ReadContext, options: HttpOptions = {}) {
    this.name = place.name.replace(/\/+$/, '');
    this.#base = place.href;
    this.#ctx = ctx;
    this.#options = options;
  }

  async get(key: string, maxBytes: number = maxObjectBytes): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const href = this.#href(key);
    return this.#ctx.offline === true
      ? this.#replay(href, maxBytes)
      : this.#present(href, () => this.#fetch(href, maxBytes));
  }

  async getRange(key: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const href = this.#href(key);
    const version = await this.#version(href);
    if (version === undefined) return undefined;
    checkInside(redactHref(href), version.size, offset, length);
    if (length === 0) return new Uint8Array(0);
    this.#ctx.budget.add(length);
    const cache = this.#ctx.remote?.cache ?? null;
    const kept = (await cache?.get(href, version, offset, length)) ?? null;
    if (kept !== null) return kept;
    if (this.#ctx.offline === true) throw notKept(redactHref(href));
    const { bytes } = await requestRange(href, { offset, length, pinned: version }, this.#ctx, this.#options);
    await cache?.put(href, version, offset, bytes);
    return bytes;
  }

  async getSuffix(key: string, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const version = await this.#version(this.#href(key));
    if (version === undefined) return undefined;
    const taken = Math.min(length, version.size);
    return this.getRange(key, version.size - taken, taken);
  }

  async size(key: string): Promise<number | undefined> {
    return (await this.#version(this.#href(key)))?.size;
  }

  #href(key: string): string {
    return belowAddress(this.#base, keyParts(key, this.name).join('/'));
  }

  async #fetch(href: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const where = redactHref(href);
    const { budget, remote } = this.#ctx;
    const cache = remote?.cache ?? null;
    const known = (await cache?.latest(href)) ?? null;
    const kept =
      known === null || known.size > maxBytes ? null : ((await cache?.get(href, known, 0, known.size)) ?? null);
    const handle = async (response: Response, alive: Alive) => {
      if (response.status === 304 && known !== null && kept !== null) {
        await response.body?.cancel();
        budget.add(kept.length);
        return { bytes: kept, version: known };
      }
      const size = declaredSize(response);
      const most = Math.min(maxBytes, budget.maxReadBytes - budget.bytes);
      if (size !== null && size > maxBytes) {
        await response.body?.cancel();
        throw tooLarge(where, maxBytes);
      }
      if (size !== null) budget.add(size);
      try {
        const { bytes, complete } = await readBody(response, size ?? most, alive);
        if (!complete && size === null && most < maxBytes) budget.add(most + 1);
        if (!complete) throw tooLarge(where, size ?? maxBytes);
        if (size === null) budget.add(bytes.length);
        else if (bytes.length !== size) throw cutShort(where, bytes.length, size);
        return { bytes, version: versionOf(response, bytes.length) };
      } catch (cause) {
        // What is tried again is not counted twice.
        if (size !== null) budget.takeBack(size);
        throw cause;
      }
    };
    const headers = {
      'accept-encoding': 'identity',
      ...(kept !== null && known !== null && ifChanged(known)),
    };
    const { bytes, version } = await exchange(href, { headers, accept304: true }, this.#ctx, handle, this.#options);
    const pinned = this.#versions.get(href);
    if (pinned !== undefined && !sameVersion(version, pinned)) throw changed(where);
    this.#pin(href, version);
    await cache?.put(href, version, 0, bytes);
    return bytes;
  }

  async #replay(href: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const version = await this.#version(href);
    if (version === undefined) return undefined;
    if (version.size > maxBytes) throw tooLarge(redactHref(href), maxBytes);
    this.#ctx.budget.add(version.size);
    const bytes = await this.#ctx.remote?.cache?.get(href, version, 0, version.size);
    if (bytes === undefined || bytes === null) throw notKept(redactHref(href));
    return bytes;
  }

  /** The version of an object that all its parts are read of; undefined where there is no such object. */
  async #version(href: string): Promise<ObjectVersion | undefined> {
    const known = this.#versions.get(href);
    if (known !== undefined) return known;
    const version =
      this.#ctx.offline === true ? await this.#kept(href) : await this.#present(href, () => this.#ask(href));
    if (version !== undefined) this.#pin(href, version);
    return version;
  }

  #pin(href: string, version: ObjectVersion): void {
    const [oldest] = this.#versions.keys();
    if (this.#versions.size >= mostVersions && oldest !== undefined) this.#versions.delete(oldest);
    this.#versions.set(href, version);
  }

  async #kept(href: string): Promise<ObjectVersion | undefined> {
    const cache = this.#ctx.remote?.cache ?? null;
    const version = (await cache?.latest(href)) ?? null;
    if (version === null && (await cache?.latest(refusalOf(href)))?.absent === true) return undefined;
    if (version === null) throw notKept(redactHref(href));
    return version.absent === true ? undefined : version;
  }

  /** Asks for two bytes: a HEAD is not allowed by every signed address, and some servers take 0-0 for everything. */
  async #ask(href: string): Promise<ObjectVersion> {
    this.#ctx.budget.add(askedBytes);
    const whole = async (response: Response) => {
      const size = declaredSize(response);
      if (response.status !== 200 || size === null) return null;
      await response.body?.cancel();
      return { bytes: new Uint8Array(0), version: versionOf(response, size) };
    };
    try {
      const { bytes, version } = await requestRange(
        href,
        { offset: 0, length: askedBytes, whole },
        this.#ctx,
        this.#options,
      );
      if (bytes.length > 0) await this.#ctx.remote?.cache?.put(href, version, 0, bytes);
      return version;
    } catch (cause) {
      if (cause instanceof AppError && cause.details?.['status'] === 416) return { size: 0 };
      throw cause;
    }
  }

  /**
   * Undefined, and remembered as such, where the server says that there is no such object. S3 says 403 instead to who may not list
   * the bucket: that is believed of the documents that a reader only tries, never of data, and noted apart: another run may have
   * the right to read them.
   */
  async #present<T>(href: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (cause) {
      const isRefused = cause instanceof AppError && cause.details?.['status'] === 403;
      const isTried = parseBucketAddress(href)?.store === 's3' && /\/(?:\.z[a-z]+|zarr\.json)$/.test(href);
      if (!(cause instanceof AppError) || (cause.code !== 'not_found' && !(isRefused && isTried))) throw cause;
      this.#ctx.budget.add(0);
      const noted = isRefused ? refusalOf(href) : href;
      await this.#ctx.remote?.cache?.put(noted, { size: 0, absent: true }, 0, new Uint8Array(0));
      return undefined;
    }
  }
}

/** The name under which the refusal of an object is kept, which says nothing about the object itself. */
function refusalOf(href: string): string {
  return `${href}#refused`;
}
