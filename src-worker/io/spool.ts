import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../run/make-folder.ts';
import type { RangeCache } from '../../src-raster/bytes/read-context.ts';
import { toAppError } from '../../src-shared/errors.ts';
import { readBody } from './http.ts';
import type { Alive } from './http.ts';
import type { TakeWhole } from './range-request.ts';
import { cutShort, declaredSize, versionOf } from './range-request.ts';
import { redactHref } from './redact.ts';

/** How much of a download goes into the cache as one piece. */
const pieceBytes = 1_048_576;

/** A file on a server without Range support that was downloaded to the disk, for as long as its source is open. */
export class Spool {
  readonly #file: FileHandle;
  readonly #path: string;

  constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await this.#file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) throw new Error(`The download ${this.#path} became shorter while it was read.`);
      done += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}

export interface WholeOptions {
  /** Bytes that were asked for and are booked. */
  readonly asked: number;
  readonly cache: RangeCache | null;
  /** Whether the whole file is booked already. */
  readonly isBooked: () => boolean;
  /** Gets the file. */
  readonly onSpool: (spool: Spool) => void;
}

/**
 * Takes the answer of a server that sends the whole file when `asked` bytes were asked for. A file that has no more is taken as it
 * is. A larger one is downloaded, once and to the disk, if the task allows it and its size is known; the size is booked before, and
 * what is read of the download is not. Gives null for what the caller is to refuse.
 */
export function wholeTaker(href: string, { asked, cache, isBooked, onSpool }: WholeOptions): TakeWhole {
  const where = redactHref(href);
  return async (response, alive, ctx) => {
    if (response.status !== 200) return null;
    const size = declaredSize(response);
    if (size === null || size === 0) return null;
    const version = versionOf(response, size);
    const kept = { ...version, whole: true } as const;
    if (size <= asked) {
      const { bytes } = await readBody(response, size, alive);
      if (bytes.length !== size) throw cutShort(where, bytes.length, size);
      return { bytes, version };
    }
    const folder = ctx.remote?.downloads ?? null;
    if (folder === null) return null;
    const booked = isBooked() ? null : size - asked;
    if (booked !== null) ctx.budget.add(booked);
    try {
      const keep = (offset: number, bytes: Uint8Array<ArrayBuffer>) => cache?.put(href, kept, offset, bytes);
      const spool = await download(response, { folder, size, where, alive }, keep);
      onSpool(spool);
      return { bytes: await spool.read(0, asked), version: kept };
    } catch (cause) {
      if (booked !== null) ctx.budget.takeBack(booked);
      throw cause;
    }
  };
}

interface Download {
  readonly folder: string;
  readonly size: number;
  readonly where: string;
  readonly alive: Alive;
}

async function download(
  response: Response,
  { folder, size, where, alive }: Download,
  keep: (offset: number, bytes: Uint8Array<ArrayBuffer>) => Promise<void> | undefined,
): Promise<Spool> {
  await makeFolder(folder);
  const path = join(folder, `download-${randomUUID()}`);
  const spool = new Spool(await open(path, 'wx+', 0o600), path);
  try {
    const got = await toFile(response, path, size, alive);
    if (got !== size) throw cutShort(where, got, size);
    for (let at = 0; at < size; at += pieceBytes) await keep(at, await spool.read(at, Math.min(pieceBytes, size - at)));
    return spool;
  } catch (cause) {
    await spool.close();
    throw cause;
  }
}

/** Gives the bytes written; never more than one piece above `size`. */
async function toFile(response: Response, path: string, size: number, alive: Alive): Promise<number> {
  const file = await open(path, 'r+');
  try {
    let total = 0;
    const body: AsyncIterable<Uint8Array> = response.body ?? new ReadableStream();
    for await (const piece of body) {
      total += piece.length;
      alive(total);
      if (total > size) break;
      await file.writeFile(piece).catch((cause: unknown) => {
        // A full disk is not the server's fault.
        throw toAppError(cause);
      });
    }
    return total;
  } finally {
    await file.close();
  }
}
