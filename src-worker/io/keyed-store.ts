import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import type { Place } from '../run/places.ts';
import { FolderStore } from './folder-store.ts';
import { ServerStore } from './server-store.ts';

/**
 * The objects of a folder or bucket, read by their keys and never listed: what a Zarr store needs. A key is a relative path
 * such as `temperature/c/0/1`; a slash before it is ignored. Every read is booked in the context's budget. Objects are pinned:
 * one that changes between two reads of it is `bad_data`.
 */
export interface KeyedStore {
  /** What it is called in messages and reports. */
  readonly name: string;
  /** The whole object, or undefined where there is none. @throws AppError `bad_data` when it has more than `maxBytes` (512 MiB) */
  get(key: string, maxBytes?: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** `length` bytes at `offset`, or undefined where there is no such object. @throws AppError `bad_data` outside of it */
  getRange(key: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The last `length` bytes (all, when it has fewer), or undefined. Costs a request more than `getRange` on servers. */
  getSuffix(key: string, length: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Bytes of the object, by stat or a HEAD request; undefined where there is none. */
  size(key: string): Promise<number | undefined>;
}

/**
 * Opens the store at a place: a folder, or the part of a server or bucket below an address. Opening reads nothing on servers.
 * @throws AppError `not_found` or `bad_data` when a local place is no folder
 */
export async function openObjectStore(place: Place, ctx: ReadContext): Promise<KeyedStore> {
  return place.root === null ? new ServerStore(place, ctx) : FolderStore.open(place, ctx);
}
