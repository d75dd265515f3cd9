import type { Dirent } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hostFolder } from '../../../src-shared/cache-layout.ts';
import { readRegularFile } from '../store/untrusted-files.ts';

const server = /^h-[a-z0-9._-]{0,250}$/;
const hash = /^[0-9a-f]{40}$/;
const range = /^\d{1,15}-\d{1,15}$/;
export const latestFile = 'latest.json';
/** It holds an address and a version. */
const mostNoteBytes = 65_536;

/**
 * Moves what a run has read into the shared folder: `<host>/<object>/latest.json` and `<host>/<object>/<version>/<range>`, plain
 * files with such names and nothing else, of the servers that it could read (null: any). Of an object only the version that the
 * run saw last is kept, if it read any of it. That an object does not exist is not believed where ranges of it are kept: a run
 * without credentials is told so too. Both folders are on one file system. Who reads the files checks their sums.
 */
export async function adoptRanges(own: string, shared: string, hosts: readonly string[] | null): Promise<void> {
  const allowed = hosts === null ? null : new Set(hosts.map(hostFolder));
  for (const host of await folders(own, server)) {
    if (allowed !== null && !allowed.has(host)) continue;
    for (const object of await folders(join(own, host), hash))
      await adoptObject(join(own, host, object), join(shared, host, object));
  }
}

async function adoptObject(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const versions = await folders(from, hash);
  for (const version of versions) await moveRanges(join(from, version), join(to, version));
  if (versions.length > 0)
    for (const old of await folders(to, hash))
      if (!versions.includes(old)) await rm(join(to, old), { recursive: true, force: true });
  const note = readRegularFile(join(from, latestFile), mostNoteBytes)?.toString('utf8');
  if (note === undefined || (saysAbsent(note) && (await folders(to, hash)).length > 0)) return;
  await rename(join(from, latestFile), join(to, latestFile));
}

/** What is no note holds nothing: it says no more than that there is none. */
function saysAbsent(note: string): boolean {
  try {
    const said: unknown = JSON.parse(note);
    return typeof said !== 'object' || said === null || 'absent' in said;
  } catch {
    return true;
  }
}

async function moveRanges(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of await entries(from))
    if (entry.isFile() && range.test(entry.name)) await rename(join(from, entry.name), join(to, entry.name));
}

async function folders(path: string, name: RegExp): Promise<string[]> {
  return (await entries(path))
    .filter((entry) => entry.isDirectory() && name.test(entry.name))
    .map((entry) => entry.name);
}

/** What lies in a folder; nothing, where there is none. */
export async function entries(path: string): Promise<Dirent[]> {
  return readdir(path, { withFileTypes: true }).catch((): Dirent[] => []);
}
