import type { ReadContext } from './read-context.ts';

/** Random access to the bytes of one immutable object. */
export interface ByteSource {
  /** As given, without credentials and query: fit for messages and reports. */
  readonly href: string;
  readonly size: number;
  readonly etag?: string;
  /** So many of its first bytes came with the opening and cost no request any more. */
  readonly held?: number;
  /** Exactly `length` bytes at `offset`; throws `bad_data` when that is not inside the object. */
  read(offset: number, length: number, ctx: ReadContext): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}
