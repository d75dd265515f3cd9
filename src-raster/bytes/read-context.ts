import { AppError } from '../../src-shared/errors.ts';

/** Counts what a run has read (all sources together) and refuses to go past its limit. */
export class ReadBudget {
  readonly maxReadBytes: number;
  bytes = 0;
  requests = 0;

  constructor(maxReadBytes: number) {
    this.maxReadBytes = maxReadBytes;
  }

  /** Books one request of `bytes` bytes before it is made. Throws `over_limit` when the sum would pass the limit. */
  add(bytes: number): void {
    const asked = this.bytes + bytes;
    if (asked > this.maxReadBytes)
      throw new AppError(
        'over_limit',
        `This run would read ${asked} bytes; limits.max_read_bytes allows ${this.maxReadBytes}.`,
        {
          remedy: 'Choose a smaller area, fewer items or a coarser grid, or raise limits.max_read_bytes in the task.',
          details: { limit: 'max_read_bytes', asked, allowed: this.maxReadBytes },
        },
      );
    this.bytes = asked;
    this.requests += 1;
  }

  /** Undoes `add(bytes)` of a request that failed and is made again. */
  takeBack(bytes: number): void {
    this.bytes -= bytes;
    this.requests -= 1;
  }
}

/** What every read needs to know: when to stop and how much may still be read. */
export interface ReadContext {
  readonly signal: AbortSignal;
  readonly budget: ReadBudget;
  /** True: only local files and what the cache holds are read; the network is refused. */
  readonly offline?: boolean;
  /** How addresses are turned into requests, and what is kept of their answers; without it only plain http(s) is read. */
  readonly remote?: Remote;
}

/** A request as it is sent: an http(s) address and headers, with credentials where they are needed. */
export interface SignedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a run knows about the servers it reads from. Made by the worker; a reader only passes it on. */
export interface Remote {
  /** Called for every attempt, since signatures age. `href` may be an http(s), s3, gs, az or abfs address. */
  sign(
    href: string,
    method: string,
    headers: Readonly<Record<string, string>>,
    ctx: ReadContext,
  ): Promise<SignedRequest>;
  /** Folder for files whose server supports no ranges and that are downloaded whole; null: they are refused. */
  readonly downloads: string | null;
  /** Keeps what was read, to be read again without the network; null when nothing is kept. */
  readonly cache: RangeCache | null;
}

/** Identity of one version of an object: what a server says that changes when its bytes do. */
export interface ObjectVersion {
  readonly size: number;
  readonly etag?: string;
  readonly lastModified?: string;
  /** There is no such object. */
  readonly absent?: true;
  /** It was downloaded whole, for lack of Range support, and is counted so. */
  readonly whole?: true;
}

/** Ranges of objects that were read before. Never rejects: a cache that fails holds nothing. */
export interface RangeCache {
  /** The version that was seen last, or null. */
  latest(href: string): Promise<ObjectVersion | null>;
  get(href: string, version: ObjectVersion, offset: number, length: number): Promise<Uint8Array<ArrayBuffer> | null>;
  put(href: string, version: ObjectVersion, offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}
