import { randomUUID } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolder } from '../../run/make-folder.ts';

/** Every so many bytes have a checksum of their own, so that a part can be checked without reading the whole. */
const checkedBytes = 65_536;
const sumBytes = 4;

/** A range of an object that is kept in a file of its own: `OFFSET-LENGTH`, the bytes and then the CRC-32 of each 64 KiB. */
export interface KeptRange {
  readonly offset: number;
  readonly length: number;
}

export function rangeFileName({ offset, length }: KeptRange): string {
  return `${offset}-${length}`;
}

export function parseRangeFileName(name: string): KeptRange | null {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(name);
  return match === null ? null : { offset: Number(match[1]), length: Number(match[2]) };
}

/** Writes a range in one step: nobody sees a part of it. */
export async function writeRange(folder: string, offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const sums = Buffer.alloc(Math.ceil(bytes.length / checkedBytes) * sumBytes);
  for (let at = 0, entry = 0; at < bytes.length; at += checkedBytes, entry += sumBytes)
    sums.writeUInt32LE(crc32(bytes.subarray(at, at + checkedBytes)), entry);
  await replaceFile(join(folder, rangeFileName({ offset, length: bytes.length })), [bytes, sums]);
}

/** Bytes `from` to `to` (relative to the range) of a kept range; null when the file is gone or is not what was written. */
export async function readRange(
  folder: string,
  range: KeptRange,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = await open(join(folder, rangeFileName(range)), 'r').catch(() => null);
  if (file === null) return null;
  try {
    const first = Math.floor(from / checkedBytes);
    const last = Math.ceil(to / checkedBytes);
    const start = first * checkedBytes;
    const bytes = new Uint8Array(Math.min(range.length, last * checkedBytes) - start);
    const sums = Buffer.alloc((last - first) * sumBytes);
    const body = await file.read(bytes, 0, bytes.length, start);
    const tail = await file.read(sums, 0, sums.length, range.length + first * sumBytes);
    if (body.bytesRead !== bytes.length || tail.bytesRead !== sums.length) return null;
    for (let at = 0, entry = 0; at < bytes.length; at += checkedBytes, entry += sumBytes)
      if (sums.readUInt32LE(entry) !== crc32(bytes.subarray(at, at + checkedBytes))) return null;
    return bytes.subarray(from - start, to - start);
  } finally {
    await file.close();
  }
}

/** Writes a file in one step, in a folder that is made when it is missing. Only this user can read it. */
export async function replaceFile(path: string, parts: readonly Uint8Array[]): Promise<void> {
  await makeFolder(dirname(path), 0o700);
  const draft = join(dirname(path), `.${randomUUID()}`);
  try {
    await writeFile(draft, parts, { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw cause;
  }
}
